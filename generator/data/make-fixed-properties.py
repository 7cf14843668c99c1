"""Writes fixed-properties.yaml: what an update can't change in a resource of CloudFormation.

Source: the resource provider schemas that cfn-lint ships (us-east-1). Run
`python3 make-fixed-properties.py [FILE]`; the same cfn-lint gives the same bytes. To know one more
type, add it to TYPES and run again.
"""

import importlib
import json
import pathlib
import sys

import cfnlint
from cfnlint.version import __version__

# Types of our templates, each with the property that is its name in the account and Region. "" is
# for types whose resources have no such name, or one that two of them may share.
TYPES = {
    "AWS::ApiGatewayV2::Api": "",
    "AWS::ApiGatewayV2::Authorizer": "",
    "AWS::ApiGatewayV2::Integration": "",
    "AWS::ApiGatewayV2::Route": "",
    "AWS::ApiGatewayV2::Stage": "",
    "AWS::CloudFormation::StackSet": "StackSetName",
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::Cognito::ManagedLoginBranding": "",
    "AWS::Cognito::UserPool": "",
    "AWS::Cognito::UserPoolClient": "",
    "AWS::Cognito::UserPoolDomain": "Domain",
    "AWS::Cognito::UserPoolGroup": "",
    "AWS::Cognito::UserPoolUser": "",
    "AWS::Cognito::UserPoolUserToGroupAttachment": "",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": "",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::KMS::Key": "",
    "AWS::Lambda::EventInvokeConfig": "",
    "AWS::Lambda::EventSourceMapping": "",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::LayerVersion": "",
    "AWS::Lambda::Permission": "",
    "AWS::Lambda::Url": "",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Logs::MetricFilter": "",
    "AWS::Logs::ResourcePolicy": "PolicyName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::S3::BucketPolicy": "",
    "AWS::SNS::Subscription": "",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SNS::TopicPolicy": "",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SQS::QueuePolicy": "",
    "AWS::SSM::Document": "Name",
    "AWS::SSM::Parameter": "Name",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::Scheduler::ScheduleGroup": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}

# What the schemas don't say and the CloudFormation Template Reference does: an update that changes
# these replaces the resource or fails. A document stays in place only with UpdateMethod NewVersion.
ALSO = {
    "AWS::Cognito::UserPool": ["AliasAttributes", "UsernameAttributes", "UsernameConfiguration"],
    "AWS::DynamoDB::Table": ["LocalSecondaryIndexes"],
    "AWS::KMS::Key": ["KeySpec", "KeyUsage", "MultiRegion", "Origin"],
    "AWS::SSM::Document": ["UpdateMethod"],
}

# What is fixed only on a condition that our templates don't meet: with UpdateMethod NewVersion, the
# content of a document may change.
SKIP = {"AWS::SSM::Document": "conditionalCreateOnlyProperties"}


def schema_of(types, name):
    """The provider schema of a type."""
    folder = pathlib.Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"
    return json.loads((folder / f"{types[name]}.json").read_text())


def fixed(schema, name):
    """Names of the top-level properties that an update can't change."""
    keys = ("createOnlyProperties", "conditionalCreateOnlyProperties")
    paths = [path for key in keys if SKIP.get(name) != key for path in schema.get(key, [])]
    tops = {path.split("/")[2] for path in paths}
    return sorted(tops | set(ALSO.get(name, [])))


def main():
    """Writes the file beside this script, or the one named on the command line."""
    default = pathlib.Path(__file__).with_name("fixed-properties.yaml")
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    types = importlib.import_module("cfnlint.data.schemas.providers.us_east_1").types
    rows = {
        name: {
            **({"name": own} if own else {}),
            "fixed": [one for one in fixed(schema_of(types, name), name) if one != own],
        }
        for name, own in sorted(TYPES.items())
    }
    lines = "".join(f"  {name}: {json.dumps(row)}\n" for name, row in rows.items())
    head = "# Written by make-fixed-properties.py.\n"
    target.write_text(f"{head}cfn-lint: {__version__}\ntypes:\n{lines}")


if __name__ == "__main__":
    main()
