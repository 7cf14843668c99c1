import { describe, expect, it, vi } from 'vitest';
import { formatEmitted } from '../../../generator/compile/ruff.ts';
import { compileFiles, dedent } from './compile-source.ts';
import type { Files } from './compile-source.ts';
import { unit } from './unit-text.ts';
import type { Sections } from './unit-text.ts';

// The first Python that is formatted waits for ruff to load.
vi.setConfig({ testTimeout: 60_000 });

async function scriptOf(files: Files): Promise<string> {
  const { compiled, report } = await compileFiles(files);
  expect(report).toBe('');
  return compiled[0]?.script ?? '';
}

/** The body of one function of the script. */
async function body(name: string, sections: Sections, python?: string): Promise<string> {
  return bodyOf(await scriptOf(unit(sections, python)), name);
}

function bodyOf(script: string, name: string): string {
  const found = new RegExp(`^def ${name}\\(.*\\n((?:  .*\\n|\\n)*)`, 'mu').exec(script)?.[1];
  if (found === undefined) throw new Error(`the script has no function ${name}`);
  return dedent(found);
}

/** Statements of a function, readably written, as scripts carry them. */
function emitted(python: string): string {
  const indented = dedent(python).replaceAll(/^(?=.)/gmu, '    ');
  return bodyOf(formatEmitted(`def body():\n${indented}\n`), 'body');
}

const reading = `
  before:
    - read: kms:GetKeyRotationStatus
      with: { KeyId: "{KeyArn}" }
      keep: { rotating: KeyRotationEnabled, key: KeyId }
      absent: [NotFoundException, DisabledException]`;

describe('what before reads', () => {
  it('is kept by name, absent until it was read', async () => {
    const sections = { before: reading, note: 'note: Key {before.key}.' };
    expect(await body('read_before', sections)).toBe(
      emitted(`
        before = {"rotating": None, "key": None}
        found = read(
            "kms:GetKeyRotationStatus",
            {"KeyId": values["KeyArn"]},
            absent=("NotFoundException", "DisabledException")
        )
        before["rotating"] = search("KeyRotationEnabled", found)
        before["key"] = search("KeyId", found)
        return before`),
    );
  });

  it('is a list where a step is repeated, and follows all pages', async () => {
    const before = `
      before:
        - read: kms:ListKeyPolicies
          with: { KeyId: "{KeyArn}" }
          keep: { names: PolicyNames }
        - read: kms:GetKeyPolicy
          when: { before.names: present }
          each: "{before.names}"
          with: { KeyId: "{KeyArn}", PolicyName: "{item}" }
          keep: { rotating: "Policy || '{item}'" }`;
    expect(await body('read_before', { before })).toBe(
      emitted(`
        before = {"names": None, "rotating": None}
        found = read("kms:ListKeyPolicies", {"KeyId": values["KeyArn"]}, pages=True)
        before["names"] = search("PolicyNames", found)
        if before["names"] is not None:
            before["rotating"] = []
            for item in before["names"] or []:
                found = read("kms:GetKeyPolicy", {"KeyId": values["KeyArn"], "PolicyName": item})
                before["rotating"].append(search("Policy || '" + text(item) + "'", found))
        return before`),
    );
  });

  it('follows the token of an operation that boto3 has no paginator for', async () => {
    const before = `
      before:
        - read: securityhub:ListAutomationRules
          keep: { rotating: "AutomationRulesMetadata[].RuleArn" }`;
    expect(await body('read_before', { before })).toBe(
      emitted(`
        before = {"rotating": None}
        found = read("securityhub:ListAutomationRules", {}, pages="NextToken")
        before["rotating"] = search("AutomationRulesMetadata[].RuleArn", found)
        return before`),
    );
  });

  it('can be computed, and computed again', async () => {
    const before = `${reading}
    - compute: decide
      with: { status: "{before.rotating}", limit: 3, kinds: [a, "{region}"] }
      as: decision
    - compute: decide
      with: { status: "{decision}", limit: 4, kinds: [] }
      keep: { ok: "@", first: "[0]" }`;
    const python = `
      """How keys rotate."""


      def decide(status, limit, kinds):
          """Tell."""
          return [status, limit, kinds]`;
    const sections = {
      before,
      compliant: 'compliant: { before.ok: true }',
      note: 'note: Key {before.key} {before.first}.',
    };
    expect(await body('read_before', sections, python)).toContain(
      emitted(`
        got["decision"] = decide(status=before["rotating"], limit=3, kinds=["a", values["region"]])
        found = decide(status=got.get("decision"), limit=4, kinds=[])
        before["ok"] = found
        before["first"] = search("[0]", found)`),
    );
  });
});

