import { paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { pool } from '../../members/pool.ts';
import type { ServiceList } from '../facts.ts';

const ROOT = '/aws/service/global-infrastructure';

/**
 * Regions that answer for all Regions of their partition (Systems Manager User Guide, "Calling public parameters for AWS
 * services, Regions, endpoints, Availability Zones, local zones, and Wavelength Zones in Parameter Store").
 */
const ASKED = 'us-east-1';

/** The list has hundreds of names for each Region, ten in a page. */
const AT_ONCE = 3;

/** Which services AWS offers in which of these Regions. Throws the SDK's error. */
export async function readServices(
  clientIn: (region: string) => SSMClient,
  regions: readonly string[],
  partition: string,
): Promise<ServiceList> {
  const [first = ASKED] = regions;
  const client = clientIn(partition === 'aws' ? ASKED : first);
  const names = async (path: string): Promise<ReadonlySet<string>> => {
    const found = new Set<string>();
    for await (const page of paginateGetParametersByPath(
      { client },
      { Path: path, MaxResults: 10 },
    ))
      for (const { Value: value } of page.Parameters ?? [])
        if (value !== undefined) found.add(value);
    return found;
  };
  const [all = new Set<string>(), ...each] = await pool(
    [`${ROOT}/services`, ...regions.map((region) => `${ROOT}/regions/${region}/services`)],
    AT_ONCE,
    names,
  );
  return {
    all,
    byRegion: new Map(regions.map((region, index) => [region, each[index] ?? new Set()])),
  };
}
