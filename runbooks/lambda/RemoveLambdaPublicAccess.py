"""Find the public statements of a function policy and say how to restore them."""

import re

# AWS Config, lambda-function-public-access-prohibited: a condition restricts when its values are fixed.
RESTRICTING_KEYS = {
    "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceowner", "aws:sourcevpc",
    "aws:sourcevpce", "aws:principalorgid", "aws:principalaccount", "aws:principalarn",
}  # fmt: skip
RESTRICTING_OPERATORS = {"stringequals", "stringlike", "arnequals", "arnlike"}

# AddPermission: the condition that each of its members becomes.
CONDITION_MEMBERS = {
    ("arnlike", "aws:sourcearn"): "SourceArn",
    ("stringequals", "aws:sourceaccount"): "SourceAccount",
    ("stringequals", "aws:principalorgid"): "PrincipalOrgID",
    ("stringequals", "lambda:eventsourcetoken"): "EventSourceToken",
    ("stringequals", "lambda:functionurlauthtype"): "FunctionUrlAuthType",
    ("bool", "lambda:invokedviafunctionurl"): "InvokedViaFunctionUrl",
}


def public_statements(function_arn, account, policy=None):
    """Sort the public statements into those to remove and those to narrow to the own account."""
    statements = policy_statements(policy)
    public = [s for s in statements if _lets_everyone_in(s) or _lets_any_bucket_in(s)]
    lost = [s.get("Sid", "(no Sid)") for s in public if _permission(s, function_arn) is None]
    if lost:
        raise ValueError(
            f"Undo could not restore these public statements with AddPermission: {', '.join(lost)}."
            " Nothing was changed; rewrite them by hand."
        )
    removed = [_permission(s, function_arn) for s in public if _lets_everyone_in(s)]
    replaced = [_permission(s, function_arn) for s in public if not _lets_everyone_in(s)]
    return {
        "ids": [s["Sid"] for s in public],
        "actions": sorted({s["Action"] for s in public}),
        "removed": removed,
        "replaced": replaced,
        "narrowed": [{**permission, "SourceAccount": account} for permission in replaced],
    }


def _is_restricted(statement, restricting):
    """Tell whether a condition demands values of such a key, without wildcards and variables."""
    return any(
        values and not any(re.search(r"[*?]|\$\{", str(value)) for value in values)
        for values in condition_values(statement, RESTRICTING_OPERATORS, restricting)
    )


def _lets_everyone_in(statement):
    """Tell whether an allow has an empty or wildcard principal that no condition restricts."""
    principal = statement.get("Principal", "")
    names = principal.values() if isinstance(principal, dict) else [principal]
    flat = [name for value in names for name in as_list(value)]
    return (
        statement.get("Effect") == "Allow"
        and (not flat or any(name == "" or "*" in name for name in flat))
        and not _is_restricted(statement, RESTRICTING_KEYS)
    )


def _lets_any_bucket_in(statement):
    """Tell whether an allow for Amazon S3 lacks the account that must own the bucket."""
    services = principals_of(statement, "Service")
    return (
        statement.get("Effect") == "Allow"
        and any(re.fullmatch(r"s3\.amazonaws\.com(\.cn)?", service) for service in services)
        and not _is_restricted(statement, {"aws:sourceaccount"})
    )


def _permission(statement, function_arn):
    """Return the AddPermission members that make exactly this statement, or None."""
    principal = statement.get("Principal")
    if isinstance(principal, dict) and len(principal) == 1:
        (principal,) = principal.values()
    members = {
        "StatementId": statement.get("Sid"),
        "Action": statement.get("Action"),
        "Principal": principal,
    }
    for operator, key, values in conditions_of(statement):
        member = CONDITION_MEMBERS.get((operator, key))
        members[member] = values[0] if len(values) == 1 else None
    if members.get("InvokedViaFunctionUrl") is not None:
        members["InvokedViaFunctionUrl"] = str(members["InvokedViaFunctionUrl"]).lower() == "true"
    known = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
    expressible = (
        set(statement) <= known
        and statement.get("Resource") == function_arn
        and None not in members
        and all(isinstance(v, (str, bool)) for v in members.values())
        and re.fullmatch(r"[a-zA-Z0-9_-]{1,100}", members["StatementId"]) is not None
        and re.fullmatch(r"\S+", members["Principal"]) is not None
    )
    return members if expressible else None
