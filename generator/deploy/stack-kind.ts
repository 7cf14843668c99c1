import type { StackKind } from '../../templates/launch/stacks.ts';

export { STACK_KINDS, defaultStackName, templateFileName } from '../../templates/launch/stacks.ts';
export type { StackKind } from '../../templates/launch/stacks.ts';

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
