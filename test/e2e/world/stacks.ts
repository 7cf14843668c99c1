import { fileURLToPath } from 'node:url';
import { compileAll } from '../../../generator/compile/compile.ts';
import type { CompiledRunbook } from '../../../generator/compile/compiled.ts';
import { emitAdmin } from '../../../generator/emit/admin.ts';
import { emitMember } from '../../../generator/emit/member.ts';
import { emitMemberRoles } from '../../../generator/emit/member-roles.ts';
import type { TemplateFile } from '../../../generator/emit/types.ts';
import { readSources } from '../../../generator/read/read-sources.ts';
import type { Bridge } from '../../../generator/simulate/bridge.ts';
import { textOfJson } from '../../../generator/simulate/json.ts';
import { ADMIN, HOME, SOLUTION } from './places.ts';
import type { Members, Place } from './places.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The three templates, and the units that are in them. */
export interface Build {
  readonly units: readonly CompiledRunbook[];
  readonly admin: TemplateFile;
  readonly memberRoles: TemplateFile;
  readonly member: TemplateFile;
}

/** Builds the templates from the project's own sources, with only some of the remediations: that is as true, and takes seconds less. */
export async function build(remediations: readonly string[]): Promise<Build> {
  const sources = readSources(ROOT, { tests: false });
  const runbooks = sources.runbooks.filter(({ name }) => remediations.includes(name));
  if (runbooks.length !== remediations.length)
    throw new Error(`Not all of these are remediations: ${remediations.join(', ')}.`);
  const { compiled } = await compileAll({ ...sources, runbooks }, SOLUTION, { lint: false });
  const input = {
    compiled,
    standards: sources.standards,
    names: { solutionId: SOLUTION, version: 'v1.0.0' },
  };
  return {
    units: compiled,
    admin: await emitAdmin(input),
    memberRoles: emitMemberRoles(input).file,
    member: emitMember(input).file,
  };
}

/** A stack that was launched. */
export interface Stack extends Place {
  readonly id: string;
  readonly name: string;
}

/** Launches a template as a person would, by the emulator's CloudFormation. */
export async function launch(
  bridge: Bridge,
  place: Place,
  name: string,
  file: TemplateFile,
  parameters: Readonly<Record<string, string>>,
): Promise<Stack> {
  const created = await bridge.call(
    'cloudformation',
    'CreateStack',
    {
      StackName: name,
      // The tab is no YAML: the emulator then reads JSON at once instead of slowly as YAML.
      TemplateBody: `\t${file.text}`,
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    },
    place,
  );
  return { ...place, name, id: textOfJson(created['StackId'] ?? '') };
}

/** Status and outputs of a stack. */
export async function describeStack(
  bridge: Bridge,
  { account, region, name }: Stack,
): Promise<{ readonly status: string; readonly outputs: Readonly<Record<string, string>> }> {
  const { Stacks: stacks } = (await bridge.call(
    'cloudformation',
    'DescribeStacks',
    { StackName: name },
    { account, region },
  )) as { readonly Stacks: readonly Members[] };
  const outputs = (stacks[0]?.['Outputs'] ?? []) as readonly Members[];
  return {
    status: String(stacks[0]?.['StackStatus']),
    outputs: Object.fromEntries(
      outputs.map(({ OutputKey, OutputValue }) => [String(OutputKey), String(OutputValue)]),
    ),
  };
}

/** A function of the administrator stack as it was deployed. */
export interface Deployed {
  readonly arn: string;
  readonly role: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The deployed functions by their logical ids. */
export async function readFunctions(
  bridge: Bridge,
  { json }: TemplateFile,
): Promise<ReadonlyMap<string, Deployed>> {
  const found = new Map<string, Deployed>();
  for (const [logicalId, { Type, Properties = {} }] of Object.entries(json.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const name = String(Properties['FunctionName']);
    const { FunctionArn, Role, Environment } = (await bridge.call(
      'lambda',
      'GetFunctionConfiguration',
      { FunctionName: name },
      { account: ADMIN, region: HOME },
    )) as Members;
    const { Variables: variables = {} } = (Environment ?? {}) as {
      readonly Variables?: Readonly<Record<string, string>>;
    };
    found.set(logicalId, { arn: String(FunctionArn), role: String(Role), environment: variables });
  }
  return found;
}
