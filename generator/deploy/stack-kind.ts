/** The stacks of this product, in the order in which they are deployed. */
export const STACK_KINDS = ['admin', 'member-roles', 'member'] as const;

export type StackKind = (typeof STACK_KINDS)[number];

/** File in `dist/`. */
export function templateFileName(kind: StackKind): string {
  return `automated-security-response-${kind}.template`;
}

/** Name of the stack when people choose none; launch links use the same. */
export function defaultStackName(kind: StackKind): string {
  return `automated-security-response-${kind}`;
}

/** Descriptions of our stacks begin with the solution id and a letter for the kind. */
const TAGS: Readonly<Record<StackKind, RegExp>> = {
  admin: /^\([A-Z][A-Z0-9]{1,5}\) /u,
  'member-roles': /^\([A-Z][A-Z0-9]{1,5}R\) /u,
  member: /^\([A-Z][A-Z0-9]{1,5}M\) /u,
};

/** Whether a stack's description is that of one of ours, of whatever solution id. */
export function describesKind(kind: StackKind, description: string): boolean {
  return TAGS[kind].test(description);
}
