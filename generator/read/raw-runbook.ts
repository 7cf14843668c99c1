import type { ImpactWord } from '../model/runbook.ts';

/** The shape that runbook.schema.json guarantees; only the reader sees it. */
export interface RawRunbook {
  readonly title: string;
  readonly why: string;
  readonly checks: string;
  readonly controls:
    | readonly string[]
    | Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly resource: string | readonly string[];
  readonly scope: 'regional' | 'global';
  readonly impact:
    | ImpactWord
    | { readonly when: RawCheck; readonly then: string; readonly else: string };
  readonly warning?: string;
  readonly parameters?: Readonly<Record<string, RawParameter>>;
  readonly roles?: Readonly<
    Record<
      string,
      {
        readonly service: string;
        readonly allow: readonly string[];
        readonly on: string | readonly string[];
      }
    >
  >;
  readonly resources?: Readonly<
    Record<string, { readonly when: string } & Readonly<Record<string, unknown>>>
  >;
  readonly before: readonly RawStep[];
  readonly compliant: RawCheck;
  readonly change: readonly RawStep[];
  readonly verify?: { readonly none: string } | { readonly within: string };
  readonly undo: { readonly none: string } | readonly RawStep[];
  readonly unchanged?: { readonly none: string } | readonly string[];
  readonly leaves?: string;
  readonly preview?: string;
  readonly note: string;
  readonly permissions?: readonly {
    readonly action: string;
    readonly on: string | readonly string[];
    readonly why: string;
    readonly to?: string;
  }[];
  readonly aliases?: readonly string[];
  readonly deprecated?: string;
}

type RawCheck = Readonly<Record<string, unknown>>;

export interface RawParameter {
  readonly kind: string;
  readonly default?: unknown;
  readonly optional?: true;
  readonly finding?: string | Readonly<Record<string, string>>;
  readonly from?: 'stack';
  readonly missing?: string;
  readonly describes?: string;
}

export interface RawStep {
  readonly read?: string;
  readonly call?: string;
  readonly wait?: string;
  readonly compute?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly when?: RawCheck;
  readonly each?: string;
  readonly on?: string | readonly string[];
  readonly as?: string;
  readonly keep?: Readonly<Record<string, string>>;
  readonly absent?: readonly string[];
  readonly ok?: readonly string[];
  readonly retry?: readonly string[];
  readonly hide?: readonly string[];
  readonly until?: RawCheck;
  readonly fail?: RawCheck;
  readonly within?: string;
  readonly every?: string;
}
