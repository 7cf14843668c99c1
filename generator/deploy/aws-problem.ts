import { DeployError } from './deploy-error.ts';

/** Why a call to AWS failed, as far as it decides what to do next. */
export type AwsProblemKind = 'credentials' | 'denied' | 'missing' | 'transient' | 'other';

/** A call to AWS that failed, said for people. */
export class AwsProblem extends DeployError {
  override readonly name = 'AwsProblem';
  readonly kind: AwsProblemKind;

  constructor(message: string, kind: AwsProblemKind, cause: unknown) {
    super(message);
    this.kind = kind;
    this.cause = cause;
  }
}

// Error codes as the services send them [API references, "Common errors"] and the names that the SDK's credential providers use.
const CREDENTIALS =
  /^(?:CredentialsProviderError|TokenProviderError|ProviderError|ExpiredToken(?:Exception)?|RequestExpired|InvalidClientTokenId|InvalidAccessKeyId|InvalidToken|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|MissingAuthenticationToken(?:Exception)?|AuthFailure|NotSignedUp|OptInRequired)$/u;
const DENIED = /^(?:AccessDenied(?:Exception)?|UnauthorizedOperation|Forbidden|403)$/u;
const MISSING = /^(?:NotFound|NoSuchBucket|NoSuchKey|404|ChangeSetNotFound(?:Exception)?)$/u;
const THROTTLED =
  /^(?:Throttl.*|RequestLimitExceeded|TooManyRequestsException|SlowDown|RequestThrottled.*|PriorRequestNotComplete)$/u;
const NETWORK =
  /^(?:ECONN.*|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|EPIPE|EHOSTUNREACH|ENETUNREACH|TimeoutError)$/u;

interface Facts {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly httpStatus: number;
}

/**
 * Turns an error of the SDK into a sentence and what to do about it.
 * @param doing what was tried, to stand at the front: `Creating the change set`
 */
export function awsProblem(error: unknown, doing: string): AwsProblem {
  const facts = factsOf(error);
  const kind = kindOf(facts);
  return new AwsProblem(
    `${doing} failed: ${sentence(facts.message)} ${advice(kind, facts)}`,
    kind,
    error,
  );
}

function factsOf(error: unknown): Facts {
  if (!(error instanceof Error))
    return { name: '', message: String(error), code: '', httpStatus: 0 };
  const { code, $metadata } = error as {
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return {
    name: error.name,
    // A refused connection to several addresses is an AggregateError without a text of its own.
    message: error.message !== '' ? error.message : typeof code === 'string' ? code : error.name,
    code: typeof code === 'string' ? code : '',
    httpStatus: $metadata?.httpStatusCode ?? 0,
  };
}

function kindOf({ name, code, httpStatus }: Facts): AwsProblemKind {
  if (CREDENTIALS.test(name)) return 'credentials';
  if (THROTTLED.test(name)) return 'transient';
  // A HEAD request has no body, so S3 tells its code by the HTTP status alone.
  if (DENIED.test(name) || httpStatus === 403) return 'denied';
  if (MISSING.test(name) || httpStatus === 404) return 'missing';
  return NETWORK.test(code) || NETWORK.test(name) || httpStatus >= 500 ? 'transient' : 'other';
}

function advice(kind: AwsProblemKind, { name, code }: Facts): string {
  switch (kind) {
    case 'credentials':
      return name === 'CredentialsProviderError' || name === 'ProviderError'
        ? 'Sign in (aws sso login, aws configure), or name another profile with --profile.'
        : 'The credentials are wrong or expired, or the Region is not enabled in this account. Sign in again, or choose another --profile or --region.';
    case 'denied':
      return 'Ask for this permission, or use another --profile.';
    case 'missing':
      return 'Check the name and the account.';
    case 'transient':
      return THROTTLED.test(name)
        ? 'AWS was asked too often and went on refusing. Try again in a minute.'
        : `AWS could not be reached (${code === '' ? name : code}). Check the network, --region and AWS_ENDPOINT_URL, then try again.`;
    case 'other':
      return name === '' || name === 'Error' ? '' : `(${name})`;
  }
}

function sentence(text: string): string {
  return text.trim().replace(/\.?$/u, '.');
}
