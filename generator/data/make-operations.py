"""Writes operations/: what the compiler must know about AWS API operations, one file a service.

Source: the service models that botocore ships (the same models boto3 uses inside an Automation
script). Run `python3 make-operations.py [FOLDER]`; the same botocore gives the same bytes. To
index one more service, add its boto3 name to SERVICES and run again.
"""

import collections
import json
import pathlib
import re
import sys

import botocore
import botocore.session
from botocore import xform_name

# boto3 service names. Every service that has a control we could remediate, and the services that
# the remediations themselves rely on (roles, keys, topics, logs, tags).
SERVICES = """
accessanalyzer account acm acm-pca apigateway apigatewayv2 application-autoscaling appsync athena
autoscaling backup cloudformation cloudfront cloudtrail cloudwatch codebuild cognito-identity
cognito-idp config connect datasync dax dms docdb dynamodb ec2 ecr ecs efs eks elasticache
elasticbeanstalk elb elbv2 emr es events firehose fsx glue guardduty iam inspector2 kafka
kafkaconnect kinesis kms lambda logs macie2 mq neptune network-firewall opensearch organizations
rds redshift redshift-serverless resourcegroupstaggingapi route53 s3 s3control sagemaker
secretsmanager securityhub servicecatalog ses sesv2 sns sqs ssm stepfunctions sts transfer waf
waf-regional wafv2 workspaces
""".split()

# Output members that say "there is more": tokens to send back, and the flags of the services that
# continue from the last item. Lock and sequence tokens (NextLockToken) are none.
MORE_TOKEN = re.compile(
    r"next(page|forward|continuation)?token|paginationtoken|(next)?marker|position|nextdnsname"
    r"|lastevaluatedglobaltablename",
    re.IGNORECASE,
)
MORE_FLAG = re.compile(r"istruncated|hasmore.*", re.IGNORECASE)

# Protocols whose answers name an error by the code of the model, not by its shape.
CODED_PROTOCOLS = {"query", "ec2", "rest-xml"}

# Codes that arrive although the model has no word of them: SQS names errors in a header as it did
# when it spoke the query protocol. Source: github.com/aws/aws-sdk/issues/654; botocore hands on
# the header's code.
HEADER_CODES = {
    ("sqs", "QueueDoesNotExist"): "AWS.SimpleQueueService.NonExistentQueue",
    ("sqs", "QueueNameExists"): "QueueAlreadyExists",
}

# Services whose IAM actions are HTTP methods (apigateway:PATCH): their facts carry the method.
HTTP_METHOD_SERVICES = {"apigateway", "apigatewayv2"}

NAME = re.compile(r"^[A-Za-z0-9_.-]+$")


def type_tag(shape, found):
    """Compact type: a scalar, `@Structure`, `list(T)` or `map(T)`; collects the structures."""
    if shape.type_name == "structure":
        if getattr(shape, "is_document_type", False):
            return "document"
        found.setdefault(shape.name, shape)
        return "@" + shape.name
    if shape.type_name == "list":
        return f"list({type_tag(shape.member, found)})"
    if shape.type_name == "map":
        return f"map({type_tag(shape.value, found)})"
    return shape.type_name


def member_list(shape, found):
    """Members of a structure as `Name:type`, with `!` after the name of a required one."""
    if shape is None:
        return ""
    required = set(shape.required_members)
    parts = []
    for name, member in sorted(shape.members.items()):
        if not NAME.match(name):
            raise ValueError(f"unexpected member name {name!r} in {shape.name}")
        # botocore fills in idempotency tokens, so nobody has to pass them.
        must = name in required and not member.metadata.get("idempotencyToken")
        parts.append(f"{name}{'!' if must else ''}:{type_tag(member, found)}")
    return " ".join(parts)


def has_token(shape):
    """Whether a structure holds a token that continues the list."""
    return any(
        member.type_name == "string" and MORE_TOKEN.fullmatch(name)
        for name, member in shape.members.items()
    )


def has_more(shape):
    """Whether an answer can be one page of several; looks into wrappers (DistributionList)."""
    if shape is None:
        return False
    wrappers = [member for member in shape.members.values() if member.type_name == "structure"]
    flagged = any(MORE_FLAG.fullmatch(name) for name in shape.members)
    return flagged or has_token(shape) or any(has_token(wrapper) for wrapper in wrappers)


