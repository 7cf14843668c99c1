import { fileURLToPath } from 'node:url';
import type { SolutionNames } from '../compile/compiled.ts';
import { bundleFunction } from './admin-bundle.ts';
import { loadTemplate } from './template.ts';
import type { EmitInput, TemplateFile } from './types.ts';

/** Folders of `templates/` with a ticket function; the template in `dist/` is named after each. */
const SYSTEMS = ['jira', 'servicenow'] as const;

/**
 * The templates of the ticket functions, each with its bundled code. Throws when a function doesn't compile.
 */
export async function emitTicketing({ names }: EmitInput): Promise<readonly TemplateFile[]> {
  return Promise.all(SYSTEMS.map(async (system) => emitSystem(system, names)));
}

async function emitSystem(
  system: (typeof SYSTEMS)[number],
  names: SolutionNames,
): Promise<TemplateFile> {
  const folder = new URL(`../../templates/${system}/`, import.meta.url);
  const loaded = loadTemplate(fileURLToPath(new URL('template.yaml', folder)), names);
  const code = await bundleFunction(fileURLToPath(new URL('functions/ticket.ts', folder)), {});
  loaded.base.getResource('TicketFunction').addPropertyOverride('Code.ZipFile', code);
  return loaded.toFile(`automated-security-response-${system}.template`);
}
