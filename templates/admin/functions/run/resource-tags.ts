import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { Facts } from '../decide/types.ts';
import { isBusy, rethrow } from './aws-errors.ts';

type Tags = Facts['tags'];

const UNREADABLE: Tags = { known: false, why: 'unreadable' };

/** CloudFormation writes this tag on the resources of a stack (CloudFormation User Guide, "Resource tag"). */
const STACK_TAG = 'aws:cloudformation:stack-name';

/**
 * Tags of a resource in the client's account and Region (Resource Groups Tagging API, GetResources). What can't be read
 * is a fact, no error; throws `Busy` only.
 */
export async function readTags(
  tagging: ResourceGroupsTaggingAPIClient,
  resource: string,
): Promise<Tags> {
  try {
    const answer = await tagging.send(new GetResourcesCommand({ ResourceARNList: [resource] }));
    const found = (answer.ResourceTagMappingList ?? []).find((one) => one.ResourceARN === resource);
    if (found === undefined)
      return isAbsenceTelling(resource) ? { known: true, value: {} } : UNREADABLE;
    const tags = (found.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const);
    return { known: true, value: Object.fromEntries(tags) };
  } catch (error) {
    return isBusy(error) ? rethrow(error) : UNREADABLE;
  }
}

/**
 * GetResources leaves out what has no tags, but also IAM users and roles, and Auto Scaling groups ("Services that support
 * the Resource Groups Tagging API"); it lists global resources in one Region only.
 */
function isAbsenceTelling(resource: string): boolean {
  const [, , service, region] = resource.split(':');
  if (service === 's3') return true;
  return region !== '' && region !== undefined && service !== 'iam' && service !== 'autoscaling';
}

/** Name of the stack that owns the resource, by its tags. */
export function stackOf(tags: Tags): Facts['stack'] {
  return tags.known ? { known: true, value: tags.value[STACK_TAG] ?? '' } : tags;
}

/** Whether the tags name a stack; that they don't proves nothing when a finding carries them. */
export function isStackNamed(tags: Readonly<Record<string, string>>): boolean {
  return Object.hasOwn(tags, STACK_TAG);
}
