import type { CompiledRunbook, SolutionNames } from '../compile/compiled.ts';
import type { Standards } from '../model/standard.ts';
import type { Diagnostic } from '../read/diagnostics.ts';

/** All that an emitter works from: models, never files. */
export interface EmitInput {
  readonly compiled: readonly CompiledRunbook[];
  readonly standards: Standards;
  readonly names: SolutionNames;
}

/** A resource of a template, as CloudFormation reads it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A template as an object; sections that are absent are left out. */
export interface Template {
  readonly AWSTemplateFormatVersion?: string;
  readonly Description?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Parameters?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Rules?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** A finished template: `text` is what is written, `json` the same as data. */
export interface TemplateFile {
  /** Name inside `dist/`, for example `automated-security-response-member.template`. */
  readonly fileName: string;
  readonly json: Template;
  readonly text: string;
}

/** A template and what is wrong with it; with errors it must not be written. */
export interface EmittedTemplate {
  readonly file: TemplateFile;
  readonly problems: readonly Diagnostic[];
}
