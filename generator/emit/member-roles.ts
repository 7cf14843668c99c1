import { fileURLToPath } from 'node:url';
import { diagnostic } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import { startOf } from './limits.ts';
import { addPassRolePolicies } from './pass-role.ts';
import { addRemediationRole, addSupportingRole } from './remediation-role.ts';
import { loadTemplate } from './template.ts';
import type { EmitInput, EmittedTemplate } from './types.ts';

/** Name of the template in `dist/`. */
const MEMBER_ROLES_FILE = 'automated-security-response-member-roles.template';

/** Condition of the base template that the roles for AWS services aren't there from an earlier launch. */
const CREATE_SERVICE_ROLES = 'CreateServiceRoles';

const MEMBER_ROLES_BASE = fileURLToPath(
  new URL('../../templates/member-roles/template.yaml', import.meta.url),
);

/** The roles of a member account: the orchestrator's, one per remediation, and those that AWS services use. */
export function emitMemberRoles(input: EmitInput): EmittedTemplate {
  const template = loadTemplate(MEMBER_ROLES_BASE, input.names);
  const made = {
    solutionId: input.names.solutionId,
    condition: template.base.getCondition(CREATE_SERVICE_ROLES),
  };
  const units = input.compiled.toSorted((a, b) => (a.runbook.name < b.runbook.name ? -1 : 1));
  const problems: Diagnostic[] = [];
  const taken = new Set<string>(units.map((unit) => unit.roleStem));
  for (const unit of units) {
    problems.push(...addRemediationRole(template.stack, unit));
    for (const role of unit.supportingRoles) {
      const stem = `${input.names.solutionId}-${role.name}`;
      if (taken.has(stem)) {
        const what = `The role ${stem} is also made by another unit.`;
        const file = unit.runbook.source.file;
        problems.push(diagnostic(startOf(file), 'duplicate-unit', what, 'Rename the role.'));
        continue;
      }
      taken.add(stem);
      problems.push(...addSupportingRole(template.stack, unit, role, made));
    }
  }
  problems.push(
    ...addPassRolePolicies(template.stack, units, 'templates/member-roles/template.yaml'),
  );
  return { file: template.toFile(MEMBER_ROLES_FILE), problems };
}
