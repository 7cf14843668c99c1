import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileRunbook } from '../../generator/compile/compile.ts';
import type { CompiledRunbook } from '../../generator/compile/compiled.ts';
import { templateContent } from '../../generator/emit/member-document.ts';
import { roleName } from '../../generator/emit/remediation-role.ts';
import { substituteAll } from '../../generator/emit/substitute.ts';
import { remediationTrust } from '../../generator/emit/trust.ts';
import { hasErrors } from '../../generator/read/diagnostics.ts';
import { readSources } from '../../generator/read/read-sources.ts';
import { validate } from '../../generator/read/schema.ts';
import { YamlSource } from '../../generator/read/source.ts';
import { toRunbook } from '../../generator/read/to-runbook.ts';
import { FACTS_HEAD, FACTS_TAIL } from './documents.ts';
import { PREFIX } from './names.ts';
import type { Names } from './names.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/u, '');
const UNIT = 'test/proof/proof-wait.yaml';

/** The proof's own unit, compiled as every other. Throws when it has problems. */
export async function compileProofUnit(): Promise<CompiledRunbook> {
  const sources = readSources(ROOT);
  const source = new YamlSource(UNIT, readFileSync(`${ROOT}/${UNIT}`, 'utf8'));
  const wrong = [...source.problems, ...validate(source, 'runbook')];
  const made = toRunbook({ name: 'ProofWait', service: 'proof', source, kinds: sources.kinds });
  const { runbook } = made;
  if (hasErrors([...wrong, ...made.problems]) || runbook === undefined)
    throw new Error(JSON.stringify([...wrong, ...made.problems]));
  const { compiled, problems } = await compileRunbook(runbook, sources, PREFIX);
  if (compiled === undefined || hasErrors(problems)) throw new Error(JSON.stringify(problems));
  return compiled;
}

/** The stack's template. Another `edition` changes the text of the facts document, and nothing else. */
export function proofTemplate(unit: CompiledRunbook, names: Names, edition: 1 | 2): string {
  const { content } = templateContent(unit, { Resources: {} });
  const wait = {
    ...content,
    // The parameter is the proof's; the rest is exactly what the member template carries.
    description: 'Throw-away document of npm run proof:aws.',
  };
  return JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Throw-away stack of npm run proof:aws. Delete it when nobody is running that.',
    Parameters: { Namespace: { Type: 'String' } },
    Mappings: { Script: { Head: { Text: FACTS_HEAD } } },
    Conditions: {
      HasNamespace: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Namespace' }, ''] }] },
      HasNone: { 'Fn::Equals': [{ Ref: 'Namespace' }, ''] },
    },
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: { 'Fn::Sub': roleName(unit.roleStem) },
          AssumeRolePolicyDocument: remediationTrust(),
          Policies: [
            {
              PolicyName: 'Remediate',
              PolicyDocument: {
                Version: '2012-10-17',
                Statement: unit.statements.map(substituteAll),
              },
            },
          ],
        },
      },
      Parameter: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Name: names.parameter, Type: 'String', Value: 'first' },
      },
      WaitDocument: document(names.documents.wait, wait),
      // Ordered as the documents of the member template are.
      FactsDocument: {
        ...document(names.documents.facts, factsContent(unit, edition)),
        Metadata: {
          CreateAfter: [
            { 'Fn::If': ['HasNamespace', { Ref: 'WaitDocument' }, ''] },
            { 'Fn::If': ['HasNone', { Ref: 'Absent' }, ''] },
          ],
        },
      },
      Absent: {
        Type: 'AWS::SSM::Parameter',
        Condition: 'HasNone',
        Properties: { Type: 'String', Value: 'never made' },
      },
    },
  });
}

/** As the member template has its documents. */
function document(name: string, content: unknown): object {
  return {
    Type: 'AWS::SSM::Document',
    Properties: {
      Name: name,
      DocumentType: 'Automation',
      DocumentFormat: 'YAML',
      UpdateMethod: 'NewVersion',
      Content: content,
    },
  };
}

function factsContent(unit: CompiledRunbook, edition: 1 | 2): object {
  const arn = `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${roleName(unit.roleStem)}`;
  return {
    schemaVersion: '0.3',
    description: `Throw-away document of npm run proof:aws, edition ${edition}.`,
    assumeRole: '{{ AutomationAssumeRole }}',
    parameters: {
      AutomationAssumeRole: { type: 'String', allowedPattern: { 'Fn::Sub': `^${arn}$` } },
      Text: { type: 'String', default: '', allowedPattern: '^$|^(?:[a-z]{1,20})$' },
      List: { type: 'StringList', default: [], maxItems: 50 },
      Braces: { type: 'String', default: 'none' },
    },
    outputs: ['Result.Facts', 'Result.Empty', 'Result.Nothing', 'Result.Large', 'Result.Chunks'],
    mainSteps: [
      {
        name: 'Result',
        action: 'aws:executeScript',
        timeoutSeconds: 600,
        onFailure: 'Abort',
        inputs: {
          Runtime: 'python3.11',
          Handler: 'main',
          InputPayload: { Text: '{{ Text }}', List: '{{ List }}', Braces: '{{ Braces }}' },
          // As the member template shares what its scripts have in common.
          Script: {
            'Fn::Join': ['', [{ 'Fn::FindInMap': ['Script', 'Head', 'Text'] }, FACTS_TAIL]],
          },
        },
        outputs: [
          { Name: 'Facts', Selector: '$.Payload.Facts', Type: 'String' },
          { Name: 'Empty', Selector: '$.Payload.Empty', Type: 'String' },
          { Name: 'Nothing', Selector: '$.Payload.Nothing', Type: 'StringList' },
          { Name: 'Large', Selector: '$.Payload.Large', Type: 'String' },
          { Name: 'Chunks', Selector: '$.Payload.Chunks', Type: 'StringList' },
        ],
      },
      // The end of every emitted document.
      ...unit.document.mainSteps.slice(-2).map(onFacts),
    ],
  };
}

/** The closing steps ask for Outcome and Error, which the facts document has under other names. */
function onFacts(step: unknown): unknown {
  return JSON.parse(
    JSON.stringify(step)
      .replaceAll('Result.Outcome', 'Result.Facts')
      .replaceAll('Result.Error', 'Result.Facts'),
  );
}
