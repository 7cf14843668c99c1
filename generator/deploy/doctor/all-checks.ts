import type { Check } from './check.ts';
import { access } from './checks/access.ts';
import { adminStack } from './checks/admin-stack.ts';
import { aggregation } from './checks/aggregation.ts';
import { automationConcurrency } from './checks/automation-concurrency.ts';
import { awsConfig } from './checks/aws-config.ts';
import { documentQuota } from './checks/document-quota.ts';
import { documents } from './checks/documents.ts';
import { filters } from './checks/filters.ts';
import { members } from './checks/members.ts';
import { memberStack } from './checks/member-stack.ts';
import { namespace } from './checks/namespace.ts';
import { otherSolution } from './checks/other-solution.ts';
import { regionalServices } from './checks/regional-services.ts';
import { roles } from './checks/roles.ts';
import { securityHub } from './checks/security-hub.ts';
import { serviceControlPolicies } from './checks/service-control-policies.ts';
import { trust } from './checks/trust.ts';
import { versions } from './checks/versions.ts';

/** In the order in which things are set up. A test compares it with the folder. */
export const CHECKS: readonly Check[] = [
  securityHub,
  awsConfig,
  aggregation,
  members,
  access,
  otherSolution,
  adminStack,
  filters,
  memberStack,
  versions,
  roles,
  trust,
  namespace,
  documents,
  documentQuota,
  automationConcurrency,
  regionalServices,
  serviceControlPolicies,
];
