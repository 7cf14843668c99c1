import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { compileAll } from '../../../../generator/compile/compile.ts';
import { adminCatalog } from '../../../../generator/emit/admin-catalog.ts';
import { staticFiles } from '../../../../generator/emit/console-code.ts';
import { bundleConsole } from '../../../../generator/emit/console-web.ts';
import { shownControls } from '../../../../generator/emit/console.ts';
import { readSources } from '../../../../generator/read/read-sources.ts';
import { probe, startEmulator } from '../../../../generator/simulate/emulator.ts';
import { ROLES } from '../contract.ts';
import { startLocal } from './local.ts';

const USAGE = `npm run console -- [--memory | --emulator] [--role ${ROLES.join('|')}] [--port 8080]
Starts the web console on this machine with sample findings. Nothing is asked of AWS.
  --emulator  on an emulator of AWS: the one that AWS_ENDPOINT_URL names, else moto, which is started
  --memory    on nothing but memory
  Without either: on an emulator when AWS_ENDPOINT_URL is set or moto is installed, else on memory.
`;

interface Where {
  /** Undefined: memory. */
  readonly endpoint?: string;
  readonly said: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      role: { type: 'string', default: 'administrator' },
      port: { type: 'string', default: '8080' },
      emulator: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const role = ROLES.find((one) => one === values.role);
  const port = Number(values.port);
  const isWrong = role === undefined || !Number.isInteger(port) || port < 0 || port > 65_535;
  if (values.help || isWrong || (values.emulator && values.memory)) {
    process.stdout.write(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  process.stdout.write('Reading standards and runbooks ...\n');
  const names = { solutionId: 'SO0111', version: 'local' };
  const sources = readSources(fileURLToPath(new URL('../../../..', import.meta.url)));
  const [{ compiled }, pages, { endpoint, said }] = await Promise.all([
    compileAll(sources, names.solutionId),
    bundleConsole(),
    whereFrom(values),
  ]);
  const input = { compiled, standards: sources.standards, names };
  const { url, differences } = await startLocal(
    {
      catalog: adminCatalog(input),
      controls: shownControls(input),
      files: staticFiles(pages),
      version: names.version,
      role,
      ...(endpoint === undefined ? {} : { endpoint }),
    },
    port,
  );
  const lines = [
    `The console runs at ${url}/ with sample findings ${said}.`,
    ...differences.map((one) => `  ${one}`),
    `You are ${role}. To be somebody else, sign out, or open ${url}/local/`,
    'Press Ctrl-C to stop.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function whereFrom({
  emulator,
  memory,
}: {
  readonly emulator: boolean;
  readonly memory: boolean;
}): Promise<Where> {
  const given = process.env['AWS_ENDPOINT_URL'] ?? '';
  if (memory) return { said: 'in memory' };
  if (given !== '') return { endpoint: given, said: `on the emulator at ${given}` };
  const { emulator: missing } = probe();
  if (missing === undefined) {
    const { endpoint } = await startEmulator();
    return { endpoint, said: `on moto, an emulator of AWS, at ${endpoint}` };
  }
  if (emulator) throw new Error(`There is no emulator: ${missing}`);
  return { said: `in memory; for an emulator of AWS, ${missing}` };
}

// Which Node the AWS SDK wants in future is nothing for whoever tries the console.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
