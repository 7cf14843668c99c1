import { siteUrl } from '../../ticketing/runtime.ts';
import type { JiraOptions } from './jira.ts';

const COMMERCIAL = 'atlassian.net';
const GOVERNMENT = 'atlassian-us-gov-mod.net';

/**
 * Where Jira is. API tokens with scopes work at Atlassian's gateway only, which takes the site's cloud id ("Manage API
 * tokens for your Atlassian account"). Throws when host or id are not of their form.
 */
export function jiraUrls(host: string, cloudId: string): Pick<JiraOptions, 'site' | 'api'> {
  const site = siteUrl(host, [COMMERCIAL, GOVERNMENT]);
  if (cloudId === '') return { site, api: site };
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(cloudId))
    throw new Error('CLOUD_ID must be the id that <site>/_edge/tenant_info shows.');
  // The gateway of the commercial cloud must never see a token of the other one.
  if (!host.endsWith(`.${COMMERCIAL}`))
    throw new Error(`CLOUD_ID is for sites in ${COMMERCIAL} only. Leave it empty.`);
  return { site, api: `https://api.atlassian.com/ex/jira/${cloudId}` };
}
