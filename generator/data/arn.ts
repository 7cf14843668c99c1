// One element of a glob: a character, `?`, or a run (`*`), which may have to stop at a slash.
type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'run'; readonly slash: boolean };

const ANY: Token = { kind: 'run', slash: true };

// A variable stands for one character or more, so it never matches an empty Region or account.
// Bucket names hold no slash; without that every object ARN would pass for a bucket.
function variable(name: string): readonly Token[] {
  return [{ kind: 'one' }, name === 'BucketName' ? { kind: 'run', slash: false } : ANY];
}

function tokens(glob: string): readonly Token[] {
  const found: Token[] = [];
  for (const part of glob.match(/\$\{[^}]*\}|[^]/g) ?? []) {
    if (part === '*') found.push(ANY);
    else if (part === '?') found.push({ kind: 'one' });
    else if (part.length > 1 && part.startsWith('${')) found.push(...variable(part.slice(2, -1)));
    else found.push({ kind: 'char', char: part });
  }
  return found;
}

function runTakes(run: { readonly slash: boolean }, token: Token): boolean {
  return token.kind !== 'char' || token.char !== '/' || run.slash;
}

function sameCharacter(a: Token, b: Token): boolean {
  return a.kind === 'char' && b.kind === 'char' ? a.char === b.char : true;
}

/** Whether some string matches both globs. */
function intersect(left: string, right: string): boolean {
  const a = tokens(left);
  const b = tokens(right);
  const seen = new Set<number>();
  const open: (readonly [number, number])[] = [[0, 0]];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const [i, j] = state;
    if (i === a.length && j === b.length) return true;
    const id = i * (b.length + 1) + j;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...next(a[i], b[j], i, j));
  }
  return false;
}

function next(
  x: Token | undefined,
  y: Token | undefined,
  i: number,
  j: number,
): [number, number][] {
  const states: [number, number][] = [];
  if (x?.kind === 'run') {
    states.push([i + 1, j]);
    if (y !== undefined && runTakes(x, y)) states.push([i, j + 1]);
  }
  if (y?.kind === 'run') {
    states.push([i, j + 1]);
    if (x !== undefined && runTakes(y, x)) states.push([i + 1, j]);
  }
  if (
    x !== undefined &&
    y !== undefined &&
    x.kind !== 'run' &&
    y.kind !== 'run' &&
    sameCharacter(x, y)
  ) {
    states.push([i + 1, j + 1]);
  }
  return states;
}

// The colons inside `${AWS::Partition}` separate nothing.
function segments(arn: string): readonly string[] {
  const parts = arn.split(/:(?![^${}]*\})/);
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/**
 * Whether an ARN pattern of a policy can name a resource of a type: the patterns must overlap segment by segment, so
 * that a `*` does not reach over a colon of the first five, and the resource part as a whole. The pattern may hold
 * `*`, `?` and `${...}`; the type's ARN is that of the service authorization reference, or several with commas between.
 * The pattern `*` names all.
 * @example arnMatchesType('arn:aws:cloudtrail:*:*:trial/*', 'arn:${Partition}:cloudtrail:${Region}:${Account}:trail/${TrailName}') // false
 */
export function arnMatchesType(pattern: string, typeArn: string): boolean {
  if (pattern === '*') return true;
  const ours = segments(pattern);
  return typeArn.split(/,\s*/).some((arn) => {
    const theirs = segments(arn);
    if (ours.length !== 6 || theirs.length !== 6) return false;
    return ours.every((segment, at) => intersect(segment, theirs[at] ?? ''));
  });
}
