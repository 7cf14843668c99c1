import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { emitAdmin, emitAdminForChina } from '../../../generator/emit/admin.ts';
import type { TemplateFile } from '../../../generator/emit/types.ts';
import type { HttpAnswer } from '../../../templates/admin/console/api/http.ts';
import { inputOf, unit } from '../../generator/emit/fixtures.ts';
import { loadBundle } from '../admin/bundles.ts';
import { propertyOf } from '../admin/emitted.ts';
import { claims, eventOf } from './api-world.ts';

const PAGES = {
  indexHtml: '<!doctype html><title>Console</title>',
  appJs: 'console.log("ä");',
  appCss: 'a{color:red}',
};
const ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  SOLUTION_ID: 'SO0111',
  VERSION: 'v0.1.0',
  PARTITION: 'aws',
  ADMIN_ACCOUNT: '012345678901',
  TABLE: 'State',
  CONFIGURATION_TABLE: 'Configuration',
  EVENT_QUEUE_URL: 'https://sqs.example/events',
  COMMAND_QUEUE_URL: 'https://sqs.example/commands',
  DEAD_LETTER_QUEUE_URL: 'https://sqs.example/dead',
  USER_POOL: 'us-east-1_Example',
  ISSUER: 'https://issuer.example',
  CLIENT_ID: 'client',
  LOGIN_DOMAIN: 'asr-1.auth.us-east-1.amazoncognito.com',
};

let file: TemplateFile;
let china: TemplateFile;
beforeAll(async () => {
  const input = inputOf([unit('Simple', ['A.1'])]);
  [file, china] = await Promise.all([emitAdmin(input, PAGES), emitAdminForChina(input)]);
});

const own = (template: TemplateFile): readonly string[] =>
  Object.keys(template.json.Resources).filter((id) => id.startsWith('Console'));

describe('the stack', () => {
  it('makes nothing of the console unless it is asked for, and nothing in China', () => {
    expect(own(file).length).toBeGreaterThan(15);
    for (const id of own(file))
      expect([id, file.json.Resources[id]?.Condition]).toEqual([id, 'DeployConsole']);
    expect(file.json.Conditions?.['DeployConsole']).toEqual({
      'Fn::And': [
        { 'Fn::Equals': [{ Ref: 'ShouldDeployWebUI' }, 'yes'] },
        { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] }] },
      ],
    });
  });

  it('lets people deploy it, and still refuses the China Regions', () => {
    const { WebConsole } = file.json.Rules as Readonly<
      Record<'WebConsole', { readonly Assertions: readonly object[] }>
    >;
    const { Assertions } = WebConsole;
    expect(Assertions).toHaveLength(2);
    expect(JSON.stringify(Assertions)).toContain('cn-north-1');
  });

  it('has a template for China that names no user pool', () => {
    expect(china.fileName).toBe('automated-security-response-admin-cn.template');
    expect(own(china)).toEqual([]);
    expect(china.text).not.toMatch(/Cognito::|ApiGatewayV2|DeployConsole|ConsoleUrl/u);
    expect(JSON.stringify(china.json.Rules?.['WebConsole'])).toContain('has no web console');
  });

  it('tells ingest whom to believe', () => {
    const { CONSOLE_ROLE_ID } = propertyOf(file, 'IngestFunction', 'Environment', 'Variables') as {
      readonly CONSOLE_ROLE_ID: unknown;
    };
    expect(CONSOLE_ROLE_ID).toEqual({
      'Fn::If': ['DeployConsole', { 'Fn::GetAtt': ['ConsoleRole', 'RoleId'] }, ''],
    });
  });

  it('gives a token only to whoever signs in at managed login, with PKCE in mind: no secret', () => {
    expect(file.json.Resources['ConsoleClient']?.Properties).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      EnableTokenRevocation: true,
    });
    expect(propertyOf(file, 'ConsoleUserPool', 'AdminCreateUserConfig')).toEqual({
      AllowAdminCreateUserOnly: true,
    });
  });

  it('lets nobody reach the API without a token', () => {
    const routes = Object.values(file.json.Resources)
      .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
      .map(({ Properties = {} }) => [Properties['RouteKey'], Properties['AuthorizationType']]);
    expect(Object.fromEntries(routes)).toEqual({
      $default: 'NONE',
      'ANY /api/{proxy+}': 'JWT',
    });
  });
});

