import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import {
  GetDocumentCommand,
  GetParameterCommand,
  ListDocumentsCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { compileAll } from '../../generator/compile/compile.ts';
import { emitMemberRoles } from '../../generator/emit/member-roles.ts';
import { emitMember } from '../../generator/emit/member.ts';
import { referencedNames } from '../../generator/emit/references.ts';
import type { EmitInput, TemplateFile } from '../../generator/emit/types.ts';
import { readSources } from '../../generator/read/read-sources.ts';
import { everySubset, mostAtOnce, survivingDocuments } from '../generator/emit/concurrency.ts';
import { describeWithEmulator } from '../support/emulator.ts';
import { joined } from '../support/joined.ts';

interface Built {
  readonly input: EmitInput;
  readonly roles: TemplateFile;
  readonly member: TemplateFile;
}

let built: Promise<Built> | undefined;

/** The templates of all units of the project, made once. */
async function build(): Promise<Built> {
  const sources = readSources(fileURLToPath(new URL('../..', import.meta.url)));
  const { compiled } = await compileAll(sources, 'SO0111');
  const names = { solutionId: 'SO0111', version: '1.2.3' };
  const input = { compiled, standards: sources.standards, names };
  return { input, roles: emitMemberRoles(input).file, member: emitMember(input).file };
}

function shared(): Promise<Built> {
  built ??= build();
  return built;
}

describe('the templates of all units', () => {
  let all: Built;
  beforeAll(async () => {
    all = await shared();
  });

  it('have a document and a role for every unit', () => {
    const units = all.input.compiled.map(({ runbook }) => runbook.name);
    expect(units.length).toBeGreaterThan(0);
    for (const name of units) {
      expect(all.member.json.Resources[`Document${name}`]?.Type).toBe('AWS::SSM::Document');
      expect(all.roles.json.Resources[`Role${name}`]?.Type).toBe('AWS::IAM::Role');
    }
  });

  it('carry every document as it was compiled', () => {
    for (const { runbook, document } of all.input.compiled) {
      const content = all.member.json.Resources[`Document${runbook.name}`]?.Properties?.[
        'Content'
      ] as typeof document;
      const whole = joined(content, all.member.json.Mappings ?? {}) as typeof document;
      expect({ ...whole, parameters: Object.keys(content.parameters) }).toEqual({
        ...document,
        parameters: Object.keys(document.parameters),
      });
    }
  });

  it('update documents in place', () => {
    const documents = Object.values(all.member.json.Resources).filter(
      ({ Type }) => Type === 'AWS::SSM::Document',
    );
    for (const { Properties } of documents) {
      const { Content: _, Name: name, ...rest } = Properties ?? {};
      expect(name).toMatch(/^ASR-[A-Za-z0-9]+$/u);
      expect(rest).toEqual({
        DocumentType: 'Automation',
        DocumentFormat: 'YAML',
        UpdateMethod: 'NewVersion',
      });
    }
  });

  it('make at most five documents at once, whatever standards are on', () => {
    const most = everySubset().map((parameters) =>
      mostAtOnce(survivingDocuments(all.member.json, parameters)),
    );
    expect(Math.max(...most)).toBeLessThanOrEqual(5);
  });

  it('give every parameter an effect', () => {
    for (const { json } of [all.roles, all.member]) {
      const used = referencedNames([json.Conditions, json.Resources]);
      expect(Object.keys(json.Parameters ?? {}).filter((name) => !used.has(name))).toEqual([]);
    }
  });

  it('name no partition in a resource', () => {
    for (const { json } of [all.roles, all.member]) {
      const outsideDocuments = Object.values(json.Resources).filter(
        ({ Type }) => Type !== 'AWS::SSM::Document',
      );
      expect(JSON.stringify([json.Parameters, outsideDocuments])).not.toMatch(
        /arn:aws(?:-cn|-us-gov)?:/u,
      );
    }
  });

  it('stay flat, without functions or custom resources', () => {
    const types = [all.roles, all.member].flatMap(({ json }) =>
      Object.values(json.Resources).map(({ Type }) => Type),
    );
    expect(
      types.filter((type) => /^(?:Custom::|AWS::CloudFormation::|AWS::Lambda::)/u.test(type)),
    ).toEqual([]);
  });
});

describeWithEmulator('member stacks on the emulator, as in the walkthrough', ({ emulator }) => {
  const client = () => ({
    endpoint: emulator().endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const installation = { SecHubAdminAccount: '012345678901', Namespace: 'shtest' };

  async function launch(
    name: string,
    file: TemplateFile,
    parameters: Readonly<Record<string, string>>,
  ): Promise<void> {
    const cloudFormation = new CloudFormationClient(client());
    await cloudFormation.send(
      new CreateStackCommand({
        StackName: name,
        TemplateBody: file.text,
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
      }),
    );
    const { Stacks: stacks } = await cloudFormation.send(
      new DescribeStacksCommand({ StackName: name }),
    );
    expect(stacks?.map((stack) => stack.StackStatus)).toEqual(['CREATE_COMPLETE']);
  }

  it('the roles are there, each trusted as the template says', async () => {
    const { input, roles } = await shared();
    await launch('roles', roles, installation);
    const iam = new IAMClient(client());
    const { Roles: found = [] } = await iam.send(new ListRolesCommand({ MaxItems: 1000 }));
    const expected = input.compiled.flatMap(({ roleStem, supportingRoles }) => [
      `${roleStem}-shtest`,
      ...supportingRoles.map((role) => `SO0111-${role.name}-shtest`),
    ]);
    expect(found.map((role) => String(role.RoleName)).toSorted()).toEqual(
      ['SO0111-ASR-Orchestrator-Member', ...expected].toSorted(),
    );
    const { Role: member } = await iam.send(
      new GetRoleCommand({ RoleName: 'SO0111-ASR-Orchestrator-Member' }),
    );
    const trust = JSON.parse(decodeURIComponent(member?.AssumeRolePolicyDocument ?? '')) as {
      readonly Statement: readonly { readonly Principal: unknown; readonly Condition: unknown }[];
    };
    expect(trust.Statement[0]).toMatchObject({
      Principal: { AWS: 'arn:aws:iam::012345678901:root' },
      Condition: {
        ArnEquals: {
          'aws:PrincipalArn': 'arn:aws:iam::012345678901:role/SO0111-ASR-Orchestrator-Admin',
        },
      },
    });
  });

  it('the documents are there, those of the loaded standards and no others', async () => {
    const { input, member } = await shared();
    await launch('member', member, {
      ...installation,
      LoadSCMemberStack: 'no',
      LoadCIS120MemberStack: 'yes',
      LogGroupName: 'CloudTrail/all',
    });
    const cis = new Set(input.standards.all.find(({ id }) => id === 'CIS120')?.controls.values());
    const expected = input.compiled
      .filter(({ runbook }) => runbook.controls.some(({ id }) => cis.has(id)))
      .map(({ documentName }) => documentName);
    const ssm = new SSMClient(client());
    const own = [{ Key: 'Owner', Values: ['Self'] }];
    const { DocumentIdentifiers: found = [] } = await ssm.send(
      new ListDocumentsCommand({ Filters: own, MaxResults: 50 }),
    );
    expect(found.map((one) => String(one.Name)).toSorted()).toEqual(expected.toSorted());
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(input.compiled.length);
  });

  it("with the walkthrough's standards everything is there, and knows its installation", async () => {
    const { input, member } = await shared();
    await launch('member', member, {
      ...installation,
      LoadAFSBPMemberStack: 'yes',
      LogGroupName: 'CloudTrail/all',
    });
    const ssm = new SSMClient(client());
    for (const { documentName, roleStem, document } of input.compiled) {
      // The emulator gives a document authored as YAML back as JSON text only when asked for JSON.
      const asked = new GetDocumentCommand({ Name: documentName, DocumentFormat: 'JSON' });
      const { Content: text } = await ssm.send(asked);
      const content = JSON.parse(text ?? '') as typeof document;
      expect(content.mainSteps).toEqual(document.mainSteps);
      expect(content.parameters['AutomationAssumeRole']?.allowedPattern).toBe(
        `^arn:aws:iam::123456789012:role/${roleStem}-shtest$`,
      );
      if ('LogGroupName' in content.parameters)
        expect(content.parameters['LogGroupName']?.default).toBe('CloudTrail/all');
    }
    const value = async (name: string) => {
      const { Parameter: found } = await ssm.send(
        new GetParameterCommand({ Name: `/Solutions/SO0111/member/${name}` }),
      );
      return found?.Value;
    };
    expect(await value('admin-account')).toBe('012345678901');
    expect(await value('namespace')).toBe('shtest');
    expect(await value('version')).toBe('1.2.3');
  });
});
