import { addApprove } from './approve.ts';
import { addControls } from './controls.ts';
import { addDeploy } from './deploy.ts';
import { addDestroy } from './destroy.ts';
import { addDiff } from './diff.ts';
import { addDoctor } from './doctor.ts';
import { addExceptions } from './exceptions.ts';
import { addHistory } from './history.ts';
import { addMembers } from './members.ts';
import { addPublish } from './publish.ts';
import { addRemediate } from './remediate.ts';
import { addRollout } from './rollout.ts';

/** Commands that talk to AWS, apart from the compiler's because they load the AWS SDK. */
export const CLOUD_COMMANDS = [
  addPublish,
  addDeploy,
  addDiff,
  addDestroy,
  addRollout,
  addMembers,
  addDoctor,
  addControls,
  addRemediate,
  addApprove,
  addHistory,
  addExceptions,
] as const;
