import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { SolutionNames } from '../compile/compiled.ts';
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
export async function emitAdmin(input: EmitInput, pages?: ConsoleFiles): Promise<TemplateFile> {
  return emit(input, 'automated-security-response-admin.template', pages);
}

/** The same for the China Regions, which lack what the web console needs. */
export async function emitAdminForChina(input: EmitInput): Promise<TemplateFile> {
  return emit(input, 'automated-security-response-admin-cn.template');
}

async function emit(
  input: EmitInput,
  fileName: string,
  pages?: ConsoleFiles,
): Promise<TemplateFile> {
  const base = withStandardSwitches(readAdminTemplate(input.names), input.standards, 'Admin');
  const template = pages === undefined ? withoutConsole(base) : addConsole(base, input.names);
  const loaded = loadTemplate(ADMIN_BASE, input.names, () => template);
  const catalog = adminCatalog(input);
  const controls = Object.keys(catalog.controls);
  const values = { CATALOG: catalog, CONTROLS: controls };
  const atStart = { CATALOG: startCatalog(catalog) };
  await Promise.all(
    sources(template).map(async (source) =>
      source.logicalId === CONSOLE && pages !== undefined
        ? fillConsole(loaded, source, { CATALOG: catalog, SHOWN: shownControls(input) }, pages)
        : fill(
            loaded,
            source,
            source.logicalId === 'StartFunction' ? atStart : values,
            input.names,
          ),
    ),
  );
  addControlAlarms(loaded, controls, input.names);
  const hash = createHash('sha256').update(JSON.stringify(controls)).digest('hex');
  loaded.base.getResource('ConfigurationRows').addPropertyOverride('Controls', hash);
  return loaded.toFile(fileName);
}

const CONSOLE = 'ConsoleFunction';

async function fillConsole(
  { base }: LoadedTemplate,
  { logicalId, property, file }: Source,
  data: Readonly<Record<string, unknown>>,
  pages: ConsoleFiles,
): Promise<void> {
  const code = await bundleConsoleFunction(join(ADMIN_FOLDER, file), data, pages);
  base.getResource(logicalId).addPropertyOverride(property, code);
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

async function fill(
  { base }: LoadedTemplate,
  { logicalId, property, file }: Source,
  values: Readonly<Record<string, unknown>>,
  names: SolutionNames,
): Promise<void> {
  const path = join(ADMIN_FOLDER, file);
  const resource = base.getResource(logicalId);
  const text = file.endsWith('.ts')
    ? await bundleFunction(path, values)
    : withNumbers(JSON.stringify(readBaseTemplate(path, names)), names);
  const [head = '', intrinsic] = property.split('.');
  if (intrinsic === 'Fn::Sub') resource.addPropertyOverride(head, { 'Fn::Sub': text });
  else resource.addPropertyOverride(property, text);
}

/** A JSON string that is exactly a parameter of type Number becomes a number, where AWS takes no text. */
function withNumbers(json: string, names: SolutionNames): string {
  const parameters = Object.entries(readBaseTemplate(ADMIN_BASE, names).Parameters ?? {});
  return parameters
    .filter(([, { Type }]) => Type === 'Number')
    .reduce((text, [name]) => text.replaceAll(`"\${${name}}"`, `\${${name}}`), json);
}
