import { spawnSync } from 'node:child_process';

import { pythonCommand, pythonFile, startPython } from './python-process.ts';

/** A running emulator of AWS (moto) on this machine. */
export interface Emulator {
  /** For example http://localhost:41233. */
  readonly endpoint: string;
  /** Forgets all resources of all accounts. Credentials of assumed roles are forgotten too. */
  readonly reset: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What a machine lacks for running scripts, or for running them against the emulator; undefined when nothing. */
export interface Probe {
  readonly scripts: string | undefined;
  readonly emulator: string | undefined;
}

let probed: Probe | undefined;

/** Says why scripts or the emulator can't be run here, in words fit for a skipped test. Looks once. */
export function probe(): Probe {
  probed ??= look();
  return probed;
}

function look(): Probe {
  const command = pythonCommand();
  const run = spawnSync(command, ['-B', pythonFile('probe.py')], { encoding: 'utf8' });
  if (run.status !== 0) {
    const reason = `${command} can't be run: ${run.error?.message ?? run.stderr.trim()}`;
    return { scripts: reason, emulator: reason };
  }
  const versions = JSON.parse(run.stdout) as Readonly<Record<string, string | null>>;
  const lacks = (packages: readonly string[]): string | undefined => {
    const missing = packages.filter((name) => (versions[name] ?? null) === null);
    if (missing.length === 0) return undefined;
    return `${command} ${versions['python'] ?? ''} lacks ${missing.join(' and ')}: pip install boto3 'moto[server]'`;
  };
  return { scripts: lacks(['boto3']), emulator: lacks(['boto3', 'moto', 'flask']) };
}

/**
 * Starts the emulator on a free port and waits until it answers. It ends with this process, however that ends.
 * @throws Error when it can't be started
 */
export async function startEmulator(
  environment: Readonly<Record<string, string>> = {},
): Promise<Emulator> {
  // Without the default images, describing snapshots takes milliseconds instead of half a second.
  const process = startPython('serve_moto.py', {
    MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
    ...environment,
  });
  const line = await process.receive();
  if (line === undefined) throw new Error(`the emulator did not start: ${process.complaints()}`);
  const { port } = JSON.parse(line) as { readonly port: number };
  const post = async (path: string): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST' });
    if (!response.ok) throw new Error(`the emulator answered ${response.status} to ${path}`);
  };
  return {
    // The name, not the address: boto3 then keeps bucket names out of the host.
    endpoint: `http://localhost:${port}`,
    reset: () => post('/moto-api/reset'),
    stop: () => process.end(),
  };
}
