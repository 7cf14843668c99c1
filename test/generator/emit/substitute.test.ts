import { describe, expect, it } from 'vitest';
import { referencedNames } from '../../../generator/emit/references.ts';
import { substitute, substituteAll, worstCaseLength } from '../../../generator/emit/substitute.ts';

describe('substitute', () => {
  it('leaves plain text alone, IAM policy variables included', () => {
    expect(substitute('*')).toBe('*');
    expect(substitute('arn:x:iam:::user/${aws:username}')).toBe('arn:x:iam:::user/${aws:username}');
  });

  it('wraps text with pseudo parameters and escapes other braces in it', () => {
    expect(substitute('arn:${AWS::Partition}:iam:::user/${aws:username}')).toEqual({
      'Fn::Sub': 'arn:${AWS::Partition}:iam:::user/${!aws:username}',
    });
  });

  it('reaches every string of a statement, but no key', () => {
    expect(
      substituteAll({ a: ['${AWS::Region}', 1], '${AWS::Region}': { b: '${Namespace}' } }),
    ).toEqual({
      a: [{ 'Fn::Sub': '${AWS::Region}' }, 1],
      '${AWS::Region}': { b: { 'Fn::Sub': '${Namespace}' } },
    });
  });

  it('measures with the longest values and without white space', () => {
    const text = '${AWS::Partition} ${AWS::AccountId}${Namespace}';
    // Two quotes, aws-us-gov, 12 digits, 9 characters.
    expect(worstCaseLength(text)).toBe(2 + 10 + 12 + 9);
    expect(worstCaseLength({ 'Fn::Sub': text })).toBe(2 + 10 + 12 + 9);
  });
});

describe('referencedNames', () => {
  it('finds Ref, GetAtt and Sub, and leaves pseudo parameters, literals and local names out', () => {
    const names = referencedNames([
      { Ref: 'A' },
      { Ref: 'AWS::Region' },
      { 'Fn::GetAtt': ['B', 'Arn'] },
      { 'Fn::GetAtt': 'C.Arn' },
      { 'Fn::Sub': '${D.Arn}/${E}-${AWS::AccountId}-${!literal}' },
      { 'Fn::Sub': ['${local}${F}', { local: { Ref: 'G' } }] },
      { 'Fn::If': ['Condition', { Ref: 'H' }, ''] },
    ]);
    expect([...names].toSorted()).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H']);
  });
});
