"""Which sensitive actions a bucket policy gives to other accounts, and the policy that denies them."""

import fnmatch
import json
import re

# Bucket policies and user policies: a bucket policy may have 20 KB.
MAX_BYTES = 20480

# The only one of the sensitive actions that acts on objects.
ON_OBJECTS = "s3:PutObjectAcl"
EVERYBODY = ("*", "everybody")


def foreign_power(actions, bucket, account, owner, policy=None):
    """List what other accounts are granted and not denied, with the policy that denies it."""
    document = json.loads(policy) if policy else {}
    statements = _listed(document.get("Statement"))
    powers = {}
    for allow in statements:
        if allow.get("Effect") == "Allow" and not _only_own(allow, account):
            for who in _others(allow, account, owner):
                found = [a for a in actions if _grants(allow, a, bucket)]
                open_ones = [
                    a for a in found if not _is_denied(statements, who, a, bucket, account)
                ]
                powers.setdefault(who, set()).update(open_ones)
    powers = {who: sorted(powers[who]) for who in sorted(powers) if powers[who]}
    shown = [f"{name} ({', '.join(can)})" for (_, name), can in powers.items()]
    return {
        "granted": shown,
        "summary": "; ".join(shown[:2]) + (f" and {len(shown) - 2} more" if len(shown) > 2 else ""),
        "policy": _merged(document, powers, bucket, account) if powers else None,
    }


def _merged(document, powers, bucket, account):
    """Return the policy's text with statements that deny the powers, or raise when it is too long."""
    statements = _listed(document.get("Statement"))
    taken = {statement.get("Sid") for statement in statements}
    names = (f"DenyPowerToOtherAccounts{number}" for number in range(1, len(taken) + 3))
    free = (name for name in names if name not in taken)
    named = {}
    for kind, name in powers:
        if kind != "*":
            named.setdefault(kind, []).append(name)
    denied = sorted({action for who in powers if who != EVERYBODY for action in powers[who]})
    added = [{"Principal": named, "Action": denied}] if named else []
    if EVERYBODY in powers:
        condition = _condition(account)
        added.append({"Principal": "*", "Action": powers[EVERYBODY], "Condition": condition})
    resources = {"Resource": [bucket, bucket + "/*"]}
    denies = [{"Sid": next(free), "Effect": "Deny", **deny, **resources} for deny in added]
    merged = {**document, "Statement": [*statements, *denies]}
    text = json.dumps(merged, separators=(",", ":"), ensure_ascii=False)
    size = len(text.encode("utf-8"))
    if size > MAX_BYTES:
        raise ValueError(
            f"The bucket policy would have {size} bytes with the statements that deny, and S3 takes at most"
            f" {MAX_BYTES}. Shorten the policy, then remediate again."
        )
    return text


def _condition(account):
    """Return what holds for everybody outside of the account, except services that act for their own."""
    return {
        "StringNotEquals": {"aws:PrincipalAccount": account},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }


def _only_own(statement, account):
    """Tell whether a condition lets only principals of the account in."""
    return any(
        operator.lower() in ("stringequals", "stringlike")
        and key.lower() == "aws:principalaccount"
        and set(_listed(values)) == {account}
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, values in keys.items()
    )


def _others(statement, account, owner):
    """List the principals of other accounts; an id without account is that of a deleted user or role."""
    principal = statement.get("Principal")
    if not isinstance(principal, dict):
        return [EVERYBODY]
    users = [("CanonicalUser", n) for n in _listed(principal.get("CanonicalUser")) if n != owner]
    for name in _listed(principal.get("AWS")):
        its_account = re.fullmatch(
            "(?:arn:[^:]*:[^:]*:[^:]*:)?([0-9]{12}|cloudfront)(?::.*)?", name
        )
        if name == "*":
            users.append(EVERYBODY)
        elif its_account and its_account[1] != account:
            users.append(("AWS", name))
    return users


def _grants(statement, action, bucket):
    """Tell whether a statement's actions and resources may take in a sensitive action."""
    if "NotAction" in statement:
        fits = not _matches(statement["NotAction"], action, fold=True)
    else:
        fits = _matches(statement.get("Action"), action, fold=True)
    if "NotResource" in statement or action != ON_OBJECTS:
        return fits and ("NotResource" in statement or _matches(statement.get("Resource"), bucket))
    # Where only an evaluation could tell whether a pattern reaches an object, it does.
    fixed = {
        pattern: re.split("[*?]", pattern)[0] for pattern in _listed(statement.get("Resource"))
    }
    prefix = bucket + "/"
    return fits and any(
        start.startswith(prefix) or (start != pattern and prefix.startswith(start))
        for pattern, start in fixed.items()
    )


def _is_denied(statements, who, action, bucket, account):
    """Tell whether a statement denies the action to a principal on all that it acts on."""
    wanted = bucket + "/*" if action == ON_OBJECTS else bucket
    return any(
        deny.get("Effect") == "Deny"
        and "Principal" in deny
        and (EVERYBODY in _others(deny, account, None) or who in _others(deny, account, None))
        and deny.get("Condition") in (None, {}, _condition(account))
        and _matches(deny.get("Action"), action, fold=True)
        and _matches(
            [r for r in _listed(deny.get("Resource")) if r.endswith("*") or r == wanted], wanted
        )
        for deny in statements
    )


def _matches(patterns, text, fold=False):
    """Tell whether one of IAM's patterns matches a text; actions are compared without case."""
    found = [pattern.replace("[", "[[]") for pattern in _listed(patterns)]
    if fold:
        found, text = [pattern.lower() for pattern in found], text.lower()
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in found)


def _listed(value):
    """Return a list for a value that may be single, a list or absent."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
