import { addDeploy } from './deploy.ts';
import { addDestroy } from './destroy.ts';
import { addDiff } from './diff.ts';
import { addPublish } from './publish.ts';

/** Commands that talk to AWS, apart from the compiler's because they load the AWS SDK. */
export const CLOUD_COMMANDS = [addPublish, addDeploy, addDiff, addDestroy] as const;
