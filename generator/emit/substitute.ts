/** Names that `${...}` may stand for in what the compiler hands over; anything else in braces is literal text. */
const SUBSTITUTED: ReadonlySet<string> = new Set([
  'AWS::AccountId',
  'AWS::Partition',
  'AWS::Region',
  'AWS::URLSuffix',
  'Namespace',
]);

/** The longest value that each name can have, for measuring what CloudFormation will make of a text. */
const LONGEST: Readonly<Record<string, string>> = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'ap-southeast-99',
  'AWS::URLSuffix': 'amazonaws.com.cn',
  Namespace: 'n'.repeat(9),
};

export type Substituted = string | { readonly 'Fn::Sub': string };

/** `Fn::Sub` around a text with `${AWS::...}` or `${Namespace}`; a text without stays a text. */
export function substitute(text: string): Substituted {
  let found = false;
  const escaped = text.replaceAll(/\$\{([^}]*)\}/gu, (whole, name: string) => {
    if (!SUBSTITUTED.has(name)) return `\${!${name}}`;
    found = true;
    return whole;
  });
  return found ? { 'Fn::Sub': escaped } : text;
}

/** `substitute` on every string inside a value; keys stay as they are. */
export function substituteAll(value: unknown): unknown {
  if (typeof value === 'string') return substitute(value);
  if (Array.isArray(value)) return value.map(substituteAll);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, substituteAll(item)]),
    );
  return value;
}

/** Characters of a value as JSON, without white space, when every name has its longest value. */
export function worstCaseLength(value: unknown): number {
  return JSON.stringify(longest(value)).replaceAll(/\s/gu, '').length;
}

/** The text with every name replaced by its longest value. */
export function longestText(text: string): string {
  return text.replaceAll(/\$\{([^}!]*)\}/gu, (whole, name: string) => LONGEST[name] ?? whole);
}

function longest(value: unknown): unknown {
  if (typeof value === 'string') return longestText(value);
  if (Array.isArray(value)) return value.map(longest);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === 'Fn::Sub' && typeof first[1] === 'string')
    return longestText(first[1]).replaceAll('${!', '${');
  return Object.fromEntries(entries.map(([key, item]) => [key, longest(item)]));
}
