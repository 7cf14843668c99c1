import { createRequire } from 'node:module';
import type { TemplateFile } from '../../../generator/emit/types.ts';
import { propertyOf } from '../../templates/admin/emitted.ts';
import type { WorldClock } from './clock.ts';

export type Handler = (event: unknown, context?: unknown) => Promise<unknown>;

export interface FunctionOptions {
  readonly file: TemplateFile;
  readonly logicalId: string;
  /** Variables that the deployed function has. */
  readonly environment: Readonly<Record<string, string>>;
  /** What AWS Lambda would set in the environment: where AWS is, and who the function is there. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: {
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string;
    };
  };
  readonly clock: WorldClock;
  readonly log: (line: string) => void;
}

type Loaded = Readonly<Record<string, unknown>>;
type Client = new (given: object) => object;

const load = createRequire(import.meta.url);

/**
 * Loads a function's inline code as Lambda would. All functions live in one process here, so each gets its environment,
 * its credentials and the world's clock as arguments instead of from the process; the AWS SDK comes from this project.
 */
export function loadFunction(options: FunctionOptions): Handler {
  const { file, logicalId, environment, client, clock, log } = options;
  const code = String(propertyOf(file, logicalId, 'Code', 'ZipFile'));
  const requireHere = (name: string): unknown =>
    name.startsWith('@aws-sdk/client-') ? aimed(load(name) as Loaded, client) : load(name);
  const processHere = {
    env: { ...environment, AWS_REGION: client.region },
    stdout: { write: (text: string) => log(text.trimEnd()) },
  };
  const module = { exports: {} as { handler?: Handler } };
  // oxlint-disable-next-line no-implied-eval, no-new-func -- the code under test is text in a template
  new Function('require', 'module', 'exports', 'process', 'Date', code)(
    requireHere,
    module,
    module.exports,
    processHere,
    clock.Date,
  );
  const { handler } = module.exports;
  if (handler === undefined) throw new Error(`${logicalId} exports no handler.`);
  return handler;
}

/** A package of the SDK whose clients go to the world unless the function says otherwise. */
function aimed(loaded: Loaded, client: FunctionOptions['client']): Loaded {
  return Object.fromEntries(
    Object.entries(loaded).map(([name, value]) => {
      if (!name.endsWith('Client') || name.startsWith('__') || typeof value !== 'function')
        return [name, value];
      const Original = value as Client;
      class Aimed extends Original {
        constructor(given: object) {
          super({ ...client, ...given });
        }
      }
      return [name, Aimed];
    }),
  );
}
