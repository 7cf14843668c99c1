import { fakeOf, objectOf, withFaults } from './fake.ts';
import type { Fake, Fault, Stored } from './fake.ts';
import { startServer } from './local-server.ts';
import type { Answer, Received } from './local-server.ts';

export interface JiraSettings {
  readonly user: string;
  /** Read anew for each request: a test may rotate it. */
  readonly token: () => string;
  readonly project: string;
  /** How a wrong token is met: refused, or treated as nobody's, as the search does. @default refused */
  readonly strangers?: 'refused' | 'anonymous';
  /** The search never finds what was opened. @default false */
  readonly isSearchStale?: boolean;
}

const UNAUTHORIZED: Answer = {
  status: 401,
  body: 'Client must be authenticated to access this resource.',
};

/** Behaves like Jira Cloud, as far as a ticket function sees it. */
export async function startJira(settings: JiraSettings): Promise<Fake> {
  const issues: Stored[] = [];
  const faults: Fault[] = [];
  const server = await startServer((request) => {
    const route = `${request.method} ${request.path}`;
    if (route === 'GET /rest/api/3/search/jql')
      return withFaults(faults, 'lookUp', () => search(request, settings, issues));
    if (route === 'POST /rest/api/3/issue')
      return withFaults(faults, 'creation', () => create(request, settings, issues));
    return { status: 404, body: '<html>Site unavailable</html>' };
  });
  return fakeOf(server, issues, faults);
}

function isKnown({ headers }: Received, { user, token }: JiraSettings): boolean {
  const expected = Buffer.from(`${user}:${token()}`).toString('base64');
  return headers['authorization'] === `Basic ${expected}`;
}

function search(request: Received, settings: JiraSettings, issues: readonly Stored[]): Answer {
  if (!isKnown(request, settings)) {
    if (settings.strangers !== 'anonymous') return UNAUTHORIZED;
    const headers = { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' };
    return { status: 200, headers, body: { issues: [], isLast: true } };
  }
  const [, project, label] =
    /^project = "([^"\\]*)" AND labels = "([^"\\]*)"$/u.exec(request.query.get('jql') ?? '') ?? [];
  if (label === undefined) return errors(400, 'Error in the JQL Query.');
  if (project !== settings.project)
    return errors(400, `The value '${project}' does not exist for the field 'project'.`);
  const found = settings.isSearchStale === true ? [] : issues.filter((one) => hasLabel(one, label));
  const body = {
    issues: found.map(({ key, labels }) => ({ id: '1', key, fields: { labels } })),
    isLast: true,
  };
  return { status: 200, body };
}

function hasLabel({ labels }: Stored, label: string): boolean {
  return (labels as readonly string[]).includes(label);
}

function create(request: Received, settings: JiraSettings, issues: Stored[]): Answer {
  if (!isKnown(request, settings)) return UNAUTHORIZED;
  const fields = objectOf(objectOf(request.body)['fields']);
  if (objectOf(fields['project'])['key'] !== settings.project)
    return {
      status: 400,
      body: { errorMessages: [], errors: { project: 'valid project is required' } },
    };
  const summary = String(fields['summary']);
  if (summary.length > 255 || summary.includes('\n'))
    return { status: 400, body: { errors: { summary: 'The summary is invalid.' } } };
  if (JSON.stringify(fields['description']).length > 32_767)
    return { status: 400, body: { errors: { description: 'The description is too long.' } } };
  if ((fields['labels'] as readonly string[]).some((label) => /\s/u.test(label)))
    return { status: 400, body: { errors: { labels: "The label can't contain spaces." } } };
  const key = `${settings.project}-${issues.length + 1}`;
  issues.push({ ...fields, key });
  return {
    status: 201,
    body: { id: String(10_000 + issues.length), key, self: 'https://example' },
  };
}

function errors(status: number, message: string): Answer {
  return { status, body: { errorMessages: [message], errors: {} } };
}
