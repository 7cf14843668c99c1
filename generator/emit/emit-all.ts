import { sortDiagnostics } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import { adminParts, emitAdmin, emitAdminForChina } from './admin.ts';
import { buildCatalog } from './catalog.ts';
import { bundleConsole } from './console-web.ts';
import { documentPath, documentYaml } from './documents.ts';
import { buildIamProof } from './iam-proof.ts';
import { emitLaunchPage } from './launch/page.ts';
import { LAUNCH_PAGE } from './launch/published.ts';
import { buildManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { measureTemplate } from './measure-template.ts';
import { emitMemberRoles } from './member-roles.ts';
import { emitMember } from './member.ts';
import { emitOrganization } from './organization.ts';
import { serviceControlPolicy } from './service-control-policy.ts';
import { emitTicketing } from './ticketing.ts';
import type { EmitInput, TemplateFile } from './types.ts';

/** Everything of `dist/`, by path inside it, and what is wrong with it. */
export interface Emitted {
  readonly files: ReadonlyMap<string, string>;
  readonly templates: readonly TemplateFile[];
  readonly manifest: Manifest;
  readonly problems: readonly Diagnostic[];
}

/** Makes all files of a build, without writing any. */
export async function emitFiles(input: EmitInput): Promise<Emitted> {
  // First what esbuild, a process of its own, is asked for; it works while the member templates are made here.
  const parts = adminParts(input);
  const bundled = Promise.all([
    emitAdmin(input, bundleConsole(), parts),
    emitAdminForChina(input, parts),
    emitTicketing(input),
  ]);
  // When something here fails before, that error is the one to tell.
  bundled.catch(() => undefined);
  const roles = emitMemberRoles(input);
  const member = emitMember(input);
  const [admin, china, ticketing] = await bundled;
  const organization = emitOrganization(input.names, { roles: roles.file, member: member.file });
  const templates = [admin, china, roles.file, member.file, organization, ...ticketing];
  const problems = [
    ...roles.problems,
    ...member.problems,
    ...templates.flatMap((template) => measureTemplate(template)),
  ];
  const catalog = buildCatalog(input);
  const { standards, names } = input;
  const page = await emitLaunchPage({ version: names.version, catalog, standards, templates });
  const files = new Map([
    ...templates.map((template) => [template.fileName, template.text] as const),
    ...input.compiled.map((unit) => [documentPath(unit), documentYaml(unit)] as const),
    ['catalog.json', jsonText(catalog)] as const,
    ['iam-proof.json', jsonText(buildIamProof(input))] as const,
    [LAUNCH_PAGE, page] as const,
    ['service-control-policy.json', jsonText(serviceControlPolicy(input.names))] as const,
  ]);
  const manifest = buildManifest(input, templates, files);
  files.set('manifest.json', jsonText(manifest));
  const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { files: new Map(sorted), templates, manifest, problems: sortDiagnostics(problems) };
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
