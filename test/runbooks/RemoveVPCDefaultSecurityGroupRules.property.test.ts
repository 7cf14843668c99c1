import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

/** Starting Python takes long on a busy machine. */
const SECONDS = 60_000;
const FILE = 'runbooks/ec2/RemoveVPCDefaultSecurityGroupRules.py';
/** Each case of a batch is its own random case; a whole batch goes through one Python process. */
const BATCHES = { numRuns: 1, endOnFailure: true };

type Source = Readonly<Record<string, string>>;
type Permission = Readonly<Record<string, unknown>>;

const SOURCES = ['IpRanges', 'Ipv6Ranges', 'PrefixListIds', 'UserIdGroupPairs'] as const;
/** What DescribeSecurityGroups adds to a group in a peered VPC and Authorize does not need. */
const ONLY_DESCRIBED = ['VpcId', 'VpcPeeringConnectionId', 'PeeringStatus'];

const text = fc.record(
  { Description: fc.string({ minLength: 1, maxLength: 20 }) },
  { requiredKeys: [] },
);
function sources(name: string, ...values: readonly string[]): fc.Arbitrary<readonly Source[]> {
  const one = fc
    .tuple(fc.constantFrom(...values), text)
    .map(([value, more]): Source => ({ [name]: value, ...more }));
  return fc.array(one, { maxLength: 3 });
}
const pair = fc
  .tuple(
    fc.constantFrom('sg-0123456789abcdef0', 'sg-0fedcba9876543210'),
    text,
    fc.constantFrom<Source>(
      {},
      {
        VpcId: 'vpc-0123456789abcdef0',
        VpcPeeringConnectionId: 'pcx-0123456789abcdef0',
        PeeringStatus: 'active',
      },
    ),
  )
  .map(([GroupId, more, peering]): Source => ({
    GroupId,
    UserId: '111122223333',
    ...more,
    ...peering,
  }));
const permission: fc.Arbitrary<Permission> = fc
  .tuple(
    fc.constantFrom<Permission>(
      { IpProtocol: '-1' },
      { IpProtocol: '50' },
      { IpProtocol: 'tcp', FromPort: 0, ToPort: 65535 },
      { IpProtocol: 'udp', FromPort: 53, ToPort: 53 },
      { IpProtocol: 'icmp', FromPort: 8, ToPort: -1 },
    ),
    sources('CidrIp', '0.0.0.0/0', '10.0.0.0/8'),
    sources('CidrIpv6', '::/0', '2001:db8::/32'),
    sources('PrefixListId', 'pl-0123456789abcdef0'),
    fc.array(pair, { maxLength: 3 }),
  )
  .map(([traffic, IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs]) => ({
    ...traffic,
    IpRanges,
    Ipv6Ranges,
    PrefixListIds,
    UserIdGroupPairs,
  }));

/** One line of plain JSON per rule, whatever the grouping. */
function rulesOf(permissions: readonly Permission[]): readonly string[] {
  return permissions.flatMap((one) =>
    SOURCES.flatMap((kind) =>
      ((one[kind] ?? []) as readonly Source[]).map((source) => {
        const kept = Object.entries(source).filter(([name]) => !ONLY_DESCRIBED.includes(name));
        return JSON.stringify([
          one['IpProtocol'],
          one['FromPort'],
          one['ToPort'],
          kind,
          kept.map(String).toSorted(),
        ]);
      }),
    ),
  );
}

describePure('RemoveVPCDefaultSecurityGroupRules', () => {
  it(
    'gives back every rule, one by one, with nothing that Authorize refuses',
    () => {
      fc.assert(
        fc.property(
          fc.array(fc.array(permission, { maxLength: 4 }), { minLength: 150, maxLength: 150 }),
          (groups) => {
            const results = callPure(
              FILE,
              'single_permissions',
              groups.map((permissions) => ({ permissions })),
            );
            for (const [index, group] of groups.entries()) {
              const singles = valueOf(results[index]) as readonly Permission[];
              expect(rulesOf(singles)).toEqual(rulesOf(group));
              expect(singles.every((single) => rulesOf([single]).length === 1)).toBe(true);
              expect(
                ONLY_DESCRIBED.filter((name) => JSON.stringify(singles).includes(`"${name}"`)),
              ).toEqual([]);
            }
          },
        ),
        BATCHES,
      );
    },
    SECONDS,
  );

  it(
    'refuses every group but the default one',
    () => {
      const [own, other] = callPure(FILE, 'require_default_group', [
        { name: 'default', group: 'sg-0123456789abcdef0' },
        { name: 'Default', group: 'sg-0fedcba9876543210' },
      ]);
      expect(own?.ok).toBe(true);
      expect(other).toMatchObject({
        ok: false,
        error: expect.stringContaining('sg-0fedcba9876543210 is named Default'),
      });
    },
    SECONDS,
  );
});
