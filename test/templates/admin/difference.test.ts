import { describe, expect, it } from 'vitest';
import { readCalls } from '../../../templates/admin/functions/model/calls.ts';
import type { Call } from '../../../templates/admin/functions/model/calls.ts';
import { differencesOf } from '../../../templates/admin/functions/model/difference.ts';

const call = (name: string, members: Call['with']): Call => ({ call: name, with: members });

/** What the console and the command line show of a preview: the calls of Undo carry the values of now. */
describe('What a preview changes', () => {
  it('is the members that differ between a call and the same call of Undo', () => {
    const modify = (isPublic: boolean): Call =>
      call('rds:ModifyDBInstance', {
        DBInstanceIdentifier: 'orders',
        PubliclyAccessible: isPublic,
      });
    expect(differencesOf({ change: [modify(false)], undo: [modify(true)] })).toEqual([
      {
        call: 'rds:ModifyDBInstance',
        removes: false,
        given: { DBInstanceIdentifier: 'orders' },
        members: [{ name: 'PubliclyAccessible', now: true, after: false }],
      },
    ]);
  });

  it('goes into objects and policies, and names only the items of lists that come or go', () => {
    const put = (sids: readonly string[], block: boolean): Call =>
      call('s3:PutBucketPolicy', {
        Bucket: 'b',
        Policy: JSON.stringify({ Version: '2012-10-17', Statement: sids.map((Sid) => ({ Sid })) }),
        Options: { Deep: { Block: block, Same: 1 } },
      });
    const [difference] = differencesOf({
      change: [put(['Own', 'DenyHttp'], true)],
      undo: [put(['Own'], false)],
    });
    expect(difference?.members).toEqual([
      { name: 'Policy.Statement', now: [], after: [{ Sid: 'DenyHttp' }] },
      { name: 'Options.Deep.Block', now: false, after: true },
    ]);
  });

  it('shows of a removal what Undo would bring back, with empty members left out', () => {
    const rules = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    const [difference] = differencesOf({
      change: [
        call('ec2:RevokeSecurityGroupIngress', {
          GroupId: 'sg-1',
          SecurityGroupRuleIds: ['sgr-1'],
        }),
      ],
      undo: [
        call('ec2:AuthorizeSecurityGroupIngress', {
          GroupId: 'sg-1',
          IpPermissions: rules,
          TagSpecifications: [],
        }),
      ],
    });
    expect(difference).toEqual({
      call: 'ec2:RevokeSecurityGroupIngress',
      removes: true,
      given: { GroupId: 'sg-1', SecurityGroupRuleIds: ['sgr-1'] },
      members: [{ name: 'IpPermissions', now: rules }],
    });
  });

  it('gives a removal no call that belongs to a change, and each call of Undo to one change only', () => {
    const key = (id: string, status: string): Call =>
      call('iam:UpdateAccessKey', { UserName: 'u', AccessKeyId: id, Status: status });
    const differences = differencesOf({
      change: [
        call('iam:DeleteLoginProfile', { UserName: 'u' }),
        key('A', 'Inactive'),
        key('B', 'Inactive'),
      ],
      undo: [key('B', 'Active'), key('A', 'Active')],
    });
    expect(differences.map(({ given, members }) => [given['AccessKeyId'], members.length])).toEqual(
      [
        [undefined, 0],
        ['A', 1],
        ['B', 1],
      ],
    );
  });

  it('says nothing of now where nothing is known: a new resource, no undo, an answer still to come', () => {
    const members = { Id: 'E1', IfMatch: 'etag' };
    const later = '(ETag of cloudfront:UpdateDistribution, known after the call)';
    const update = call('cloudfront:UpdateDistribution', members);
    const [plain] = differencesOf({ change: [update], undo: [] });
    expect(plain?.members).toEqual([
      { name: 'Id', after: 'E1' },
      { name: 'IfMatch', after: 'etag' },
    ]);
    const [undoable] = differencesOf({
      change: [update],
      undo: [{ ...update, with: { ...members, IfMatch: later } }],
    });
    expect(undoable?.members).toEqual([{ name: 'IfMatch', after: 'etag' }]);
  });

  it('is unknown for text that a document did not write', () => {
    for (const text of ['', 'no JSON', '{"call":"a:B"}', '[{"call":"a:B"']) {
      expect(readCalls(text)).toBeUndefined();
    }
    expect(readCalls('[1, {"with": {}}, {"call": "a:B", "with": 3}]')).toEqual({
      change: [{ call: 'a:B', with: {} }],
      undo: [],
    });
  });
});
