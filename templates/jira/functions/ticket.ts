import { createTicketing } from '../../ticketing/create-ticketing.ts';
import { required, runtime } from '../../ticketing/runtime.ts';
import { jira } from './jira.ts';
import { jiraUrls } from './urls.ts';

export const handler = createTicketing({
  ...runtime(process.env),
  service: jira({
    ...jiraUrls(required(process.env, 'INSTANCE_URI'), process.env['CLOUD_ID'] ?? ''),
    projectKey: required(process.env, 'PROJECT_KEY', /^[A-Z][A-Z0-9_]{0,79}$/u),
    issueType: required(process.env, 'ISSUE_TYPE'),
  }),
});
