import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { devNull } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A Python child process that talks in lines. It ends when its input does, so it never outlives this process. */
export interface PythonProcess {
  readonly send: (message: object) => void;
  /** Next line of output; undefined when the process has ended. */
  readonly receive: () => Promise<string | undefined>;
  /** The end of what the process wrote to its standard error. */
  readonly complaints: () => string;
  readonly kill: () => void;
  /** Closes the input and waits for the end of the process. */
  readonly end: () => Promise<void>;
}

const complaintLength = 2000;

/** The Python interpreter: `ASR_PYTHON`, or `python3` from the path. */
export function pythonCommand(): string {
  return process.env['ASR_PYTHON'] ?? 'python3';
}

/** Path of a file of the Python side. */
export function pythonFile(name: string): string {
  return fileURLToPath(new URL(`./python/${name}`, import.meta.url));
}

/**
 * Starts one of the Python files beside this module.
 * The caller's AWS settings and proxies stay outside: a simulation must not reach a real account by accident.
 */
export function startPython(
  file: string,
  environment: Readonly<Record<string, string>>,
): PythonProcess {
  const child = spawn(pythonCommand(), ['-B', pythonFile(file)], {
    env: { ...cleanEnvironment(), ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return wrap(child);
}

function wrap(child: ChildProcessByStdio<Writable, Readable, Readable>): PythonProcess {
  let complaints = '';
  const note = (text: string): void => {
    complaints = (complaints + text).slice(-complaintLength);
  };
  const ended = new Promise<void>((done) => {
    child.once('close', () => done());
    child.once('error', (error) => {
      note(error.message);
      done();
    });
  });
  child.stderr.setEncoding('utf8').on('data', note);
  // Writing to a process that has just ended is no news: receive() tells.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    send: (message) => void child.stdin.write(`${JSON.stringify(message)}\n`),
    receive: async () => {
      const next = await lines.next();
      return next.done === true ? undefined : next.value;
    },
    complaints: () => complaints.trim(),
    kill: () => void child.kill('SIGKILL'),
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^AWS_|_proxy$/i.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
