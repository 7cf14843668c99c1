import { DeployError, throwIfInterrupted } from './deploy-error.ts';
import type { Ports } from './ports.ts';
import type { BuiltTemplate } from './read-build.ts';
import { templateKey } from './template-store.ts';

/** CloudFormation takes at most so many bytes of template in a request (API CreateChangeSet, TemplateBody). */
const TEMPLATE_BODY_BYTES = 51_200;

/** How a template is given to CloudFormation. */
export type TemplateSource = { readonly TemplateBody: string } | { readonly TemplateURL: string };

/**
 * A small template goes with the request; a larger one through a bucket, which is asked for when none is named. Throws
 * `DeployError` when there is none.
 */
export async function templateSource(
  build: BuiltTemplate,
  { bucket, prefix }: { readonly bucket: string | undefined; readonly prefix: string },
  ports: Ports,
): Promise<TemplateSource> {
  if (build.bytes <= TEMPLATE_BODY_BYTES) return { TemplateBody: build.text };
  const chosen = bucket ?? (await askForBucket(build, ports));
  throwIfInterrupted(ports.signal);
  const key = templateKey(prefix, build.version, build.fileName);
  const { url, location, how } = await ports.templates.put(chosen, key, build.text);
  switch (how) {
    case 'found':
      ports.display.note(`The template is at ${location} already.`);
      break;
    case 'uploaded':
      ports.display.note(`The template was uploaded to ${location}.`);
      break;
    case 'replaced':
      ports.display.note(
        `The template was uploaded to ${location}, in place of another build of the same version.`,
      );
      break;
  }
  return { TemplateURL: url };
}

async function askForBucket(build: BuiltTemplate, { prompter, signal }: Ports): Promise<string> {
  const why = `${build.fileName} has ${build.bytes} bytes; CloudFormation takes ${TEMPLATE_BODY_BYTES} in a request and reads more from a bucket of yours.`;
  const bucket = prompter.isInteractive
    ? await prompter.ask(`${why}\nName of the bucket: `, signal)
    : '';
  if (bucket !== '') return bucket;
  throw new DeployError(`${why} Name it with --bucket; asr publish makes one.`, { isUsage: true });
}
