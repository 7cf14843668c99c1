import { describe, expect, it } from 'vitest';
import { createMatcher, pack, unpack } from '../../../templates/launch/catalogue.ts';
import type { CatalogueFilter, ControlRow } from '../../../templates/launch/catalogue.ts';
import { parseTemplatesUrl, quickCreateUrl } from '../../../templates/launch/links.ts';
import { fieldProblem, stackLink } from '../../../templates/launch/settings.ts';
import type { LaunchStack, Settings } from '../../../templates/launch/settings.ts';
import { launchData } from '../../../generator/emit/launch/data.ts';
import { launchInput } from './launch-input.ts';

const BUCKET = 'https://my-bucket.s3.eu-central-1.amazonaws.com';

describe('the quick-create URL', () => {
  it.each([
    ['eu-central-1', 'https://eu-central-1.console.aws.amazon.com'],
    ['us-gov-east-1', 'https://us-gov-east-1.console.amazonaws-us-gov.com'],
    ['cn-northwest-1', 'https://cn-northwest-1.console.amazonaws.cn'],
  ])('opens the console of %s', (region, origin) => {
    const url = quickCreateUrl({
      region,
      templateUrl: `${BUCKET}/asr/1.2.3/x.template`,
      stackName: 'my-stack',
      parameters: { Namespace: 'a&b=c d', LoadSCMemberStack: 'yes' },
    });
    expect(url).toBe(
      `${origin}/cloudformation/home?region=${region}#/stacks/quickcreate?templateURL=https%3A%2F%2Fmy-bucket.s3.eu-central-1.amazonaws.com%2Fasr%2F1.2.3%2Fx.template&stackName=my-stack&param_Namespace=a%26b%3Dc%20d&param_LoadSCMemberStack=yes`,
    );
  });
});

describe('the URL of the templates that people paste', () => {
  it.each([
    [`${BUCKET}/asr/1.2.3/`, `${BUCKET}/asr/1.2.3/`, 'my-bucket', 'aws'],
    [`  ${BUCKET}/asr/1.2.3 `, `${BUCKET}/asr/1.2.3/`, 'my-bucket', 'aws'],
    [
      `${BUCKET}/asr/automated-security-response-member.template`,
      `${BUCKET}/asr/`,
      'my-bucket',
      'aws',
    ],
    [BUCKET, `${BUCKET}/`, 'my-bucket', 'aws'],
    ['https://b-1.s3.amazonaws.com/x/', 'https://b-1.s3.amazonaws.com/x/', 'b-1', 'aws'],
    [
      'https://b-1.s3-eu-west-1.amazonaws.com/x/',
      'https://b-1.s3-eu-west-1.amazonaws.com/x/',
      'b-1',
      'aws',
    ],
    [
      'https://s3.us-east-1.amazonaws.com/a.b.c/x',
      'https://s3.us-east-1.amazonaws.com/a.b.c/x/',
      'a.b.c',
      'aws',
    ],
    [
      'https://b-1.s3.us-gov-west-1.amazonaws.com/',
      'https://b-1.s3.us-gov-west-1.amazonaws.com/',
      'b-1',
      'aws-us-gov',
    ],
    [
      'https://b-1.s3.cn-north-1.amazonaws.com.cn/',
      'https://b-1.s3.cn-north-1.amazonaws.com.cn/',
      'b-1',
      'aws-cn',
    ],
  ])('%s is a folder', (text, url, bucket, partition) => {
    expect(parseTemplatesUrl(text)).toEqual({ type: 'folder', folder: { url, bucket, partition } });
  });

  it.each([
    ['', 'not a URL'],
    ['my-bucket', 'not a URL'],
    ['s3://my-bucket/asr/', 'does not say its Region'],
    ['http://my-bucket.s3.eu-central-1.amazonaws.com/', 'must begin with https'],
    [`${BUCKET}/x.template?X-Amz-Signature=1`, 'from the ? or # on'],
    [`${BUCKET}/x.template#y`, 'from the ? or # on'],
    ['https://me:secret@my-bucket.s3.eu-central-1.amazonaws.com/', 'user name'],
    ['https://my-bucket.s3.eu-central-1.amazonaws.com:8443/', 'port'],
    ['https://my-bucket.s3.eu-central-1.amazonaws.com.evil.example/asr/', 'not a URL of Amazon S3'],
    ['https://evil.example/my-bucket.s3.eu-central-1.amazonaws.com/', 'not a URL of Amazon S3'],
    ['https://my-bucket.s3.cn-north-1.amazonaws.com/', 'not a URL of Amazon S3'],
    ['https://my-bucket.s3.us-east-1.amazonaws.com.cn/', 'not a URL of Amazon S3'],
    ['https://s3.us-east-1.amazonaws.com/', 'not a URL of Amazon S3'],
  ])('%s is refused', (text, reason) => {
    expect(parseTemplatesUrl(text)).toEqual({
      type: 'refused',
      reason: expect.stringContaining(reason),
    });
  });
});

