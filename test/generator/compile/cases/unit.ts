import type { MistakeCase } from '../compile-source.ts';
import { SOME_TEST, unit, unitText } from '../unit-text.ts';

/** What a unit says about itself: controls, names, impact, parameters, texts. */
export const unitCases: readonly MistakeCase[] = [
  {
    title: 'controls that Security Hub does not have',
    files: unit({ controls: 'controls: [KMS.4, »KMS.44, »Nothing.1]' }),
    says: `
      unknown-control
        KMS.44 is not a security control.
        No finding would ever reach the remediation.
        Did you mean KMS.4?
      unknown-control
        Nothing.1 is not a security control.
        No finding would ever reach the remediation.
        See standards/sc.yaml.`,
  },
  {
    title: 'a control in the map form that Security Hub does not have',
    files: unit({ controls: 'controls:\n  »KMS.44: { Days: 1 }\n' }),
    says: `
      unknown-control
        KMS.44 is not a security control.
        No finding would ever reach the remediation.
        Did you mean KMS.4?`,
  },
  {
    title: 'constants that differ from control to control',
    files: unit({
      controls: `
        controls:
          KMS.4: { Days: 90, Name: a }
          »KMS.3: { Days: 90, Nmae: b }
          »KMS.2: {}`,
      note: 'note: "{control.Days} {control.Name}."',
    }),
    says: `
      constant-mismatch
        KMS.3 defines Days, Nmae, the first control defines Days, Name.
        The script reads every constant for every control.
        Define the same names for every control.
      constant-mismatch
        KMS.2 defines no constants, the first control defines Days, Name.
        The script reads every constant for every control.
        Define the same names for every control.`,
  },
  {
    title: 'two units for one control, under one name',
    files: {
      ...unit(),
      'runbooks/kms/Turn.yaml': unitText({
        title: '»title: Turn on rotation again',
        controls: 'controls: [»KMS.4]',
        more: 'aliases: [ROTATE]',
      }),
      'runbooks/kms/Turn.test.yaml': SOME_TEST,
    },
    says: `
      duplicate-unit
        ROTATE is also the name or an alias of runbooks/kms/Rotate.yaml.
        Two units would make the same document.
        Rename one of them.
      duplicate-claim
        KMS.4 is already remediated by runbooks/kms/Rotate.yaml.
        A finding must lead to exactly one remediation.
        Remove it from one of the units.`,
  },
  {
    title: 'a unit name that no role can have',
    files: {
      'runbooks/kms/RotateTheKeysOfEveryBodyWhoEverMadeOneInThisAccount.yaml': `»${unitText()}`,
      'runbooks/kms/RotateTheKeysOfEveryBodyWhoEverMadeOneInThisAccount.test.yaml': SOME_TEST,
    },
    says: `
      name-too-long
        The role SO0111-RotateTheKeysOfEveryBodyWhoEverMadeOneInThisAccount-<Namespace> has up to 68 characters, 64 are allowed.
        AWS would refuse the role or document in every account.
        Use at most 47 characters.`,
  },
  {
    title: 'a role with a name that is too long, one that is taken, and one that nothing uses',
    files: unit({
      more: `
        roles:
          »ARoleWithANameThatIsTooLongForIdentityAndAccessMgmt: { service: sns, allow: ["kms:Decrypt"], on: kms-key }
          »Rotate: { service: sns, allow: ["kms:Decrypt"], on: kms-key }
          »Unused: { service: sns, allow: ["kms:Decrypt"], on: kms-key }`,
      note: 'note: "{roles.Rotate} {roles.ARoleWithANameThatIsTooLongForIdentityAndAccessMgmt}."',
    }),
    says: `
      name-too-long
        The role SO0111-ARoleWithANameThatIsTooLongForIdentityAndAccessMgmt-<Namespace> has up to 68 characters, 64 are allowed.
        AWS would refuse the role or document in every account.
        Use at most 47 characters.
      duplicate-unit
        The role name Rotate is taken by runbooks/kms/Rotate.yaml.
        Two units would make the same document.
        Rename the role.
      unused-role
        Nothing passes {roles.Unused} to a service.
        A role that nothing uses is a risk without a use.
        Use it or remove it.`,
  },
  {
    title: 'an impact that people notice, without a warning',
    files: unit({ impact: 'impact: »availability' }),
    says: `
      missing-warning
        The impact is availability, and nothing says who can notice.
        People consent to this impact and must know who can notice it.
        Add warning: with one sentence.`,
  },
  {
    title: 'an impact that people may notice, without a warning',
    files: unit({
      impact: 'impact: »{ when: { Days: 1 }, then: data-loss, else: none }',
      more: 'parameters: { Days: { kind: days, default: 3 } }',
      note: 'note: "{Days} days."',
    }),
    says: `
      missing-warning
        The impact is data-loss or none, and nothing says who can notice.
        People consent to this impact and must know who can notice it.
        Add warning: with one sentence.`,
  },
  {
    title: 'defaults that their kinds refuse',
    files: unit({
      more: `
        parameters:
          Days: { kind: days, default: »0 }
          Ports: { kind: port-list, default: »[443, 99999] }
          Key: { kind: kms-key, default: »yes }`,
      note: 'note: "{Days} {Ports} {Key}."',
    }),
    says: `
      bad-default
        0 is not a number of days.
        The document would refuse its own default.
        Kind days accepts for example "1".
      bad-default
        443,99999 is not a list of ports.
        The document would refuse its own default.
        Kind port-list accepts for example ["80","443"].
      bad-default
        yes is not a KMS key, given as its id, its ARN, its alias or the ARN of its alias.
        The document would refuse its own default.
        Kind kms-key accepts for example "alias/aws/rds".`,
  },
  {
    title: 'names that hide others',
    files: unit({
      more: `
        parameters:
          »region: { kind: days, default: 3 }
          »Mode: { kind: days, default: 3 }
          »KeyId: { kind: days, default: 3 }
          Days: { kind: days, default: 3 }`,
      change: `
        change:
          - call: kms:EnableKeyRotation
            with: { KeyId: "{KeyArn}" }
            as: »Days
          - call: kms:EnableKeyRotation
            with: { KeyId: "{Days}" }
            as: »before`,
      note: 'note: "{region} {Mode} {KeyId} {before.rotating}."',
    }),
    says: `
      taken-name
        region is already built in.
        One of the two would hide the other.
        Choose another name.
      taken-name
        Mode is already a name of every document.
        One of the two would hide the other.
        Choose another name.
      taken-name
        KeyId is already a field of the unit's resource.
        One of the two would hide the other.
        Choose another name.
      taken-name
        Days is already a parameter.
        One of the two would hide the other.
        Choose another name.
      taken-name
        before is already built in.
        One of the two would hide the other.
        Choose another name.`,
  },
  {
    title: 'parameters that the member stack does not have',
    files: unit({
      more: `
        parameters:
          »KmsKeyForTopic: { kind: kms-key, from: stack, missing: Give a key. }
          »Elsewhere: { kind: kms-key, from: stack, missing: Give a key. }
        resources:
          Bucket: { when: »CreateLogBuckt, Type: "AWS::S3::Bucket", Properties: {} }
          Queue: { when: »Always, Type: "AWS::SQS::Queue", Properties: {} }`,
      note: 'note: "{KmsKeyForTopic} {Elsewhere}."',
    }),
    says: `
      stack-parameter
        The member stack has neither a parameter nor a resource KmsKeyForTopic.
        The member stack has no such parameter.
        Did you mean KmsKeyForTopics?
      stack-parameter
        The member stack has neither a parameter nor a resource Elsewhere.
        The member stack has no such parameter.
        Known parameters: CreateLogBucket, KmsKeyForTopics.
      stack-parameter
        The member stack has no parameter CreateLogBuckt.
        The member stack has no such parameter.
        Did you mean CreateLogBucket?
      stack-parameter
        The member stack has no parameter Always.
        The member stack has no such parameter.
        Known parameters: CreateLogBucket, KmsKeyForTopics.`,
  },
  {
    title: 'parameters that the control does not have in Security Hub',
    files: unit({
      controls: 'controls: [EC2.18]',
      more: `
        parameters:
          Tcp: { kind: port-list, default: ["443"], finding: »authorizedTcpPort }
          Udp: { kind: port-list, default: ["53"], finding: { »EC2.19: authorizedUdpPorts } }
          Other: { kind: port-list, default: ["1"], finding: { EC2.18: »whatever } }`,
      note: 'note: "{Tcp} {Udp} {Other}."',
    }),
    says: `
      finding-parameter
        No control of the unit has a parameter authorizedTcpPort.
        Security Hub has no such parameter for the control.
        Did you mean authorizedTcpPorts?
      unknown-control
        The unit doesn't remediate EC2.19.
        No finding would ever reach the remediation.
        It remediates EC2.18.
      finding-parameter
        No control of the unit has a parameter whatever.
        Security Hub has no such parameter for the control.
        Known: authorizedTcpPorts, authorizedUdpPorts.`,
  },
  {
    title: 'partitions and double braces',
    files: unit({
      more: 'warning: See »arn:aws:iam::aws:policy/Admin for who can.',
      change: `
        change:
          - call: kms:EnableKeyRotation
            with: { KeyId: "»arn:aws-cn:kms:cn-north-1:{account}:key/{KeyId}" }`,
      note: 'note: »Key {KeyId} is {{ nothing }}.',
    }),
    says: `
      partition-literal
        arn:aws: names one partition.
        The template must work in aws, aws-us-gov and aws-cn.
        Write arn:{partition}:.
      partition-literal
        arn:aws-cn: names one partition.
        The template must work in aws, aws-us-gov and aws-cn.
        Write arn:{partition}:.
      brace-injection
        Two opening braces stand together.
        Systems Manager would read the braces as one of its own variables.
        Put a space between them.`,
  },
];
