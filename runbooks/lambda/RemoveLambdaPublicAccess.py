"""Find the public statements of a function policy and say how to restore them."""

import json
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
    statements = _as_list(json.loads(policy)["Statement"]) if policy else []
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


def _as_list(value):
    """Return a list for a value that may be single, a list or absent."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _conditions(statement):
    """List a statement's conditions as (operator, key, values), names in lower case."""
    return [
        (operator.lower(), key.lower(), _as_list(values))
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    ]


def _is_fixed(values):
    """Tell whether condition values hold neither wildcards nor policy variables."""
    return bool(values) and not any(re.search(r"[*?]|\$\{", str(v)) for v in values)


def _lets_everyone_in(statement):
    """Tell whether an allow has an empty or wildcard principal that no condition restricts."""
    principal = statement.get("Principal", "")
    names = principal.values() if isinstance(principal, dict) else [principal]
    flat = [name for value in names for name in _as_list(value)]
    return (
        statement.get("Effect") == "Allow"
        and (not flat or any(name == "" or "*" in name for name in flat))
        and not any(
            operator in RESTRICTING_OPERATORS and key in RESTRICTING_KEYS and _is_fixed(values)
            for operator, key, values in _conditions(statement)
        )
    )


def _lets_any_bucket_in(statement):
    """Tell whether an allow for Amazon S3 lacks the account that must own the bucket."""
    principal = statement.get("Principal")
    services = _as_list(principal.get("Service")) if isinstance(principal, dict) else []
    return (
        statement.get("Effect") == "Allow"
        and any(re.fullmatch(r"s3\.amazonaws\.com(\.cn)?", service) for service in services)
        and not any(
            operator in RESTRICTING_OPERATORS and key == "aws:sourceaccount" and _is_fixed(values)
            for operator, key, values in _conditions(statement)
        )
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
    for operator, key, values in _conditions(statement):
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