describe('the launch link of a stack', () => {
  const { stacks, ...data } = launchData(launchInput());
  const [admin, roles, member] = stacks as readonly [LaunchStack, LaunchStack, LaunchStack];
  const folder = { url: `${BUCKET}/asr/1.2.3/`, bucket: 'my-bucket', partition: 'aws' } as const;
  const settings: Settings = {
    folder,
    region: 'us-east-1',
    account: '111122223333',
    namespace: 'shtest',
    standards: new Set(['SC', 'AFSBP']),
    options: new Map(),
  };

  it('fills in the standards of the admin stack by the names of its parameters', () => {
    expect(stackLink(admin, settings, data)).toMatchObject({
      type: 'link',
      templateUrl: `${BUCKET}/asr/1.2.3/automated-security-response-admin.template`,
      parameters: {
        LoadSCAdminStack: 'yes',
        LoadAFSBPAdminStack: 'yes',
        LoadCIS120AdminStack: 'no',
        LoadCIS140AdminStack: 'no',
        LoadCIS300AdminStack: 'no',
        LoadNIST80053AdminStack: 'no',
        LoadPCI321AdminStack: 'no',
      },
      open: [],
    });
  });

  it('gives both member stacks the same account and Namespace', () => {
    const same = { SecHubAdminAccount: '111122223333', Namespace: 'shtest' };
    expect(stackLink(roles, settings, data)).toMatchObject({ parameters: same });
    expect(stackLink(member, settings, data)).toMatchObject({
      parameters: { ...same, LoadSCMemberStack: 'yes', LoadPCI321MemberStack: 'no' },
    });
    expect(stackLink(member, settings, data)).toMatchObject({
      url: expect.stringContaining(
        '&stackName=automated-security-response-member&param_SecHubAdminAccount=111122223333&param_Namespace=shtest&param_LoadSCMemberStack=yes&',
      ),
    });
  });

  it('leaves to the console what is not filled in', () => {
    expect(stackLink(roles, { ...settings, account: '', namespace: '' }, data)).toMatchObject({
      parameters: {},
      open: ['SecHubAdminAccount', 'Namespace'],
    });
  });

  it('fills in further parameters, each in its own stack only', () => {
    const options = new Map([
      ['ReuseOrchestratorLogGroup', 'yes'],
      ['RolePermissionsBoundary', 'arn:aws:iam::111122223333:policy/boundary'],
    ]);
    const more = (stack: LaunchStack): readonly string[] => {
      const link = stackLink(stack, { ...settings, options }, data);
      return link.type === 'link'
        ? Object.keys(link.parameters).filter((name) => options.has(name))
        : [];
    };
    expect([admin, roles, member].map(more)).toEqual([
      ['ReuseOrchestratorLogGroup'],
      ['RolePermissionsBoundary'],
      [],
    ]);
  });

  it.each([
    [
      'the web console without its first administrator',
      'us-east-1',
      { ShouldDeployWebUI: 'yes' },
      { what: 'email' },
    ],
    [
      'the web console where it can not be',
      'cn-north-1',
      { ShouldDeployWebUI: 'yes', AdminUserEmail: 'me@example.com' },
      { what: 'console' },
    ],
    [
      'an address that is none',
      'us-east-1',
      { AdminUserEmail: 'me' },
      { what: 'option', parameter: 'AdminUserEmail' },
    ],
  ] as const)('of the admin stack is not there for %s', (_what, region, options, missing) => {
    const partition = region === 'cn-north-1' ? 'aws-cn' : 'aws';
    const wanted = {
      ...settings,
      region,
      folder: { ...folder, partition },
      options: new Map(Object.entries(options)),
    } as const;
    expect(stackLink(admin, wanted, data)).toEqual({ type: 'missing', ...missing });
    // The other stacks have nothing to do with it.
    expect(stackLink(member, wanted, data)).toMatchObject({ type: 'link' });
  });

  it('takes the template without the web console in the China Regions, and only there', () => {
    const file = (region: string, partition: 'aws-cn' | 'aws-us-gov'): string => {
      const link = stackLink(
        admin,
        { ...settings, region, folder: { ...folder, partition } },
        data,
      );
      return link.type === 'link' ? link.templateUrl.slice(folder.url.length) : link.what;
    };
    expect(file('cn-northwest-1', 'aws-cn')).toBe('automated-security-response-admin-cn.template');
    expect(file('us-gov-west-1', 'aws-us-gov')).toBe('automated-security-response-admin.template');
  });

  it.each([
    ['templates', { folder: undefined }],
    ['partition', { region: 'cn-north-1' }],
    ['account', { account: '12345' }],
    ['namespace', { namespace: 'Upper' }],
    ['standards', { standards: new Set<string>() }],
  ])('is not there while something is wrong: %s', (what, change) => {
    expect(stackLink(member, { ...settings, ...change }, data)).toEqual({ type: 'missing', what });
  });

  it('says about a Namespace what the template says', () => {
    expect(fieldProblem(data.namespace, 'shtest')).toBe('');
    for (const bad of ['ab', 'Upper', '-ab', 'xn--a', 'ab--x-s3', 'longer-than-9'])
      expect(fieldProblem(data.namespace, bad), bad).toContain('3 to 9 lower-case letters');
  });
});