def error_codes(model, operation):
    """Error codes as they arrive in `ClientError.response["Error"]["Code"]`."""
    coded = model.resolved_protocol in CODED_PROTOCOLS or "awsQueryCompatible" in model.metadata
    codes = set()
    for shape in operation.error_shapes:
        codes.add(shape.metadata.get("error", {}).get("code", shape.name) if coded else shape.name)
        codes.add(HEADER_CODES.get((model.service_name, shape.name)))
    return sorted(codes - {None})


def sensitive_members(shape):
    """Top-level input members that the model marks as sensitive: they must not be shown."""
    members = shape.members.items() if shape else ()
    return " ".join(sorted(name for name, member in members if member.metadata.get("sensitive")))


def plain_method(name):
    """The method name that follows from the operation name by rule (operations.ts has it too)."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).lower()


def operation_facts(model, name, paginators, found):
    """One operation; keys that would be empty, false or the rule are left out."""
    operation = model.operation_model(name)
    output = operation.output_shape
    pages = name in paginators
    method = xform_name(name)
    facts = {
        "method": "" if method == plain_method(name) else method,
        "http": operation.http["method"] if model.service_name in HTTP_METHOD_SERVICES else "",
        "in": member_list(operation.input_shape, found),
        "out": " ".join(sorted(output.members)) if output else "",
        "pages": pages,
        "more": not pages and has_more(output),
        "errors": error_codes(model, operation),
        "secret": sensitive_members(operation.input_shape),
    }
    return {key: value for key, value in facts.items() if value}


def factor_errors(operations):
    """Moves the codes that most operations share to the service; `-Code` marks who lacks one."""
    counts = collections.Counter(
        code for facts in operations.values() for code in facts.get("errors", [])
    )
    common = sorted(code for code, count in counts.items() if count * 2 > len(operations))
    for facts in operations.values():
        codes = facts.pop("errors", [])
        own = [code for code in codes if code not in common]
        own += ["-" + code for code in common if code not in codes]
        if own:
            facts["errors"] = " ".join(own)
    return " ".join(common)


def is_global(session, service):
    """Whether the service has one endpoint for all Regions."""
    prefix = session.get_service_model(service).endpoint_prefix
    partition = session.get_data("endpoints")["partitions"][0]
    return partition["services"].get(prefix, {}).get("isRegionalized", True) is False


def paginated_operations(session, service):
    """Names of the operations that have a paginator."""
    try:
        config = session.get_component("data_loader").load_service_model(service, "paginators-1")
    except botocore.exceptions.UnknownServiceError:
        return set()
    return set(config["pagination"])


def input_shapes(found):
    """Every structure reachable from the inputs, as its member list."""
    shapes = {}
    while len(shapes) < len(found):
        for name in [name for name in found if name not in shapes]:
            shapes[name] = member_list(found[name], found)
    return dict(sorted(shapes.items()))


def dumps(value):
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def rows(table):
    """A JSON object with one entry per line, so that a diff shows the operation that changed."""
    body = ",\n".join(f"{dumps(key)}:{dumps(value)}" for key, value in table.items())
    return "{\n" + body + "\n}" if table else "{}"


def render_service(session, service):
    """One service as text: header, operations, and the structures their inputs use."""
    model = session.get_service_model(service)
    paginators = paginated_operations(session, service)
    found = {}
    operations = {
        name: operation_facts(model, name, paginators, found)
        for name in sorted(model.operation_names)
    }
    header = {
        "fullName": model.metadata["serviceFullName"],
        "signingName": model.signing_name,
        "global": is_global(session, service),
        "errors": factor_errors(operations),
    }
    fields = "".join(f"{dumps(key)}:{dumps(value)},\n" for key, value in header.items())
    shapes = rows(input_shapes(found))
    return f'{{{fields}"operations":{rows(operations)},\n"shapes":{shapes}}}\n'


def main():
    """Writes the folder beside this script, or the one named on the command line."""
    default = pathlib.Path(__file__).with_name("operations")
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.json"):
        old.unlink()
    session = botocore.session.Session()
    # User-supplied models (~/.aws/models) would make the result depend on the machine.
    loader = session.get_component("data_loader")
    loader.search_paths[:] = [loader.BUILTIN_DATA_PATH]
    for service in SERVICES:
        target.joinpath(f"{service}.json").write_text(render_service(session, service))
    index = {"botocore": botocore.__version__, "services": sorted(SERVICES)}
    target.joinpath("index.json").write_text(json.dumps(index, indent=2) + "\n")


if __name__ == "__main__":
    main()
