"""Check that a key suits a topic, and name those who publish to the topic."""

# Amazon SNS, Managing encryption keys: what a publisher needs on the topic's key.
NEEDED = ("kms:GenerateDataKey", "kms:Decrypt")


def customer_key(key):
    """Return the key, or raise when it is one that AWS manages."""
    if key.split("alias/", 1)[-1].startswith("aws/"):
        raise ValueError(_aws_managed(key))
    return key


def publishers(key, topic_policy=None, alarms=None, rules=None, key_policy=None):
    """Describe the publishers seen, or raise when the key is unusable or shuts a service out."""
    _check_key(key)
    named = _principals(topic_policy)
    services = {name for kind, name in named if kind == "Service"}
    services |= {"cloudwatch.amazonaws.com"} if alarms else set()
    services |= {"events.amazonaws.com"} if rules else set()
    others = {name for kind, name in named if kind != "Service"}
    if key_policy is not None:
        shut_out = sorted(s for s in services if not _lets_in(key_policy, s))
        if shut_out:
            raise ValueError(
                f"The policy of key {key['Arn']} does not let {', '.join(shut_out)} use it"
                f" ({', '.join(NEEDED)}), so messages from there would be lost."
                " Extend the key's policy, then remediate again."
            )
    checked = "the key's policy lets them in"
    if key_policy is None:
        checked = f"not checked, the key belongs to account {key['AWSAccountId']}"
    return (
        f"Services that publish: {_some(services)} ({checked})."
        f" Metric alarms: {_some(alarms)}. EventBridge rules: {_some(rules)}."
        f" Others that the topic's policy names: {_some(others)}."
    )


def _some(names):
    """Name the first few in order."""
    return first_few(sorted(names or []), 5) or "none"


def _aws_managed(key):
    """Say why an AWS managed key is refused."""
    return (
        f"{key} is managed by AWS: AWS services such as CloudWatch, EventBridge and S3, and other"
        " accounts, can't publish to a topic that has it. Give KmsKeyId a customer managed key."
    )


def _check_key(key):
    """Raise when SNS can't use the key; SetTopicAttributes itself would accept any text."""
    if key["KeyManager"] == "AWS":
        raise ValueError(_aws_managed(key["Arn"]))
    spec = key.get("KeySpec", key.get("CustomerMasterKeySpec"))
    if spec != "SYMMETRIC_DEFAULT" or key["KeyState"] != "Enabled":
        raise ValueError(
            f"Key {key['Arn']} can't encrypt a topic: SNS needs an enabled symmetric key, and this"
            f" one is {key['KeyState']} and {spec}. Give KmsKeyId another key."
        )


def _principals(policy):
    """Return the (type, name) of all whom a topic policy allows something."""
    found = set()
    for statement in policy_statements(policy):
        principal = statement.get("Principal", {})
        kinds = principal if isinstance(principal, dict) else {"AWS": principal}
        if statement.get("Effect") == "Allow":
            found |= {(kind, _service(name)) for kind in kinds for name in as_list(kinds[kind])}
    return found


def _service(name):
    """Return a service principal without the suffix that it may have in China."""
    return name.removesuffix(".cn")


def _lets_in(key_policy, service):
    """Tell whether a key policy allows a service what a publisher needs; conditions are not weighed."""
    allowed = []
    for statement in policy_statements(key_policy):
        named = service in [_service(name) for name in principals_of(statement, "Service")]
        principal = statement.get("Principal")
        everyone = principal in ("*", {"AWS": "*"}) and not statement.get("Condition")
        if statement.get("Effect") == "Allow" and (named or everyone):
            allowed += as_list(statement.get("Action"))
    return all(matches_action(allowed, action) for action in NEEDED)
