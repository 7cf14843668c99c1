import type { IncomingMessage } from 'node:http';
import type { Members } from './places.ts';

/** A signed request to AWS, as far as it must be understood. */
export interface ApiRequest {
  /** As the signature says: `ssm`, `securityhub`. */
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly accessKey: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Operations that are told apart by method and path (service models of AWS Security Hub and AWS Lambda). */
const REST: readonly (readonly [service: string, method: string, path: RegExp, name: string])[] = [
  ['securityhub', 'PATCH', /^\/findings\/batchupdate$/u, 'BatchUpdateFindings'],
  ['securityhub', 'PATCH', /^\/findingsv2\/batchupdatev2$/u, 'BatchUpdateFindingsV2'],
  ['securityhub', 'POST', /^\/findings$/u, 'GetFindings'],
  ['securityhub', 'POST', /^\/findingsv2$/u, 'GetFindingsV2'],
  ['securityhub', 'POST', /^\/members$/u, 'CreateMembers'],
  ['securityhub', 'POST', /^\/members\/get$/u, 'GetMembers'],
  ['securityhub', 'POST', /^\/members\/invite$/u, 'InviteMembers'],
  ['securityhub', 'GET', /^\/members$/u, 'ListMembers'],
  ['securityhub', 'GET', /^\/invitations$/u, 'ListInvitations'],
  ['securityhub', 'POST', /^\/administrator$/u, 'AcceptAdministratorInvitation'],
  ['securityhub', 'POST', /^\/securityControls\/batchGet$/u, 'BatchGetSecurityControls'],
  ['securityhub', 'POST', /^\/actionTargets$/u, 'CreateActionTarget'],
  ['securityhub', 'POST', /^\/actionTargets\/get$/u, 'DescribeActionTargets'],
  ['securityhub', 'PATCH', /^\/actionTargets\/.+/u, 'UpdateActionTarget'],
  ['securityhub', 'DELETE', /^\/actionTargets\/.+/u, 'DeleteActionTarget'],
  ['lambda', 'POST', /^\/2015-03-31\/functions\/[^/]+\/invocations$/u, 'Invoke'],
];

const SIGNATURE =
  /Credential=(?<key>[^/]+)\/\d{8}\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request/u;

/** Where the emulator takes the answer of a custom resource; such a request is not signed. */
const CUSTOM_RESOURCE = /^\/cloudformation_(?<region>[^/]+)\/cfnresponse\?/u;

/** Understands a request; throws when it isn't signed, since nobody could say whose it is. */
export async function parseRequest(message: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
  );
  const { key, region, service } = SIGNATURE.exec(headers['authorization'] ?? '')?.groups ?? {};
  const answered = CUSTOM_RESOURCE.exec(message.url ?? '')?.groups?.['region'];
  if (key === undefined && answered !== undefined)
    return {
      service: 'cloudformation',
      operation: 'AnswerCustomResource',
      region: answered,
      accessKey: 'test',
      method: 'PUT',
      path: message.url ?? '',
      // The emulator reads a body without a type as a form.
      headers: { 'content-type': 'text/plain' },
      body,
    };
  if (key === undefined || region === undefined || service === undefined)
    throw new Error(`${message.url ?? ''} is not signed.`);
  const method = message.method ?? '';
  const path = message.url ?? '/';
  const operation = operationOf(service, method, path, headers, body);
  return { service, operation, region, accessKey: key, method, path, headers, body };
}

function operationOf(
  service: string,
  method: string,
  path: string,
  headers: ApiRequest['headers'],
  body: Buffer,
): string {
  const target = headers['x-amz-target'];
  if (target !== undefined) return target.slice(target.lastIndexOf('.') + 1);
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true)
    return new URLSearchParams(body.toString('utf8')).get('Action') ?? '';
  const [plain = ''] = path.split('?');
  const found = REST.find(
    ([of, by, at]) => of === service && by === method && at.test(decodeURIComponent(plain)),
  );
  return found?.[3] ?? `${method} ${plain}`;
}

/** The input of a JSON operation. */
export function inputOf({ body }: Pick<ApiRequest, 'body'>): Members {
  return body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) as Members);
}
