import { few, ok, unread, warn } from '../../members/judgement.ts';
import type { Judgement } from '../../members/judgement.ts';
import type { Check } from '../check.ts';
import type { ServiceList } from '../facts.ts';
import type { BuiltControl } from '../installed-build.ts';

/**
 * Names that AWS's list has for the services of IAM actions, where they differ; undefined where the list has none of its
 * own (Systems Manager User Guide, "Calling public parameters for AWS services, Regions, endpoints, ...").
 */
const NAMES: Readonly<Record<string, string | undefined>> = {
  elasticloadbalancing: 'elb',
  macie2: 'macie',
  ec2messages: 'ssm',
  ssmmessages: 'ssm',
};

export const regionalServices: Check = {
  id: 'regional-services',
  title: 'The services that remediations call exist in every Region.',
  reads: ['ssm:GetParametersByPath'],
  facts: ['services'],
  judge: ({ build, regions, services }) => {
    if (!services.known) return [unread('Which services there are in which Region', services)];
    const found = regions.flatMap((region) => judgeRegion(region, build.controls, services.value));
    return found.length > 0
      ? found
      : [ok(`AWS lists every service that remediations call in ${few(regions)}.`)];
  },
};

function judgeRegion(
  region: string,
  controls: readonly BuiltControl[],
  { all, byRegion }: ServiceList,
): readonly Judgement[] {
  const here = byRegion.get(region) ?? new Set<string>();
  if (here.size === 0)
    return [
      unread(`Which services there are in ${region}`, {
        known: false,
        why: "AWS's list does not have the Region.",
      }),
    ];
  const without = new Map<string, BuiltControl[]>();
  for (const control of controls)
    for (const service of servicesOf(control))
      if (all.has(service) && !here.has(service))
        without.set(service, [...(without.get(service) ?? []), control]);
  return [...without].flatMap(([service, affected]): readonly Judgement[] => {
    // Where its own service is missing, a control has no resources, so there is nothing to remediate.
    const failing = affected.filter((control) => !isAbout(control, service));
    if (failing.length === 0)
      return [
        ok(`${region} has no ${service}, so it has no findings of ${few(namesOf(affected))}.`),
      ];
    return [
      warn({
        what: `AWS's list names no ${service} in ${region}; remediations of ${few(namesOf(failing))} call it.`,
        why: 'They would end with an error there.',
        do: 'Try one with a preview. If the service is missing, leave these controls manual, or turn them off in that Region.',
        where: [region],
      }),
    ];
  });
}

function servicesOf({ permissions }: BuiltControl): readonly string[] {
  const prefixes = permissions.map((action) => action.split(':')[0] ?? '');
  return [...new Set(prefixes.map((prefix) => NAMES[prefix] ?? prefix))];
}

/** `CodeBuild.1` is about codebuild, `ELB.1` about elb. */
function isAbout({ id }: BuiltControl, service: string): boolean {
  const [subject = ''] = id.toLowerCase().split('.');
  return subject === service || NAMES[subject] === service;
}

function namesOf(controls: readonly BuiltControl[]): readonly string[] {
  return controls.map(({ id }) => id);
}