describe('checks', () => {
  const kept = { before: reading, note: 'note: Key {before.key}.' };
  it.each([
    ['{ before.rotating: true }', 'before["rotating"] is True'],
    ['{ before.rotating: { not: true } }', 'before["rotating"] is not True'],
    ['{ before.rotating: 3 }', 'before["rotating"] == 3'],
    ['{ before.rotating: present }', 'before["rotating"] is not None'],
    ['{ before.rotating: absent }', 'before["rotating"] is None'],
    ['{ before.rotating: { not: [a, 1] } }', 'before["rotating"] != ["a", 1]'],
    ['{ before.rotating: "{region}" }', 'before["rotating"] == values["region"]'],
    ['{ before.rotating.count: 0 }', 'count(before["rotating"]) == 0'],
    ['{ before.rotating.a.b: x }', 'dig(before["rotating"], "a", "b") == "x"'],
    [
      '{ before.rotating: "{before.key | \'no\'}" }',
      'before["rotating"] == either(before["key"], "no")',
    ],
    [
      '{ before.rotating: true, region: { not: us-east-1 } }',
      '(before["rotating"] is True) and (values["region"] != "us-east-1")',
    ],
  ])('%s is %s', async (check, python) => {
    expect(await body('is_compliant', { ...kept, compliant: `compliant: ${check}` })).toBe(
      emitted(`return ${python}`),
    );
  });
});

describe('what change does', () => {
  it('are calls with the codes that are tolerated and tried again, members left out when absent', async () => {
    const change = `
      change:
        - call: kms:EnableKeyRotation
          when: { before.key: present, region: us-east-1 }
          with: { KeyId: "{before.key}", RotationPeriodInDays: 365 }
          ok: [DisabledException]
          retry: [DependencyTimeoutException, KMSInternalException]`;
    expect(await body('make_change', { before: reading, change })).toBe(
      emitted(`
        if (before["key"] is not None) and (values["region"] == "us-east-1"):
            call(
                run,
                "kms:EnableKeyRotation",
                given({"KeyId": before["key"], "RotationPeriodInDays": 365}),
                ok=("DisabledException",),
                retry=("DependencyTimeoutException", "KMSInternalException")
            )`),
    );
  });

  it('are repeated, keep their answers, and wait in a preview for what is not known yet', async () => {
    const change = `
      change:
        - call: kms:CreateGrant
          each: "{before.key}"
          with: { KeyId: "{item.Id}", GranteePrincipal: "{account}", Operations: [Decrypt] }
          as: grant
        - compute: first
          with: { grant: "{grant.GrantId}" }
          as: chosen
        - call: kms:RevokeGrant
          when: { grant.done: true }
          with: { KeyId: "{KeyArn}", GrantId: "{chosen}" }`;
    const python = `
      """How keys rotate."""


      def first(grant):
          """Return the first."""
          return grant[0]`;
    expect(await body('make_change', { before: reading, change }, python)).toBe(
      emitted(`
        for item in before["key"] or []:
            run["done"]["grant"] = call(
                run,
                "kms:CreateGrant",
                given({
                    "KeyId": dig(item, "Id"),
                    "GranteePrincipal": values["account"],
                    "Operations": ["Decrypt"]
                })
            )
        run["done"]["chosen"] = planned(first, grant=dig(run["done"].get("grant"), "GrantId"))
        if dig(run["done"].get("grant"), "done") is True:
            call(
                run,
                "kms:RevokeGrant",
                given({"KeyId": values["KeyArn"], "GrantId": run["done"].get("chosen")})
            )`),
    );
  });

  it('are waits, of which long ones make the document loop', async () => {
    const wait = (within: string): string => `
      change:
        - call: kms:EnableKeyRotation
          with: { KeyId: "{KeyArn}" }
        - wait: kms:GetKeyRotationStatus
          with: { KeyId: "{KeyArn}" }
          until: { KeyRotationEnabled: true, "length(KeyId)": { not: 0 } }
          fail: { KeyId: gone }
          within: ${within}
          every: 15s`;
    const waiting = (name: string, within: number, every: number): string =>
      emitted(`
        ${name}(
            run,
            "kms:GetKeyRotationStatus",
            {"KeyId": values["KeyArn"]},
            lambda answer: (
                (search("KeyRotationEnabled", answer) is True)
                and (search("length(KeyId)", answer) != 0)
            ),
            lambda answer: search("KeyId", answer) == "gone",
            ${within},
            ${every}
        )`);
    const enabling = (name: string): string =>
      emitted(`${name}(run, "kms:EnableKeyRotation", {"KeyId": values["KeyArn"]})`);
    expect(await body('make_change', { change: wait('2m') })).toBe(
      `${enabling('call')}\n${waiting('wait', 120, 15)}`,
    );
    // 6 hours in 90 looks.
    expect(await body('make_change', { change: wait('6h') })).toBe(
      `${enabling('once')}\n${waiting('wait_long', 21_600, 240)}`,
    );
  });

  it('hide what the service model calls sensitive', async () => {
    const files = unit({
      resource: 'resource: rds-instance',
      controls: 'controls: [RDS.2]',
      before: `
        before:
          - read: rds:DescribeDBInstances
            with: { DBInstanceIdentifier: "{DBInstanceIdentifier}" }
            keep: { rotating: "DBInstances[0].PubliclyAccessible" }`,
      change: `
        change:
          - call: rds:ModifyDBInstance
            with: { DBInstanceIdentifier: "{DBInstanceIdentifier}", MasterUserPassword: "{before.rotating}" }`,
      undo: 'undo: { none: Nobody knows the password that was there. }',
      note: 'note: Done.',
    });
    const script = await scriptOf(files);
    expect(script).toContain("hide=('MasterUserPassword',)");
    expect(script).toContain("raise Stop('no-undo', 'Nobody knows the password that was there.')");
    expect(script).toContain('KEPT = None');
  });
});

