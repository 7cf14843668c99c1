import { readFileSync } from 'node:fs';
import { DeployError } from '../deploy-error.ts';
import type { WantedMember } from './plan-members.ts';

/**
 * Reads accounts from a file: one a line, `<id>` or `<id>,<email>`; empty lines and lines with # in front are left out.
 * Throws `DeployError` with every line that is wrong.
 */
export function readMembersFile(file: string): readonly WantedMember[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new DeployError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  const wrong: string[] = [];
  const members = text.split(/\r?\n/u).flatMap((raw, index): readonly WantedMember[] => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    const [account = '', email, ...rest] = line.split(',').map((part) => part.trim());
    const isEmail = email === undefined || /^[^@\s]+@[^@\s]+$/u.test(email);
    if (/^\d{12}$/u.test(account) && isEmail && rest.length === 0)
      return [{ account, ...(email === undefined ? {} : { email }) }];
    wrong.push(
      `${file}:${index + 1}: ${JSON.stringify(line)} is neither an account id of 12 digits nor one with ,<email>.`,
    );
    return [];
  });
  if (wrong.length > 0) throw new DeployError(wrong.join('\n'));
  return members;
}
