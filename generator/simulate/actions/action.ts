import type { ScriptOutcome, ScriptRequest } from '../bridge.ts';
import type { Clock } from '../clock.ts';
import type { Step, VariableDeclaration } from '../document.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Scope } from '../references.ts';

/** AWS as seen by a document: with its role, and every call recorded. */
export interface Aws {
  /** @throws Failure when the call fails */
  readonly call: (
    service: string,
    operation: string,
    parameters: JsonObject,
  ) => Promise<JsonObject>;
  readonly runScript: (request: ScriptRequest, limit: number) => Promise<ScriptOutcome>;
}

/** What an action works with, besides its inputs. */
export interface ActionContext {
  readonly step: Step;
  readonly scope: Scope;
  readonly aws: Aws;
  readonly clock: Clock;
  readonly declaredVariables: ReadonlyMap<string, VariableDeclaration>;
  readonly setVariable: (name: string, value: Json) => void;
  /** Runs the steps of a loop. @throws Failure when they fail */
  readonly runInner: (steps: readonly Step[], scope: Scope) => Promise<void>;
}

/** What an action did. */
export interface ActionResult {
  /** What the step's selectors read. */
  readonly result?: Json;
  /** Outputs that exist without being declared. */
  readonly outputs?: Readonly<Record<string, Json>>;
  /** Step to go to. */
  readonly next?: string;
  readonly printed?: string;
}

/** An action of the Automation language. */
export interface Action {
  /** Inputs whose references are left as they are. @default none */
  readonly unresolved?: readonly string[];
  /** @throws Failure */
  readonly run: (inputs: JsonObject, context: ActionContext) => Promise<ActionResult>;
}

/** A failed script, which has printed something worth keeping. */
export class ScriptFailure extends Error {
  override readonly name = 'ScriptFailure';
  readonly printed: string;

  constructor(message: string, printed: string) {
    super(message);
    this.printed = printed;
  }
}
