import { listOf, objectOf, textOf } from '../../admin/functions/model/json.ts';
import type { Credentials, Found, Ticket, TicketService } from '../../ticketing/service.ts';
import { facts, title } from '../../ticketing/text.ts';
import { adfDocument } from './adf.ts';

export interface JiraOptions {
  /** Where people see the site, without a slash at the end. */
  readonly site: string;
  /** Where the REST API is: the site, or Atlassian's gateway for API tokens with scopes. */
  readonly api: string;
  readonly projectKey: string;
  /** Name of the issue type, as the project has it. */
  readonly issueType: string;
}

/** Characters of a summary (Jira Cloud, "Create issue"). */
const LONGEST_SUMMARY = 255;
/** On every issue that we open, for filters. */
const LABEL = 'automated-security-response';
const ISSUE_KEY = /^[A-Z][A-Z0-9_]{0,254}-\d{1,18}$/u;

/** Jira Cloud, REST API version 3: "Create issue" and "Search for issues using JQL enhanced search". */
export function jira({ site, api, projectKey, issueType }: JiraOptions): TicketService {
  const ticket = (key: unknown): Ticket | undefined =>
    typeof key === 'string' && ISSUE_KEY.test(key)
      ? { id: key, url: `${site}/browse/${key}` }
      : undefined;
  return {
    name: 'Jira',
    // Search lags behind: most changes show within seconds ("Search After Write with Search And Reconcile").
    settleTime: 5000,
    secretForm: 'JSON with Username and Password, the API token',
    credentials,
    lookUp: (key) => {
      const query = new URLSearchParams({
        jql: `project = "${projectKey}" AND labels = "${key}"`,
        fields: 'labels',
        maxResults: '2',
      });
      return { method: 'GET', url: `${api}/rest/api/3/search/jql?${query.toString()}` };
    },
    readFound: (body, key) => readFound(body, key, ticket),
    creation: (request) => ({
      method: 'POST',
      url: `${api}/rest/api/3/issue`,
      body: {
        fields: {
          project: { key: projectKey },
          issuetype: { name: issueType },
          summary: title(request, LONGEST_SUMMARY),
          description: adfDocument(facts(request)),
          labels: [LABEL, request.key],
        },
      },
    }),
    readCreated: (body) => ticket(objectOf(body)['key']),
    // A search with a wrong token is an anonymous search and answers 200 with no issues; only this header tells
    // ("Jira Cloud: JQL search REST API returns 200 OK without API token").
    isUnauthorized: (status, headers) =>
      status === 401 ||
      /AUTHENTICATED_FAILED|AUTHENTICATION_DENIED/u.test(headers.get('x-seraph-loginreason') ?? ''),
    explain,
    notFoundHint: 'Is InstanceURI right?',
  };
}

function credentials(secret: Readonly<Record<string, unknown>>): Credentials | undefined {
  const user = textOf(secret['Username'], 320);
  const token = textOf(secret['Password'], 1024);
  if (user === undefined || token === undefined || /[\p{Cc}:]/u.test(user) || /\p{Cc}/u.test(token))
    return undefined;
  const encoded = Buffer.from(`${user}:${token}`, 'utf8').toString('base64');
  return { headers: { authorization: `Basic ${encoded}` }, secrets: [encoded, token] };
}

function readFound(
  body: unknown,
  key: string,
  ticket: (key: unknown) => Ticket | undefined,
): Found {
  const { issues } = objectOf(body);
  if (!Array.isArray(issues))
    return { is: 'unclear', reason: 'Jira answered the search with something else than issues.' };
  const own = listOf(issues)
    .map(objectOf)
    .find((issue) => listOf(objectOf(issue['fields'])['labels']).includes(key));
  if (own === undefined) return { is: 'none' };
  const found = ticket(own['key']);
  return found === undefined
    ? { is: 'unclear', reason: 'Jira found an issue whose key can not be read.' }
    : { is: 'there', ticket: found };
}

/** Jira's errors: `{ errorMessages: [text], errors: { field: text } }`, and the gateway's: `{ message: text }`. */
function explain(body: unknown): string {
  const { errorMessages, errors, message } = objectOf(body);
  const fields = Object.entries(objectOf(errors)).map(([field, one]) => `${field}: ${String(one)}`);
  const texts = [...listOf(errorMessages), message].filter((one) => typeof one === 'string');
  return [...texts, ...fields].join(' ');
}
