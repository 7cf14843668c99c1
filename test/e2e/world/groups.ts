import type { Bridge } from '../../../generator/simulate/bridge.ts';
import { textOfJson } from '../../../generator/simulate/json.ts';
import type { Members, Place } from './places.ts';

/** A default security group of a VPC in a member account, and what it lets through. */
export interface Group {
  /** ARN. */
  readonly arn: string;
  readonly id: string;
  readonly place: Place;
  /** Inbound and outbound permissions as they are now. */
  readonly rules: () => Promise<{
    readonly inbound: readonly Members[];
    readonly outbound: readonly Members[];
  }>;
  /** Somebody opens it to the whole world: all ports, all protocols. */
  readonly open: () => Promise<void>;
}

const WORLD = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];

/** Makes a VPC; the default group that comes with it is opened to the whole world. */
export async function openGroup(bridge: Bridge, place: Place): Promise<Group> {
  const call = async (operation: string, parameters: object): Promise<Members> =>
    bridge.call('ec2', operation, JSON.parse(JSON.stringify(parameters)), place);
  const { Vpc: vpc } = await call('CreateVpc', { CidrBlock: '10.0.0.0/16' });
  const filters = [{ Name: 'vpc-id', Values: [(vpc as Members)['VpcId']] }];
  const { SecurityGroups: groups } = await call('DescribeSecurityGroups', { Filters: filters });
  const id = String((groups as readonly Members[])[0]?.['GroupId']);
  const group: Group = {
    arn: `arn:aws:ec2:${place.region}:${place.account}:security-group/${id}`,
    id,
    place,
    rules: async () => {
      const { SecurityGroups: found } = await call('DescribeSecurityGroups', { GroupIds: [id] });
      const [one = {}] = found as readonly Members[];
      return {
        inbound: one['IpPermissions'] as readonly Members[],
        outbound: one['IpPermissionsEgress'] as readonly Members[],
      };
    },
    open: async () => {
      await call('AuthorizeSecurityGroupIngress', { GroupId: id, IpPermissions: WORLD });
    },
  };
  await group.open();
  return group;
}

/** A group of the owner's own. */
export interface WebGroup {
  /** ARN. */
  readonly arn: string;
  /** Ports that are open to the whole world. */
  readonly ports: () => Promise<readonly number[]>;
}

/** Makes a group that is open to the whole world on some TCP ports. */
export async function makeWebGroup(
  bridge: Bridge,
  place: Place,
  ports: readonly number[],
): Promise<WebGroup> {
  const { Vpc: vpc } = await bridge.call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' }, place);
  const { GroupId: given } = await bridge.call(
    'ec2',
    'CreateSecurityGroup',
    { GroupName: 'web', Description: 'web servers', VpcId: String((vpc as Members)['VpcId']) },
    place,
  );
  const id = textOfJson(given ?? '');
  const IpPermissions = ports.map((port) => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  }));
  await bridge.call('ec2', 'AuthorizeSecurityGroupIngress', { GroupId: id, IpPermissions }, place);
  return {
    arn: `arn:aws:ec2:${place.region}:${place.account}:security-group/${id}`,
    ports: async () => {
      const { SecurityGroups: groups } = (await bridge.call(
        'ec2',
        'DescribeSecurityGroups',
        { GroupIds: [id] },
        place,
      )) as { readonly SecurityGroups: readonly { readonly IpPermissions: readonly Members[] }[] };
      return (groups[0]?.IpPermissions ?? []).map(({ FromPort }) => Number(FromPort));
    },
  };
}
