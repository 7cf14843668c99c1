import type { Partition } from './links.ts';

/** The stacks of this product, in the order in which they are deployed. */
export const STACK_KINDS = ['admin', 'member-roles', 'member'] as const;

export type StackKind = (typeof STACK_KINDS)[number];

/** Name of the stack when people choose none; launch links and commands use the same. */
export function defaultStackName(kind: StackKind): string {
  return `automated-security-response-${kind}`;
}

/**
 * Name of a stack's template in `dist/`. The China Regions have an admin template of their own: they don't know all types of
 * resources that the web console has.
 */
export function templateFileName(kind: StackKind, partition: Partition): string {
  const which = kind === 'admin' && partition === 'aws-cn' ? 'admin-cn' : kind;
  return `automated-security-response-${which}.template`;
}
