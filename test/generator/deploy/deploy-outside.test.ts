import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAws } from '../../../generator/deploy/aws.ts';
import { awsProblem } from '../../../generator/deploy/aws-problem.ts';
import { Interrupted } from '../../../generator/deploy/deploy-error.ts';
import { createTemplateStore, templateUrl } from '../../../generator/deploy/template-store.ts';
import { confirm, createDisplay, safe, sleep } from '../../../generator/deploy/terminal.ts';
import { awsError } from './staged-stack.ts';

describe('the Region', () => {
  beforeEach(() => {
    // No configuration of whoever runs the tests.
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials');
    vi.stubEnv('AWS_PROFILE', undefined);
    vi.stubEnv('AWS_REGION', undefined);
  });
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    [{ region: 'eu-west-1' }, { AWS_REGION: 'us-east-1' }, 'eu-west-1'],
    [{}, { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-2' }, 'us-east-1'],
    [{}, { AWS_DEFAULT_REGION: 'us-gov-west-1' }, 'us-gov-west-1'],
  ])('of %j and %j is %s%s', async (options, environment, region) => {
    expect((await createAws(options, environment)).region).toBe(region);
  });

  it('must be known', async () => {
    await expect(createAws({}, {})).rejects.toThrow('Choose one with --region, or set AWS_REGION.');
  });

  it('must look like one', async () => {
    await expect(createAws({ region: 'Ireland' }, {})).rejects.toThrow(
      'Ireland is no Region. One looks like us-east-1.',
    );
  });
});