describe('parameters', () => {
  it('get their types, bounds and constants', async () => {
    const sections = {
      controls: 'controls:\n  KMS.4: { Limit: 90, Names: [a, b] }\n',
      more: `
        parameters:
          Days: { kind: days, default: 3 }
          Maybe: { kind: days, optional: true }
          Strict: { kind: boolean, default: false }
          Ports: { kind: port-list, default: ["443"] }
          KmsKeyForTopics: { kind: kms-key, from: stack, missing: "Set KmsKeyForTopics." }
          Name: { kind: topic-name, optional: true }
        roles:
          KeyReader: { service: sns, allow: ["kms:Decrypt"], on: kms-key }`,
      note: 'note: "{Days} {Maybe} {Strict} {Ports} {KmsKeyForTopics} {Name} {roles.KeyReader} {control.Limit} {control.Names} {now}."',
    };
    expect(await body('typed', sections)).toBe(
      emitted(`
        values = parts(payload, KINDS)
        values["control"] = payload["ControlId"]
        values["KeyArn"] = payload["ResourceArn"]
        values["now"] = datetime.now(timezone.utc).isoformat()
        values["constants"] = CONSTANTS[payload["ControlId"]]
        base, namespace = payload["AutomationAssumeRole"].rsplit(OWN_ROLE, 1)
        values["roles"] = {name: base + stem + namespace for name, stem in ROLES.items()}
        values["Days"] = whole("Days", payload["Days"], 1, 3650)
        values["Maybe"] = whole("Maybe", payload["Maybe"], 1, 3650) if payload["Maybe"] else None
        values["Strict"] = payload["Strict"] == "true"
        values["Ports"] = [whole("Ports", item, 1, 65535) for item in payload["Ports"]]
        values["KmsKeyForTopics"] = needed(payload["KmsKeyForTopics"], "Set KmsKeyForTopics.")
        values["Name"] = payload["Name"] or None
        return values`),
    );
    const script = await scriptOf(unit(sections));
    expect(script).toContain("CONSTANTS = {'KMS.4': {'Limit': 90, 'Names': ['a', 'b']}}");
    expect(script).toContain(
      "OWN_ROLE = '/SO0111-Rotate-'\nROLES = {'KeyReader': '/SO0111-KeyReader-'}",
    );
  });
});

