#!/usr/bin/env node
// The sources are TypeScript: tsx lets Node run them as they are.
import { register } from 'tsx/esm/api';

// The AWS SDK would tell at every start that it will drop this Node version one day.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
register();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
