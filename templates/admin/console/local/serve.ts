import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { compileAll } from '../../../../generator/compile/compile.ts';
import { adminCatalog } from '../../../../generator/emit/admin-catalog.ts';
import { staticFiles } from '../../../../generator/emit/console-code.ts';
import { bundleConsole } from '../../../../generator/emit/console-web.ts';
import { shownControls } from '../../../../generator/emit/console.ts';
import { readSources } from '../../../../generator/read/read-sources.ts';
import { ROLES } from '../contract.ts';
import { startLocal } from './local.ts';

const USAGE = `npm run console -- [--role ${ROLES.join('|')}] [--port 8080]
Starts the web console on this machine with sample findings. Nothing is asked of AWS.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      role: { type: 'string', default: 'administrator' },
      port: { type: 'string', default: '8080' },
      help: { type: 'boolean', default: false },
    },
  });
  const role = ROLES.find((one) => one === values.role);
  const port = Number(values.port);
  if (values.help || role === undefined || !Number.isInteger(port) || port < 0 || port > 65_535) {
    process.stdout.write(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  process.stdout.write('Reading standards and runbooks ...\n');
  const names = { solutionId: 'SO0111', version: 'local' };
  const sources = readSources(fileURLToPath(new URL('../../../..', import.meta.url)));
  const [{ compiled }, pages] = await Promise.all([
    compileAll(sources, names.solutionId),
    bundleConsole(),
  ]);
  const input = { compiled, standards: sources.standards, names };
  const { url } = await startLocal(
    {
      catalog: adminCatalog(input),
      controls: shownControls(input),
      files: staticFiles(pages),
      version: names.version,
      role,
    },
    port,
  );
  process.stdout.write(
    [
      `The console runs at ${url}/ with sample findings. You are ${role}; to be somebody else, open`,
      ...ROLES.map((one) => `  ${url}/local/role/${one}`),
      'Press Ctrl-C to stop.\n',
    ].join('\n'),
  );
}

await main();