describe('text', () => {
  it('keeps braces, quotes, Unicode and backslashes as they are', async () => {
    const note = String.raw`note: 'Key {KeyId} { is } "ä\n" {"a": 1} – 100 %.'`;
    expect(await body('say', { note })).toBe(
      emitted(
        'if run["mode"] == "Preview":\n    return ""\nreturn "Key " + values["KeyId"] + \' { is } "ä\\\\n" {"a": 1} – 100 %.\'',
      ),
    );
  });

  it('of a preview is told in a preview only', async () => {
    const sections = { more: 'preview: It rotates {before.rotating}.' };
    expect(await body('say', sections)).toBe(
      emitted(`
        if run["mode"] == "Preview":
            return "It rotates " + text(before["rotating"]) + "."
        return "Key " + values["KeyId"] + " rotates."`),
    );
  });
});

describe('the script as a whole', () => {
  const python = `
    """How keys rotate."""

    import json
    import re as regex
    from datetime import datetime, timedelta

    # Why 90: it is a quarter.
    LIMIT = 90


    def rotates(status):
        """Tell whether it rotates."""
        return helper(status) and regex.search("x", json.dumps(LIMIT))


    def helper(status):
        """Help."""
        return datetime.fromisoformat(status) + timedelta(days=LIMIT)`;
  const before = `
    before:
      - compute: rotates
        with: { status: "{now}" }
        keep: { rotating: "@" }`;

  it('has the functions and imports that it uses, and no others', async () => {
    const script = await scriptOf(unit({ before }, python));
    expect(script).toContain('def helper(status):');
    expect(script).toContain('# Why 90: it is a quarter.\nLIMIT = 90\n');
    const [imports = ''] = script.split('\n\n\n');
    expect(new Set(imports.split('\n')).size).toBe(imports.split('\n').length);
    for (const line of imports.split('\n'))
      expect(line).toMatch(/^(?:from \S+ )?import \w+(?: as \w+)?$/u);
    for (const used of [
      'import json',
      'import re as regex',
      'from datetime import datetime',
      'from datetime import timedelta',
      'from datetime import timezone',
      'from botocore.config import Config',
    ])
      expect(imports.split('\n')).toContain(used);
    expect(imports).not.toContain('ipaddress');
    for (const unused of [
      'def wait(',
      'def needed(',
      'def listed(',
      'def once(',
      'def dig(',
      'def main_in_loop(',
    ])
      expect(script).not.toContain(unused);
  });

  it('takes little room: two spaces, single quotes, wide lines, phases without docstrings', async () => {
    const script = await scriptOf(unit({ before }, python));
    expect(script).toContain(
      [
        'def read_before(values):',
        "  before = {'rotating': None}",
        "  found = rotates(status=values['now'])",
        "  before['rotating'] = found",
        '  return before',
        '',
      ].join('\n'),
    );
    expect(script.split('\n').some((line) => line.length > 100 && line.length <= 120)).toBe(true);
    expect(formatEmitted(script)).toBe(script);
  });

  it('is the same without lint, which a build leaves to the check', async () => {
    const unused = unit(
      { before },
      python.replace('import json\n', 'import json\n    import math\n'),
    );
    const checked = await compileFiles(unused);
    const built = await compileFiles(unused, { lint: false });
    expect(checked.problems.map(({ what }) => what)).toEqual(['F401 `math` imported but unused.']);
    expect(built.report).toBe('');
    expect(built.compiled).toHaveLength(1);
    expect(await scriptOf(unit({ before }, python))).toBe(built.compiled[0]?.script);
  });

  it('is in the document once, and has shared functions when a step calls them', async () => {
    const { compiled, report } = await compileFiles({
      ...unit({ before }),
      'runbooks/_shared/rotation.py': `${dedent(python)}\n\n\ndef elsewhere():\n    """Serve another unit."""\n    return None\n`,
    });
    expect(report).toBe('');
    const [made] = compiled;
    expect(made?.script).toContain('def rotates(status):');
    expect(made?.script).not.toContain('elsewhere');
    const scripts = JSON.stringify(made?.document.mainSteps).split('def rotates(').length - 1;
    expect(scripts).toBe(1);
  });
});
