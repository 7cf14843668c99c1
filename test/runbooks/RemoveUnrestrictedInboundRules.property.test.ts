import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

/** Starting Python takes long on a busy machine. */
const SECONDS = 60_000;
const FILE = 'runbooks/ec2/RemoveUnrestrictedInboundRules.py';
const HIGH_RISK = [
  20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 3306, 3389, 5432, 8080, 9200, 9300,
];
/** Each case of a batch is its own random case; a whole batch goes through one Python process. */
const BATCHES = { numRuns: 1, endOnFailure: true };

interface Rule {
  readonly SecurityGroupRuleId: string;
  readonly IsEgress: boolean;
  readonly IpProtocol: string;
  readonly FromPort: number;
  readonly ToPort: number;
  readonly CidrIpv4?: string;
  readonly CidrIpv6?: string;
  readonly PrefixListId?: string;
  readonly ReferencedGroupInfo?: { readonly GroupId: string; readonly UserId: string };
  readonly Description?: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

interface Case {
  readonly rules: readonly Rule[];
  readonly check: 'only-authorized' | 'not-high-risk' | 'tcp-closed';
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
  readonly high_risk: readonly number[];
}

interface Grant {
  readonly permission: Readonly<Record<string, unknown>>;
  readonly tags: readonly { readonly Tags: unknown }[];
}

const port = fc.oneof(
  fc.constantFrom(...HIGH_RISK, 0, 80, 443, 65535),
  fc.integer({ min: 0, max: 65535 }),
);
const range = fc.oneof(
  port.map((only) => ({ FromPort: only, ToPort: only })),
  fc
    .tuple(port, fc.nat(5))
    .map(([first, more]) => ({ FromPort: first, ToPort: Math.min(first + more, 65535) })),
  fc.tuple(port, port).map(([a, b]) => ({ FromPort: Math.min(a, b), ToPort: Math.max(a, b) })),
);
const traffic = fc.oneof(
  fc
    .tuple(fc.constantFrom('tcp', 'udp'), range)
    .map(([IpProtocol, ports]) => ({ IpProtocol, ...ports })),
  fc.constantFrom(
    { IpProtocol: '-1', FromPort: -1, ToPort: -1 },
    { IpProtocol: 'icmp', FromPort: 22, ToPort: -1 },
    { IpProtocol: 'icmpv6', FromPort: -1, ToPort: -1 },
    { IpProtocol: '50', FromPort: -1, ToPort: -1 },
  ),
);
const source = fc.constantFrom(
  { CidrIpv4: '0.0.0.0/0' },
  { CidrIpv6: '::/0' },
  { CidrIpv4: '0.0.0.0/1' },
  { CidrIpv4: '10.0.0.0/8' },
  { CidrIpv6: '2001:db8::/32' },
  { PrefixListId: 'pl-0123456789abcdef0' },
  { ReferencedGroupInfo: { GroupId: 'sg-0123456789abcdef0', UserId: '111122223333' } },
);
const extras = fc.record(
  {
    Description: fc.string({ minLength: 1, maxLength: 20 }),
    Tags: fc.constant([{ Key: 'owner', Value: 'web' }]),
  },
  { requiredKeys: [] },
);
const rule: fc.Arbitrary<Rule> = fc
  .tuple(fc.uuid(), fc.boolean(), traffic, source, extras)
  .map(([id, outbound, what, from, more]) => ({
    SecurityGroupRuleId: `sgr-${id}`,
    IsEgress: outbound,
    ...what,
    ...from,
    ...more,
  }));
const ports = fc.uniqueArray(
  fc.oneof(fc.constantFrom(80, 443, 22), fc.integer({ min: 1, max: 65535 })),
  { maxLength: 32 },
);
const situation: fc.Arbitrary<Case> = fc.record({
  rules: fc.array(rule, { maxLength: 12 }),
  check: fc.constantFrom('only-authorized', 'not-high-risk', 'tcp-closed'),
  tcp: ports,
  udp: ports,
  high_risk: fc.constantFrom(HIGH_RISK, [22], [3389]),
});

/** The control's words, told port by port: does the rule let the world reach a port that it must not reach? */
function isWrong(one: Rule, given: Case): boolean {
  if (one.IsEgress || (one.CidrIpv4 !== '0.0.0.0/0' && one.CidrIpv6 !== '::/0')) return false;
  if (one.IpProtocol === '-1') return true;
  if (one.IpProtocol !== 'tcp' && one.IpProtocol !== 'udp') return false;
  const reached = (wanted: number): boolean => one.FromPort <= wanted && wanted <= one.ToPort;
  if (given.check === 'tcp-closed')
    return one.IpProtocol === 'tcp' && given.high_risk.some(reached);
  if (given.check === 'not-high-risk') return given.high_risk.some(reached);
  const allowed = new Set(one.IpProtocol === 'tcp' ? given.tcp : given.udp);
  // At most 32 ports are authorized, so 33 ports in a row show whether all are.
  return Array.from({ length: 33 }, (_, index) => one.FromPort + index).some(
    (at) => reached(at) && !allowed.has(at),
  );
}

/** What DescribeSecurityGroupRules answers after a grant, without what AWS chooses. */
function described(grant: Grant): unknown {
  const { permission } = grant;
  const [v4] = (permission['IpRanges'] ?? []) as readonly {
    CidrIp: string;
    Description?: string;
  }[];
  const [v6] = (permission['Ipv6Ranges'] ?? []) as readonly {
    CidrIpv6: string;
    Description?: string;
  }[];
  const [tags] = grant.tags;
  const text = v4?.Description ?? v6?.Description;
  return {
    IsEgress: false,
    IpProtocol: permission['IpProtocol'],
    FromPort: permission['FromPort'] ?? -1,
    ToPort: permission['ToPort'] ?? -1,
    ...(v4 === undefined ? {} : { CidrIpv4: v4.CidrIp }),
    ...(v6 === undefined ? {} : { CidrIpv6: v6.CidrIpv6 }),
    ...(text === undefined ? {} : { Description: text }),
    ...(tags === undefined ? {} : { Tags: tags.Tags }),
  };
}

function violating(cases: readonly Case[]): readonly (readonly Rule[])[] {
  return callPure(
    FILE,
    'violating',
    cases.map((one) => ({ ...one })),
  ).map((result) => valueOf(result) as readonly Rule[]);
}

describePure('RemoveUnrestrictedInboundRules', () => {
  const batches = fc.array(situation, { minLength: 150, maxLength: 150 });

  it(
    'removes exactly the rules that break the check, and then nothing more',
    () => {
      fc.assert(
        fc.property(batches, (cases) => {
          const removed = violating(cases);
          for (const [index, given] of cases.entries())
            expect(removed[index]).toEqual(given.rules.filter((one) => isWrong(one, given)));
          const left = cases.map((given) => ({
            ...given,
            rules: given.rules.filter((one) => !isWrong(one, given)),
          }));
          expect(violating(left)).toEqual(left.map(() => []));
        }),
        BATCHES,
      );
    },
    SECONDS,
  );

  it(
    'gives back every removed rule as it was',
    () => {
      fc.assert(
        fc.property(batches, (cases) => {
          const removed = violating(cases);
          const granted = callPure(
            FILE,
            'grants',
            removed.map((rules) => ({ rules })),
          ).map((result) => valueOf(result) as readonly Grant[]);
          for (const [index, rules] of removed.entries())
            expect(granted[index]?.map(described)).toEqual(
              rules.map(({ SecurityGroupRuleId: _id, ...kept }) => kept),
            );
        }),
        BATCHES,
      );
    },
    SECONDS,
  );

  it(
    'does not send tags that only AWS can write',
    () => {
      const rules = [
        {
          IpProtocol: 'tcp',
          FromPort: 22,
          ToPort: 22,
          CidrIpv4: '0.0.0.0/0',
          Tags: [{ Key: 'aws:cloudformation:stack-name', Value: 'web' }],
        },
      ];
      const [result] = callPure(FILE, 'grants', [{ rules }]);
      expect(valueOf(result)).toEqual([
        {
          permission: {
            IpProtocol: 'tcp',
            FromPort: 22,
            ToPort: 22,
            IpRanges: [{ CidrIp: '0.0.0.0/0' }],
          },
          tags: [],
        },
      ]);
    },
    SECONDS,
  );
});
