import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SolutionNames } from '../compile/compiled.ts';
import { withActionLog } from './admin-action-log.ts';
import { readBaseTemplate } from './template.ts';
import type { Template, TemplateResource } from './types.ts';

/** Folder of the administrator stack's sources. */
export const ADMIN_FOLDER = fileURLToPath(new URL('../../templates/admin', import.meta.url));

/** Parameters, rules, conditions and outputs of the administrator stack. */
export const ADMIN_BASE = join(ADMIN_FOLDER, 'template.yaml');

/** Its resources: each file holds those of one topic, under `Resources`. */
const RESOURCES = join(ADMIN_FOLDER, 'resources');

/**
 * The administrator stack's base template with all its resources, before code and generated resources are filled in.
 * Throws when two files define the same resource, or when one holds anything but resources.
 */
export function readAdminTemplate(names: SolutionNames): Template {
  const resources = new Map<string, TemplateResource>();
  for (const file of readdirSync(RESOURCES).toSorted()) {
    const part = readBaseTemplate(join(RESOURCES, file), names);
    const others = Object.keys(part).filter((section) => section !== 'Resources');
    if (others.length > 0)
      throw new Error(
        `${file} holds ${others.join(', ')}. Those sections belong in template.yaml.`,
      );
    for (const [id, resource] of Object.entries(part.Resources)) {
      if (resources.has(id)) throw new Error(`${file} defines ${id} again. Rename one of the two.`);
      resources.set(id, resource);
    }
  }
  const base = { ...readBaseTemplate(ADMIN_BASE, names), Resources: Object.fromEntries(resources) };
  return withActionLog(base, names);
}
