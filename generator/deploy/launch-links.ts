import { consoleOrigin, defaultRegion, quickCreateUrl } from '../../templates/launch/links.ts';
import type { Partition } from '../../templates/launch/links.ts';
import { STACK_KINDS, defaultStackName, templateFileName } from './stack-kind.ts';
import type { StackKind } from './stack-kind.ts';

/** A link that opens the console with one of the stacks. */
export interface LaunchLink {
  readonly stack: StackKind;
  readonly templateUrl: string;
  readonly url: string;
}

/**
 * The launch links of the three stacks in their order, for the partition's default Region. Parameters are left to the
 * console and to the page. `folder` is the URL of the templates and ends with a slash.
 */
export function launchLinks(folder: string, partition: Partition): readonly LaunchLink[] {
  return STACK_KINDS.map((stack) => {
    const templateUrl = `${folder}${templateFileName(stack, partition)}`;
    const stackName = defaultStackName(stack);
    const region = defaultRegion(partition);
    return {
      stack,
      templateUrl,
      url: quickCreateUrl({ region, templateUrl, stackName, parameters: {} }),
    };
  });
}

/** The S3 console's page of an object, where its owner can open it. */
export function objectPage(bucket: string, key: string, region: string): string {
  return `${consoleOrigin(region)}/s3/object/${bucket}?region=${region}&prefix=${encodeURIComponent(key)}`;
}