describe('calls to AWS', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
    vi.unstubAllEnvs();
  });
  const serve = async (answer: RequestListener): Promise<void> => {
    server = createServer(answer);
    await new Promise<void>((resolve) => {
      server?.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  };
  const error = (code: string, message: string): string =>
    `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

  it('that are throttled are tried again', async () => {
    let calls = 0;
    await serve((_request, response) => {
      calls += 1;
      if (calls <= 2) response.writeHead(400).end(error('Throttling', 'Rate exceeded'));
      else
        response.end(
          '<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>x</StackName><StackId>arn:aws:cloudformation:eu-west-1:111122223333:stack/x/1</StackId><StackStatus>CREATE_COMPLETE</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>',
        );
    });
    const { stacks } = await createAws({ region: 'eu-west-1' });
    expect(await stacks.describe('x')).toMatchObject({
      account: '111122223333',
      region: 'eu-west-1',
      status: 'CREATE_COMPLETE',
    });
    expect(calls).toBe(3);
  });

  it('that are refused are not', async () => {
    let calls = 0;
    await serve((_request, response) => {
      calls += 1;
      response.writeHead(403).end(error('InvalidClientTokenId', 'The security token is invalid.'));
    });
    const { stacks } = await createAws({ region: 'eu-west-1' });
    await expect(stacks.describe('x')).rejects.toThrow(
      'Looking for the stack failed: The security token is invalid. The credentials are wrong or expired, or the Region is not enabled in this account. Sign in again, or choose another --profile or --region.',
    );
    expect(calls).toBe(1);
  });

  it('know a missing stack from other errors of the same code', async () => {
    let message = 'Stack with id x does not exist';
    await serve((_request, response) => {
      response.writeHead(400).end(error('ValidationError', message));
    });
    const { stacks } = await createAws({ region: 'eu-west-1' });
    expect(await stacks.describe('x')).toBeUndefined();
    message = '1 validation error detected';
    await expect(stacks.describe('x')).rejects.toThrow('1 validation error detected');
  });
});

describe('errors of the SDK', () => {
  it.each([
    [awsError('TokenProviderError', 'SSO token expired'), 'credentials'],
    [awsError('UnauthorizedOperation', 'no'), 'denied'],
    [Object.assign(awsError('Unknown', 'x'), { $metadata: { httpStatusCode: 403 } }), 'denied'],
    [Object.assign(awsError('Unknown', 'x'), { $metadata: { httpStatusCode: 503 } }), 'transient'],
    [Object.assign(new Error(''), { code: 'ECONNREFUSED' }), 'transient'],
    [awsError('RequestLimitExceeded', 'x'), 'transient'],
    [awsError('ValidationError', 'x'), 'other'],
    ['text', 'other'],
  ])('%s is of kind %s', (error, kind) => {
    expect(awsProblem(error, 'Doing').kind).toBe(kind);
  });
});

describe('the bucket', () => {
  const s3 = mockClient(S3Client);
  afterEach(() => s3.reset());
  const put = (bucket = 'templates') =>
    createTemplateStore(new S3Client({ region: 'eu-west-1' }), 'eu-west-1', () =>
      Promise.resolve('111122223333'),
    ).put(bucket, 'asr/1/t', 'text');
  const body = (text: string) => ({
    Body: { transformToString: () => Promise.resolve(text) } as never,
  });

  it('gets the template with a checksum, at the URL of its own Region', async () => {
    s3.on(HeadBucketCommand).resolves({ BucketRegion: 'us-east-2' });
    s3.on(GetObjectCommand).rejects(awsError('NoSuchKey', 'The key does not exist.'));
    s3.on(PutObjectCommand).resolves({});
    expect(await put()).toEqual({
      url: 'https://templates.s3.us-east-2.amazonaws.com/asr/1/t',
      location: 's3://templates/asr/1/t',
      how: 'uploaded',
    });
    expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: 'templates',
      Key: 'asr/1/t',
      // S3 refuses it when the bucket is somebody else's.
      ExpectedBucketOwner: '111122223333',
      Body: 'text',
      ContentType: 'application/json',
      ChecksumSHA256: 'mC2ePrmW9VnmM/TRlN7zdh2Qn1o7ZH0ahR/q1nwyydE=',
    });
  });

  it('is not written to when the template is there already', async () => {
    s3.on(HeadBucketCommand).rejects(awsError('403', 'Forbidden'));
    s3.on(GetObjectCommand).resolves(body('text'));
    expect(await put()).toMatchObject({
      url: 'https://templates.s3.eu-west-1.amazonaws.com/asr/1/t',
      how: 'found',
    });
    expect(s3.commandCalls(PutObjectCommand)).toEqual([]);
  });

  it('gets it in place of another build of the same version', async () => {
    s3.on(HeadBucketCommand).resolves({});
    s3.on(GetObjectCommand).resolves(body('other'));
    s3.on(PutObjectCommand).resolves({});
    expect(await put()).toMatchObject({ how: 'replaced' });
  });

  it('that does not exist can be made', async () => {
    s3.on(HeadBucketCommand).rejects(awsError('NotFound', 'x'));
    await expect(put()).rejects.toThrow(
      'There is no bucket templates. Make it and upload the templates with asr publish --bucket templates, or name another with --bucket.',
    );
  });

  it('that may not be written to can be filled by somebody else', async () => {
    s3.on(HeadBucketCommand).resolves({});
    s3.on(GetObjectCommand).rejects(awsError('AccessDenied', 'no'));
    s3.on(PutObjectCommand).rejects(awsError('AccessDenied', 'Access Denied'));
    await expect(put()).rejects.toThrow(
      'A bucket of another account than 111122223333 is not written to: have the template uploaded there by its owner, with asr publish --bucket templates; then only reading is needed.',
    );
  });

  it.each([
    ['templates', 'eu-west-1', 'https://templates.s3.eu-west-1.amazonaws.com/k'],
    ['with.dots', 'eu-west-1', 'https://s3.eu-west-1.amazonaws.com/with.dots/k'],
    ['templates', 'cn-north-1', 'https://templates.s3.cn-north-1.amazonaws.com.cn/k'],
    ['templates', 'us-gov-west-1', 'https://templates.s3.us-gov-west-1.amazonaws.com/k'],
  ])('%s in %s has the URL %s', (bucket, region, url) => {
    expect(templateUrl(bucket, 'k', region)).toBe(url);
  });
});

describe('the terminal', () => {
  const signal = new AbortController().signal;
  const written = (isTTY: boolean) => {
    const parts: string[] = [];
    const write = (text: string): void => void parts.push(text);
    const display = createDisplay(
      { note: (text) => write(`${text}\n`), result: write },
      { write, isTTY },
    );
    return { parts, display };
  };

  it('has one line that is replaced, and cleared before anything else', () => {
    const { parts, display } = written(true);
    display.live('one');
    display.live('two');
    display.note('done');
    expect(parts).toEqual(['one', '\u001B[2K\r', 'two', '\u001B[2K\r', 'done\n']);
  });

  it('has no such line when it is a file', () => {
    const { parts, display } = written(false);
    display.live('one');
    display.note('done');
    expect(parts).toEqual(['done\n']);
  });

  it('is never steered by what others wrote', () => {
    expect(safe('a\u001B[31m\nb\u0007')).toBe('a?[31m\nb?');
  });

  it.each([
    ['y', true],
    ['YES', true],
    ['n', false],
    ['', false],
    ['yeah', false],
  ])('takes %s for %s', async (answer, isAgreed) => {
    const prompter = { isInteractive: true, ask: () => Promise.resolve(answer) };
    expect(await confirm('Really?', { prompter, isYes: false, signal })).toBe(isAgreed);
  });

  it('stops waiting at Ctrl-C', async () => {
    const controller = new AbortController();
    const waiting = sleep(60_000, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toBeInstanceOf(Interrupted);
  });
});
