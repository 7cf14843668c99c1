import { findingIdOf, productOf } from '../model/finding-parts.ts';
import type { Finding } from '../model/finding.ts';
import type { Target } from '../model/attempt.ts';
import { objectOf, textOf } from '../model/json.ts';
import { MODES } from '../model/request.ts';
import type { Mode, Request } from '../model/request.ts';
import type { Poison, SqsRecord } from './messages.ts';

/** How Security Hub finds a finding. */
export type FindingKey = Pick<Finding, 'format' | 'id' | 'productArn'>;

/** Somebody asks for something about a finding that they name. */
export interface Ask {
  readonly type: 'ask';
  readonly request: Request;
  readonly finding: FindingKey;
}

/** Somebody answers an attempt that waits for approval. */
export interface Answer {
  readonly type: 'approve' | 'reject';
  readonly attempt: string;
  readonly actor: string;
  readonly messageId: string;
}

/** A request that was held is due. */
export interface Resume extends Target {
  readonly type: 'resume';
  readonly remediation: string;
  readonly mode: Mode;
}

/** An approval lapsed, or nobody ended an attempt. */
export interface LookAfter extends Target {
  readonly type: 'expire' | 'recover';
  readonly attempt: string;
}

/** The hold that Undo left is to go. */
export interface Release extends Target {
  readonly type: 'release';
  readonly remediation: string;
  readonly actor: string;
}

export type Command = Ask | Answer | Resume | LookAfter | Release;

const MODE_OF: Readonly<Record<'remediate' | 'preview' | 'undo', Mode>> = {
  remediate: 'Remediate',
  preview: 'Preview',
  undo: 'Undo',
};

/** Members of each command besides `asr`, `command` and `actor`. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  remediate: ['finding', 'ticket'],
  preview: ['finding'],
  undo: ['finding', 'attempt', 'force'],
  approve: ['attempt'],
  reject: ['attempt'],
  resume: ['account', 'region', 'resource', 'remediation', 'mode'],
  expire: ['account', 'region', 'resource', 'attempt'],
  recover: ['account', 'region', 'resource', 'attempt'],
  release: ['account', 'region', 'resource', 'remediation'],
};

const ATTEMPT = /^[0-9a-f]{32}$/u;
const REMEDIATION = /^[A-Za-z][A-Za-z0-9]{0,63}$/u;
const FORMS: Readonly<Record<keyof Target, RegExp>> = {
  account: /^\d{12}$/u,
  region: /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/u,
  resource: /^[\x21-\x7e]{1,2048}$/u,
};
/** A user's unique id, a role's unique id and session name, or an account's id (SQS API, ReceiveMessage: SenderId). */
const SENDER = /^[A-Z0-9]{3,128}(?::[\w+=,.@-]{1,64})?$/u;
const NAME = /^[^\p{C}]{1,128}$/u;

/** Thrown inside this file only. */
class Wrong extends Error {}

type Body = Readonly<Record<string, unknown>>;

/**
 * Reads a command, strictly: version 1, known members of the right form and no others. Who asks is who sent the message,
 * as Amazon SQS says; only the web console's role may name somebody else. Never throws.
 */
export function parseCommand(
  body: Body,
  record: SqsRecord,
  consoleRoleId: string,
): Command | Poison {
  try {
    return commandOf(body, record, whoOf(body, record, consoleRoleId));
  } catch (error) {
    if (error instanceof Wrong) return { type: 'poison', reason: error.message };
    throw error;
  }
}

type Who = Pick<Request, 'origin' | 'actor'>;

function whoOf(body: Body, { attributes }: SqsRecord, consoleRoleId: string): Who {
  const sender = attributes['SenderId'] ?? '';
  if (!SENDER.test(sender)) throw new Wrong('Amazon SQS does not say who sent the command.');
  const { actor } = body;
  if (consoleRoleId === '' || sender.split(':')[0] !== consoleRoleId) {
    if (actor !== undefined) throw new Wrong('Only the web console may name who asks.');
    return { origin: 'command', actor: sender };
  }
  if (typeof actor !== 'string' || !NAME.test(actor) || actor.trim() === '')
    throw new Wrong('The web console must name who asks.');
  return { origin: 'console', actor };
}

function commandOf(body: Body, { messageId }: SqsRecord, who: Who): Command {
  const command = textOf(body['command'], 32) ?? '';
  const members = Object.hasOwn(MEMBERS, command) ? MEMBERS[command] : undefined;
  if (body['asr'] !== 1 || members === undefined)
    throw new Wrong('The message is no command of version 1.');
  const known = new Set(['asr', 'command', 'actor', ...members]);
  if (Object.keys(body).some((name) => !known.has(name)))
    throw new Wrong('The command has a member that it does not know.');
  switch (command) {
    case 'remediate':
    case 'preview':
    case 'undo':
      return ask(body, MODE_OF[command], who, messageId);
    case 'approve':
    case 'reject':
      return { type: command, attempt: attemptOf(body), actor: who.actor, messageId };
    case 'resume':
      return {
        type: command,
        ...targetOf(body),
        remediation: matching(body, 'remediation', REMEDIATION),
        mode: modeOf(body['mode']),
      };
    case 'expire':
    case 'recover':
      return { type: command, ...targetOf(body), attempt: attemptOf(body) };
    case 'release':
      return {
        type: command,
        ...targetOf(body),
        remediation: matching(body, 'remediation', REMEDIATION),
        actor: who.actor,
      };
    default:
      throw new Wrong('The command is not known.');
  }
}

function ask(body: Body, mode: Mode, who: Who, messageId: string): Ask {
  return {
    type: 'ask',
    request: {
      id: messageId,
      mode,
      ...who,
      force: yesNo(body, 'force'),
      ticket: yesNo(body, 'ticket'),
      ...(body['attempt'] === undefined ? {} : { attempt: attemptOf(body) }),
    },
    finding: findingKeyOf(body['finding']),
  };
}

function findingKeyOf(raw: unknown): FindingKey {
  const { id, productArn, ...others } = objectOf(raw);
  const named = findingIdOf(id);
  const format = productOf(productArn, 'asff') === undefined ? 'ocsf' : 'asff';
  const product = productOf(productArn, format);
  if (named === undefined || product === undefined || Object.keys(others).length > 0)
    throw new Wrong(
      "The command must name one of Security Hub's own findings by id and productArn.",
    );
  return { format, id: named.id, productArn: product.arn };
}

function attemptOf(body: Body): string {
  return matching(body, 'attempt', ATTEMPT);
}

function targetOf(body: Body): Target {
  return {
    account: matching(body, 'account', FORMS.account),
    region: matching(body, 'region', FORMS.region),
    resource: matching(body, 'resource', FORMS.resource),
  };
}

function modeOf(raw: unknown): Mode {
  const mode = MODES.find((one) => one === raw);
  if (mode === undefined) throw new Wrong("The command's mode is not known.");
  return mode;
}

function matching(body: Body, name: string, form: RegExp): string {
  const value = body[name];
  if (typeof value === 'string' && form.test(value)) return value;
  throw new Wrong(`The command's ${name} does not have the form that it must have.`);
}

function yesNo(body: Body, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value === 'boolean') return value;
  throw new Wrong(`The command's ${name} must be true or false.`);
}