describe("the function's role", () => {
  /** IAM actions whose names aren't the operation's (Service Authorization Reference). */
  const ACTIONS: Readonly<Record<string, string>> = {
    GetFindingsV2: 'GetFindings',
    SendMessageBatch: 'SendMessage',
  };
  const FILES = [
    ['templates/admin/console/api/aws', /\.ts$/u],
    ['templates/admin/functions/ingest', /^(?:facts|find-finding)\.ts$/u],
    ['templates/admin/functions/store', /^(?:read)\.ts$/u],
    ['templates/admin/functions/run', /^read-settings\.ts$/u],
  ] as const;

  it('may do exactly what the code asks for', () => {
    const operations = FILES.flatMap(([folder, names]) => {
      const path = fileURLToPath(new URL(`../../../${folder}/`, import.meta.url));
      return readdirSync(path)
        .filter((name) => names.test(name))
        .flatMap((name) => [
          ...readFileSync(`${path}${name}`, 'utf8').matchAll(/new (?<operation>\w+)Command\(/gu),
        ])
        .map(({ groups }) => groups?.['operation'] ?? '');
    });
    const [policy] = propertyOf(file, 'ConsoleRole', 'Policies') as readonly {
      readonly PolicyDocument: {
        readonly Statement: readonly {
          readonly Action: string | readonly string[];
          readonly Resource: unknown;
        }[];
      };
    }[];
    const statements = policy?.PolicyDocument.Statement ?? [];
    const given = statements
      .flatMap(({ Action }) => Action)
      .filter((one) => !one.startsWith('logs:'));
    expect([...new Set(given.map((one) => one.split(':')[1] ?? ''))].toSorted()).toEqual(
      [...new Set(operations.map((one) => ACTIONS[one] ?? one))].toSorted(),
    );
    for (const { Resource } of statements) expect(Resource).not.toBe('*');
  });

  it('can write nothing but exceptions and operators, and only the switches of a row', () => {
    const text = JSON.stringify(propertyOf(file, 'ConsoleRole', 'Policies'));
    expect(text).toContain('"dynamodb:LeadingKeys":["exceptions","users"]');
    expect(text).toContain(
      '"dynamodb:Attributes":["controlId","automatedRemediationEnabled","paused","lastChangedBy"]',
    );
    expect(text).not.toMatch(/states:|ssm:Start|sts:/u);
  });
});

describe('the function as it is deployed', () => {
  const call = async (path: string, headers = {}, query = {}): Promise<HttpAnswer> => {
    const handler = loadBundle(file, 'ConsoleFunction', ENVIRONMENT);
    return (await handler(eventOf({ path, headers, query }, null))) as HttpAnswer;
  };
  const textOf = ({ body }: HttpAnswer): string => Buffer.from(body, 'base64').toString('utf8');

  it('serves the pages as they were written, compressed where the browser can', async () => {
    for (const [path, text] of [
      ['/', PAGES.indexHtml],
      ['/app.js', PAGES.appJs],
      ['/app.css', PAGES.appCss],
    ] as const) {
      const plain = await call(path);
      expect([plain.statusCode, textOf(plain)]).toEqual([200, text]);
      const small = await call(path, { 'accept-encoding': 'gzip, deflate, br' });
      expect(small.headers['content-encoding']).toBe('gzip');
    }
  });

  it('lets browsers keep a file by its version, and asks for the page every time', async () => {
    const { headers } = await call('/app.js');
    const tag = String(headers['etag']);
    expect(headers['cache-control']).toBe('no-cache');
    expect((await call('/app.js', { 'if-none-match': tag })).statusCode).toBe(304);
    const versioned = await call('/app.js', {}, { v: tag.slice(1, -1) });
    expect(versioned.headers['cache-control']).toContain('immutable');
    expect((await call('/', {}, { code: 'x', state: 'y' })).statusCode).toBe(200);
  });

  it('refuses the API without a token, and with one of another user pool', async () => {
    expect((await call('/api/me')).statusCode).toBe(401);
    const handler = loadBundle(file, 'ConsoleFunction', ENVIRONMENT);
    const foreign = eventOf({ path: '/api/me' }, claims('administrator'));
    expect(((await handler(foreign)) as HttpAnswer).statusCode).toBe(401);
  });

  it('tells the pages where to sign in', async () => {
    expect(JSON.parse((await call('/config.json')).body)).toEqual({
      local: false,
      domain: ENVIRONMENT.LOGIN_DOMAIN,
      clientId: 'client',
    });
  });
});
