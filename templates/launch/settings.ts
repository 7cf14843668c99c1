import { partitionOf, quickCreateUrl } from './links.ts';
import type { Partition, TemplatesFolder } from './links.ts';
import type { PackedCatalogue } from './catalogue.ts';
import type { StackKind } from './stacks.ts';

/** What the page knows of a template. */
export interface LaunchStack {
  readonly kind: StackKind;
  /** Names of the template's file in each partition. */
  readonly files: Readonly<Record<Partition, string>>;
  /** The name that the console proposes. */
  readonly stackName: string;
  /** The parameter that turns a standard on, by standard. */
  readonly loads: Readonly<Record<string, string>>;
  /** Whether the template asks for these two. */
  readonly asksAccount: boolean;
  readonly asksNamespace: boolean;
}

/** A further parameter of one stack, for which the page has a field. */
export interface LaunchOption {
  readonly parameter: string;
  readonly kind: StackKind;
  /** What a text must be like; undefined for a parameter that is yes or no, and no by default. */
  readonly rule: FieldRule | undefined;
}

export interface LaunchStandard {
  readonly id: string;
  readonly name: string;
  /** Turned on unless somebody says otherwise. */
  readonly on: boolean;
}

/** What a text field accepts: the template's own pattern, and its words for what is wrong. */
export interface FieldRule {
  readonly pattern: string;
  readonly says: string;
}

/** All that the build knows and the page needs. */
export interface LaunchData {
  readonly version: string;
  readonly regions: readonly string[];
  readonly stacks: readonly LaunchStack[];
  readonly standards: readonly LaunchStandard[];
  readonly options: readonly LaunchOption[];
  readonly account: FieldRule;
  readonly namespace: FieldRule;
  readonly catalogue: PackedCatalogue;
}

/** What `asr publish` tells the page. */
export interface Published {
  /** URL of the folder with the templates; null until they are published. */
  readonly templates: string | null;
}

/** What is filled in on the page. */
export interface Settings {
  readonly folder: TemplatesFolder | undefined;
  readonly region: string;
  /** Empty texts are asked for by the console. */
  readonly account: string;
  readonly namespace: string;
  readonly standards: ReadonlySet<string>;
  /** What was said of further parameters, by their names; the others keep their defaults. */
  readonly options: ReadonlyMap<string, string>;
}

/** What is wrong with the text of a field, or nothing. */
export function fieldProblem(rule: FieldRule, text: string): string {
  return text === '' || new RegExp(rule.pattern, 'u').test(text) ? '' : rule.says;
}

export type StackLink =
  | {
      readonly type: 'link';
      readonly url: string;
      readonly templateUrl: string;
      readonly parameters: Readonly<Record<string, string>>;
      /** Parameters that the console will ask for. */
      readonly open: readonly string[];
    }
  | {
      readonly type: 'missing';
      readonly what: Missing;
      /** The parameter that `option` is about. */
      readonly parameter?: string;
    };

/** `console` and `email` are about the web console, `option` is about another further parameter. */
export type Missing =
  | 'templates'
  | 'partition'
  | 'account'
  | 'namespace'
  | 'standards'
  | 'console'
  | 'email'
  | 'option';

/** Parameters of the admin stack that its rules look at together (Rules, WebConsole). */
const CONSOLE = 'ShouldDeployWebUI';
const CONSOLE_USER = 'AdminUserEmail';

/** The launch link of a stack, or what it still lacks. */
export function stackLink(
  stack: LaunchStack,
  settings: Settings,
  rules: Pick<LaunchData, 'account' | 'namespace' | 'options'>,
): StackLink {
  const { folder, region, account, namespace, standards } = settings;
  if (folder === undefined) return { type: 'missing', what: 'templates' };
  const partition = partitionOf(region);
  // A stack can't read a template in another partition: accounts do not reach that far.
  if (folder.partition !== partition) return { type: 'missing', what: 'partition' };
  if (stack.asksAccount && fieldProblem(rules.account, account) !== '')
    return { type: 'missing', what: 'account' };
  if (stack.asksNamespace && fieldProblem(rules.namespace, namespace) !== '')
    return { type: 'missing', what: 'namespace' };
  const loads = Object.entries(stack.loads);
  if (loads.length > 0 && !loads.some(([standard]) => standards.has(standard)))
    return { type: 'missing', what: 'standards' };
  const options = rules.options.filter(({ kind }) => kind === stack.kind);
  const lacking = missingOption(options, settings, partition);
  if (lacking !== undefined) return lacking;
  const texts = [
    ...(stack.asksAccount ? [['SecHubAdminAccount', account] as const] : []),
    ...(stack.asksNamespace ? [['Namespace', namespace] as const] : []),
  ];
  const parameters = Object.fromEntries([
    ...texts.filter(([, value]) => value !== ''),
    ...loads.map(([standard, name]) => [name, standards.has(standard) ? 'yes' : 'no'] as const),
    ...options.flatMap(({ parameter }) => {
      const value = settings.options.get(parameter);
      return value === undefined ? [] : [[parameter, value] as const];
    }),
  ]);
  const templateUrl = `${folder.url}${stack.files[partition]}`;
  return {
    type: 'link',
    url: quickCreateUrl({ region, templateUrl, stackName: stack.stackName, parameters }),
    templateUrl,
    parameters,
    open: texts.filter(([, value]) => value === '').map(([name]) => name),
  };
}

/** What CloudFormation would refuse of further parameters. */
function missingOption(
  options: readonly LaunchOption[],
  { options: values }: Settings,
  partition: Partition,
): StackLink | undefined {
  const wrong = options.find(
    ({ parameter, rule }) =>
      rule !== undefined && fieldProblem(rule, values.get(parameter) ?? '') !== '',
  );
  if (wrong !== undefined) return { type: 'missing', what: 'option', parameter: wrong.parameter };
  if (!options.some(({ parameter }) => parameter === CONSOLE) || !values.has(CONSOLE))
    return undefined;
  if (partition === 'aws-cn') return { type: 'missing', what: 'console' };
  return values.has(CONSOLE_USER) ? undefined : { type: 'missing', what: 'email' };
}
