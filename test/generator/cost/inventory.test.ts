import { describe, expect, it } from 'vitest';
import { takeInventory } from '../../../generator/cost/inventory.ts';
import type { Inventory } from '../../../generator/cost/inventory.ts';
import type { Template } from '../../../generator/emit/types.ts';

const FREE = { free: new Set(['AWS::Lambda::Function', 'AWS::Events::Rule', 'AWS::IAM::Role']) };

function inventory(template: Template, given: Readonly<Record<string, string>> = {}): Inventory {
  return takeInventory(template, given, FREE);
}

const alarm = { Type: 'AWS::CloudWatch::Alarm' } as const;

describe('the inventory of a template', () => {
  const template: Template = {
    Parameters: {
      UseAlarms: { Type: 'String', Default: 'yes' },
      Threshold: { Type: 'Number', Default: 5 },
      Account: { Type: 'String' },
    },
    Conditions: {
      HasAlarms: { 'Fn::Equals': [{ Ref: 'UseAlarms' }, 'yes'] },
      HasFive: { 'Fn::Equals': [{ Ref: 'Threshold' }, '5'] },
      OwnAccount: { 'Fn::Equals': [{ Ref: 'Account' }, { Ref: 'AWS::AccountId' }] },
      InChina: { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] },
    },
    Resources: {
      One: { ...alarm, Condition: 'HasAlarms' },
      Two: { ...alarm, Condition: 'HasFive' },
      Three: { ...alarm, Condition: 'OwnAccount' },
      Four: { ...alarm, Condition: 'InChina' },
    },
  };

  it('has what exists with the defaults, and what may exist', () => {
    expect(inventory(template).alarmMetrics).toBe(3);
  });

  it('follows the parameters', () => {
    expect(inventory(template, { UseAlarms: 'no' }).alarmMetrics).toBe(2);
    expect(inventory(template, { UseAlarms: 'no', Threshold: '7' }).alarmMetrics).toBe(1);
  });

  it('counts an alarm on an expression once for each of its metrics', () => {
    const Metrics = [
      { Id: 'all', Expression: 'a + b' },
      { Id: 'a', MetricStat: {} },
      { Id: 'b', MetricStat: {} },
    ];
    expect(inventory({ Resources: { One: { ...alarm, Properties: { Metrics } } } })).toMatchObject({
      alarmMetrics: 2,
    });
  });

  it('counts how often a schedule runs, with the memory of its function', () => {
    const rule = (ScheduleExpression: unknown) => ({
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression,
        Targets: [{ Id: 'x', Arn: { 'Fn::GetAtt': ['Sweep', 'Arn'] } }],
      },
    });
    const { schedules, memory } = inventory({
      Resources: {
        Sweep: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 256 } },
        Plain: { Type: 'AWS::Lambda::Function' },
        Minute: rule('rate(1 minute)'),
        Minutes: rule('rate(5 minutes)'),
        Day: rule('rate(1 day)'),
        Events: { Type: 'AWS::Events::Rule', Properties: { EventPattern: {} } },
      },
    });
    expect(schedules.map(({ runs, memory: megabytes }) => [Math.round(runs), megabytes])).toEqual([
      [43_800, 256],
      [8760, 256],
      [30, 256],
    ]);
    expect([...memory]).toEqual([
      ['Sweep', 256],
      ['Plain', 128],
    ]);
  });

  it('names types whose price nobody has entered, and custom resources never', () => {
    expect(
      inventory({
        Resources: {
          A: { Type: 'AWS::EC2::NatGateway' },
          B: { Type: 'AWS::EC2::NatGateway' },
          C: { Type: 'Custom::Thing' },
          D: { Type: 'AWS::IAM::Role' },
          E: { Type: 'AWS::KMS::Key' },
        },
      }),
    ).toMatchObject({ unpriced: ['AWS::EC2::NatGateway'], keys: 1 });
  });
});
