import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, IStackSynthesizer, Stack } from 'aws-cdk-lib';
import type { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { parse } from 'yaml';
import type { SolutionNames } from '../compile/compiled.ts';
import { cdk, cloudformationInclude } from './cdk.ts';
import { templateText, tidyTemplate } from './template-text.ts';
import type { Template, TemplateFile } from './types.ts';

/** A base template on a CDK stack; L1 constructs added to the stack join its resources. */
export interface LoadedTemplate {
  /** Add generated resources here, as L1 constructs directly under the stack: the construct id is the logical id. */
  readonly stack: Stack;
  /** The parameters, conditions and resources of the base template, by logical id. */
  readonly base: CfnInclude;
  /** The whole template as data: base entries in the order of the file, generated ones sorted after them. */
  toJson(): Template;
  /** The whole template, ready to write. */
  toFile(fileName: string): TemplateFile;
}

const parsed = new Map<string, Template>();

/** Reads a base template as data, with the solution's id and version in place of their tokens. */
export function readBaseTemplate(file: string, names: SolutionNames): Template {
  const text = replaceTokens(readFileSync(file, 'utf8'), names);
  // Several templates are made from the same files.
  const before = parsed.get(text);
  if (before !== undefined) return before;
  // Merge keys (`<<`) are of YAML 1.1; the state machine uses them.
  const template = parse(text, { merge: true }) as Template;
  parsed.set(text, template);
  return template;
}

/**
 * Loads a base template (YAML, long form of the intrinsic functions) with `cloudformation-include`. `extend` may add
 * generated parameters, conditions and plain resources before they are checked and loaded.
 * Throws when the file is missing, is no YAML, or refers to something it does not define.
 */
export function loadTemplate(
  file: string,
  names: SolutionNames,
  extend: (template: Template) => Template = (template) => template,
): LoadedTemplate {
  const template = readBaseTemplate(file, names);
  const extended = extend(template);
  const { app, stack, outdir } = newStack();
  const base = inFolder(outdir, () => {
    const templateFile = join(outdir, 'base.json');
    writeFileSync(templateFile, JSON.stringify(extended));
    return new cloudformationInclude.CfnInclude(stack, 'Base', { templateFile });
  });
  const toJson = (): Template =>
    inFolder(outdir, () => {
      const assembly = app.synth({ force: true });
      return tidyTemplate(
        assembly.getStackArtifact(stack.artifactId).template as Template,
        template,
      );
    });
  const toFile = (fileName: string): TemplateFile => {
    const json = toJson();
    return { fileName, json, text: templateText(json) };
  };
  return { stack, base, toJson, toFile };
}

/** Base templates are written for the solution id SO0111; the build may choose another, and knows the version. */
function replaceTokens(text: string, names: SolutionNames): string {
  return text.replaceAll('SO0111', names.solutionId).replaceAll('%%VERSION%%', names.version);
}

function newStack(): { readonly app: App; readonly stack: Stack; readonly outdir: string } {
  const outdir = join(tmpdir(), `asr-template-${randomUUID()}`);
  const app = new cdk.App({
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: false,
    outdir,
    // The build measures the number of resources itself and reports it with the other limits.
    context: { '@aws-cdk/core:stackResourceLimit': 0 },
  });
  // The library's own types don't hold under exactOptionalPropertyTypes.
  const synthesizer = new cdk.BootstraplessSynthesizer() as IStackSynthesizer;
  return { app, stack: new cdk.Stack(app, 'Template', { synthesizer }), outdir };
}

/** The library works through files: gives it a folder for the length of one call. */
function inFolder<T>(folder: string, work: () => T): T {
  mkdirSync(folder, { recursive: true });
  try {
    return work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
