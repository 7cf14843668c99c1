import { suggest } from '../data/suggest.ts';
import type { Template } from '../emit/types.ts';
import { checkValue } from './check-value.ts';
import { evaluateCondition, isFields, scopeOf } from './intrinsics.ts';
import type { StackKind } from './stack-kind.ts';

/** A parameter as somebody wrote it. */
export interface GivenParameter {
  readonly name: string;
  readonly value: string | number | boolean;
  /** Where it stands: `--parameter`, or file, line and column. */
  readonly where: string;
}

/** What people gave, under the template's own names. */
export interface CheckedParameters {
  readonly values: ReadonlyMap<string, string>;
  /** Sentences for people who must not be surprised; nothing is wrong. */
  readonly notes: readonly string[];
  /** Sentences; with any, nothing may be deployed. */
  readonly problems: readonly string[];
}

/** A value of the stack, and why it is this one. */
export interface ParameterValue {
  readonly name: string;
  readonly value: string;
  readonly origin: 'given' | 'kept' | 'default';
}

export interface MergedParameters {
  readonly values: readonly ParameterValue[];
  readonly problems: readonly string[];
}

/**
 * Checks what people gave against the template alone, so before any call to AWS. Flags win over the file. The member
 * stack's standards may be spelled as the administrator stack's, as some walkthroughs do.
 */
export function checkGiven(
  kind: StackKind,
  template: Template,
  {
    flags,
    file,
  }: { readonly flags: readonly GivenParameter[]; readonly file: readonly GivenParameter[] },
): CheckedParameters {
  const notes: string[] = [];
  const problems: string[] = [];
  const values = new Map<string, string>();
  for (const source of [file, flags]) {
    const seen = new Map<string, string>();
    for (const { name: written, value, where } of source) {
      const name = ownName(kind, written, template);
      const declaration = template.Parameters?.[name];
      if (declaration === undefined) {
        problems.push(`${where}: ${unknownName(kind, written, template)}`);
        continue;
      }
      const twin = seen.get(name);
      if (twin !== undefined) {
        problems.push(`${where}: ${twice(name, twin, written)}`);
        continue;
      }
      seen.set(name, written);
      if (name !== written)
        notes.push(
          `${where}: the ${kind} stack calls ${written} ${name}; your value is used for it.`,
        );
      const wrong = wrongForm(value, declaration['Type']) ?? checkValue(declaration, String(value));
      if (wrong !== undefined) problems.push(`${where}: ${name} ${wrong}`);
      values.set(name, String(value));
    }
  }
  return { values, notes, problems };
}

/** The values that a stack will have: what was given, else what it has, else the default. */
export function mergeParameters(
  template: Template,
  given: ReadonlyMap<string, string>,
  deployed: ReadonlyMap<string, string> | undefined,
): MergedParameters {
  const values: ParameterValue[] = [];
  const problems: string[] = [];
  for (const [name, declaration] of Object.entries(template.Parameters ?? {})) {
    const own = given.get(name);
    const kept = deployed?.get(name);
    const fallback = declaration['Default'];
    if (own !== undefined) values.push({ name, value: own, origin: 'given' });
    else if (kept !== undefined) {
      values.push({ name, value: kept, origin: 'kept' });
      const wrong = checkValue(declaration, kept);
      if (wrong !== undefined)
        problems.push(
          `${name} ${wrong} The stack has this value now; give another one: ${flagOf(name)}.`,
        );
    } else if (typeof fallback === 'string' || typeof fallback === 'number')
      values.push({ name, value: String(fallback), origin: 'default' });
    else problems.push(`${name} has no value. Add ${flagOf(name)}. ${about(declaration)}`.trim());
  }
  return { values, problems };
}

/**
 * The assertions of the template's rules that don't hold; what can't be known here is left to CloudFormation.
 * @param region for `AWS::Region`, which some rules look at
 */
export function brokenRules(
  template: Template,
  values: readonly ParameterValue[],
  region: string,
): readonly string[] {
  const known = values.map(({ name, value }) => [name, value] as const);
  const scope = scopeOf(template, new Map([...known, ['AWS::Region', region]]));
  return Object.values(template.Rules ?? {}).flatMap((rule) => {
    if (!isFields(rule)) return [];
    const { RuleCondition: condition, Assertions: assertions } = rule;
    if (condition !== undefined && evaluateCondition(condition, scope) !== true) return [];
    return (Array.isArray(assertions) ? (assertions as readonly unknown[]) : []).flatMap((one) =>
      isFields(one) && evaluateCondition(one['Assert'], scope) === false
        ? [String(one['AssertDescription'])]
        : [],
    );
  });
}

function ownName(kind: StackKind, written: string, { Parameters: known = {} }: Template): string {
  const other = written.replace(/^(?<start>Load[A-Z0-9]+)AdminStack$/u, '$<start>MemberStack');
  return kind === 'member' && !(written in known) && other in known ? other : written;
}

function unknownName(kind: StackKind, written: string, template: Template): string {
  const names = Object.keys(template.Parameters ?? {});
  const near = suggest(written, names);
  const hint = near === undefined ? `It has ${names.join(', ')}.` : `Did you mean ${near}?`;
  return `the ${kind} stack has no parameter ${written}. ${hint}`;
}

function twice(name: string, first: string, second: string): string {
  return first === second
    ? `${name} is given twice. Keep one.`
    : `${first} and ${second} are the same parameter, ${name}. Keep one.`;
}

/** YAML reads some texts as something else: an account id loses its leading zero, and true is no yes. */
function wrongForm(value: string | number | boolean, type: unknown): string | undefined {
  if (typeof value === 'boolean') return `can't be ${String(value)}; write yes or no.`;
  if (typeof value === 'number' && type !== 'Number')
    return 'is a text that YAML reads as a number. Put it in quotes, so that no digit is lost.';
  return undefined;
}

function flagOf(name: string): string {
  return `--parameter ${name}=<value>`;
}

function about({ Description: text }: { readonly Description?: unknown }): string {
  return typeof text === 'string' ? text : '';
}
