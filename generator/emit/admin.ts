import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Catalog } from '../../templates/admin/functions/model/catalog.ts';
import { adminCatalog, startCatalog } from './admin-catalog.ts';
import { bundleFunction } from './admin-bundle.ts';
import { addControlAlarms } from './admin-alarms.ts';
import { bundleConsoleFunction } from './console-code.ts';
import type { ConsoleFiles } from './console-web.ts';
import { addConsole, shownControls, withoutConsole } from './console.ts';
import { ADMIN_BASE, ADMIN_FOLDER, readAdminTemplate } from './admin-template.ts';
import { withStandardSwitches } from './standard-switches.ts';
import { loadTemplate, readBaseTemplate } from './template.ts';
import type { LoadedTemplate } from './template.ts';
import type { EmitInput, Template, TemplateFile } from './types.ts';

/**
 * The administrator stack's template: the base template with the bundled functions, the state machine, the dashboard,
 * the catalogue and one alarm for each control; with the web console when its pages are given. Throws when a source named
 * in the base template doesn't compile.
 */
export async function emitAdmin(
  input: EmitInput,
  pages?: ConsoleFiles | Promise<ConsoleFiles>,
  parts = adminParts(input),
): Promise<TemplateFile> {
  return emit(input, parts, 'automated-security-response-admin.template', pages);
}

/** The same for the China Regions, which lack what the web console needs. */
export async function emitAdminForChina(
  input: EmitInput,
  parts = adminParts(input),
): Promise<TemplateFile> {
  return emit(input, parts, 'automated-security-response-admin-cn.template');
}

async function emit(
  input: EmitInput,
  { catalog, controls, code }: AdminParts,
  fileName: string,
  pages?: ConsoleFiles | Promise<ConsoleFiles>,
): Promise<TemplateFile> {
  const { names } = input;
  const base = withStandardSwitches(readAdminTemplate(names), input.standards, 'Admin');
  const template = pages === undefined ? withoutConsole(base) : addConsole(base, names);
  const loaded = loadTemplate(ADMIN_BASE, names, () => template);
  await Promise.all(
    sources(template).map(async (source) => {
      const path = join(ADMIN_FOLDER, source.file);
      if (!source.file.endsWith('.ts'))
        return put(loaded, source, withNumbers(readBaseTemplate(path, names), template));
      if (source.logicalId !== CONSOLE || pages === undefined)
        return put(loaded, source, await code(source.logicalId, path));
      const data = { CATALOG: catalog, SHOWN: shownControls(input) };
      return put(loaded, source, await bundleConsoleFunction(path, data, pages));
    }),
  );
  addControlAlarms(loaded, controls, names);
  const hash = createHash('sha256').update(JSON.stringify(controls)).digest('hex');
  loaded.base.getResource('ConfigurationRows').addPropertyOverride('Controls', hash);
  return loaded.toFile(fileName);
}

const CONSOLE = 'ConsoleFunction';

/** What the administrator's templates are made of. */
export interface AdminParts {
  readonly catalog: Catalog;
  readonly controls: readonly string[];
  /** Code of a function from its source. */
  readonly code: (logicalId: string, path: string) => Promise<string>;
}

/** What the administrator's templates have in common: a build makes it once, since bundling the functions takes long. */
export function adminParts(input: EmitInput): AdminParts {
  const catalog = adminCatalog(input);
  const controls = Object.keys(catalog.controls);
  const values = { CATALOG: catalog, CONTROLS: controls };
  const atStart = { CATALOG: startCatalog(catalog) };
  const bundles = new Map<string, Promise<string>>();
  return {
    catalog,
    controls,
    code: async (logicalId, path) => {
      const bundle =
        bundles.get(path) ?? bundleFunction(path, logicalId === 'StartFunction' ? atStart : values);
      bundles.set(path, bundle);
      return bundle;
    },
  };
}

/** A property of the base template that names a file whose content belongs there. */
interface Source {
  readonly logicalId: string;
  readonly property: string;
  readonly file: string;
}

function sources(template: Template): readonly Source[] {
  const places = ['Code.ZipFile', 'DefinitionString.Fn::Sub', 'DashboardBody.Fn::Sub'];
  return Object.entries(template.Resources).flatMap(([logicalId, { Properties }]) =>
    places.flatMap((property) => {
      const file = property.split('.').reduce<unknown>(member, Properties);
      return typeof file === 'string' ? [{ logicalId, property, file }] : [];
    }),
  );
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function put({ base }: LoadedTemplate, { logicalId, property }: Source, text: string): void {
  const resource = base.getResource(logicalId);
  const [head = '', intrinsic] = property.split('.');
  if (intrinsic === 'Fn::Sub') resource.addPropertyOverride(head, { 'Fn::Sub': text });
  else resource.addPropertyOverride(property, text);
}

/** As JSON, in which a string that is exactly a parameter of type Number becomes a number, where AWS takes no text. */
function withNumbers(definition: object, { Parameters: parameters = {} }: Template): string {
  return Object.entries(parameters)
    .filter(([, { Type }]) => Type === 'Number')
    .reduce(
      (text, [name]) => text.replaceAll(`"\${${name}}"`, `\${${name}}`),
      JSON.stringify(definition),
    );
}