describe('the catalogue of the page', () => {
  const row = (id: string, more: Partial<ControlRow> = {}): ControlRow => ({
    id,
    title: '',
    severity: 'HIGH',
    retired: false,
    standards: { SC: [id] },
    remediation: undefined,
    ...more,
  });
  const fixed = row('RDS.1', {
    title: 'Database snapshots are shared with named accounts only',
    standards: { SC: ['RDS.1'], PCI321: ['PCI.RDS.1', 'PCI.RDS.9'] },
    remediation: {
      name: 'MakeRDSSnapshotPrivate',
      impact: ['X is true', 'access-loss', 'none'],
      noUndo: undefined,
      permissions: ['rds:DescribeDBSnapshots', 'rds:ModifyDBSnapshotAttribute'],
    },
  });
  const lost = row('EC2.4', {
    retired: true,
    remediation: { name: 'Terminate', impact: 'data-loss', noUndo: 'It is gone.', permissions: [] },
  });
  const rows = [fixed, lost, row('IAM.11', { title: 'Passwords are strong', severity: 'LOW' })];
  const all: CatalogueFilter = { words: '', standard: '', kind: '', impact: '', undo: '' };
  const found = (filter: Partial<CatalogueFilter>): readonly string[] => {
    const matches = createMatcher();
    return rows.filter((one) => matches(one, { ...all, ...filter })).map(({ id }) => id);
  };

  it('comes out as it went in', () => {
    expect(unpack(pack(rows, ['SC', 'AFSBP', 'PCI321']))).toEqual(rows);
  });

  it('has every control of the real standards, and names each permission once', () => {
    const { catalogue } = launchData(launchInput());
    const ids = launchInput().catalog.controls.map(({ securityControlId }) => securityControlId);
    expect(unpack(catalogue).map(({ id }) => id)).toEqual(ids);
    expect(ids.length).toBeGreaterThan(500);
    expect(new Set(catalogue.actions).size).toBe(catalogue.actions.length);
  });

  it.each([
    ['an id', { words: 'rds.1' }, ['RDS.1']],
    ['the beginning of a word, not its middle', { words: 'rds' }, ['RDS.1']],
    ['a word inside a name', { words: 'snapshot private' }, ['RDS.1']],
    ['a permission', { words: 'rds:Modify' }, ['RDS.1']],
    ["a standard's own id", { words: 'pci.rds.9' }, ['RDS.1']],
    ['words of which one is nowhere', { words: 'rds elephant' }, []],
    ['a standard', { standard: 'PCI321' }, ['RDS.1']],
    ['only detected', { kind: 'detect-only' }, ['IAM.11']],
    ['remediated', { kind: 'remediated' }, ['RDS.1', 'EC2.4']],
    ['an impact that depends', { impact: 'access-loss' }, ['RDS.1']],
    ['no undo', { undo: 'no' }, ['EC2.4']],
    ['undo', { undo: 'yes' }, ['RDS.1']],
    ['only detected with an impact', { kind: 'detect-only', impact: 'none' }, []],
    ['nothing', {}, ['RDS.1', 'EC2.4', 'IAM.11']],
  ] as const)('is searched by %s', (_what, filter, ids) => {
    expect(found(filter)).toEqual(ids);
  });
});
