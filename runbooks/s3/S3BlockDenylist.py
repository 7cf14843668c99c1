"""Which sensitive actions a bucket policy gives to other accounts, and the policy that denies them."""

import re

# The only one of the sensitive actions that acts on objects.
ON_OBJECTS = "s3:PutObjectAcl"
EVERYBODY = ("*", "everybody")


def foreign_power(actions, bucket, account, owner, policy=None):
    """List what other accounts are granted and not denied, with the policy that denies it."""
    statements = policy_statements(policy)
    allows = [s for s in statements if s.get("Effect") == "Allow" and not _only_own(s, account)]
    held = {
        (who, action)
        for allow in allows
        for who in _others(allow, account, owner)
        for action in actions
        if _grants(allow, action, bucket)
        and not any(_denies(deny, who, action, bucket, account) for deny in statements)
    }
    powers = {who: sorted(a for its, a in held if its == who) for who, _ in sorted(held)}
    shown = [f"{name} ({', '.join(can)})" for (_, name), can in powers.items()]
    added = _new_denies(statements, powers, bucket, account)
    return {
        "granted": shown,
        "summary": first_few(shown, 2, "; "),
        "policy": extended_policy(policy, added, "the statements that deny") if added else None,
    }


def _new_denies(statements, powers, bucket, account):
    """Return the statements that deny the powers: one for those who are named, one for everybody."""
    named = [who for who in powers if who != EVERYBODY]
    principal = {kind: [name for its, name in named if its == kind] for kind, _ in named}
    denied = sorted({action for who in named for action in powers[who]})
    added = [
        {"Principal": principal, "Action": denied},
        {"Principal": "*", "Action": powers.get(EVERYBODY), "Condition": _outside_of(account)},
    ]
    used = [one for one in added if one["Action"]]
    sids = free_sids(statements, "DenyPowerToOtherAccounts", 1)
    resources = {"Resource": [bucket, bucket + "/*"]}
    return [{"Sid": sid, "Effect": "Deny", **deny, **resources} for sid, deny in zip(sids, used)]


def _outside_of(account):
    """Return what holds for everybody outside of the account, except services that act for their own."""
    return {
        "StringNotEquals": {"aws:PrincipalAccount": account},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }


def _only_own(statement, account):
    """Tell whether a condition lets only principals of the account in."""
    found = condition_values(statement, {"stringequals", "stringlike"}, {"aws:principalaccount"})
    return any(set(values) == {account} for values in found)


def _others(statement, account, owner=None):
    """List the principals of other accounts; an id without account is that of a deleted user or role."""
    if not isinstance(statement.get("Principal"), dict):
        return [EVERYBODY]
    users = [("CanonicalUser", n) for n in principals_of(statement, "CanonicalUser") if n != owner]
    for name in principals_of(statement, "AWS"):
        found = re.fullmatch("(?:arn:[^:]*:[^:]*:[^:]*:)?([0-9]{12}|cloudfront)(?::.*)?", name)
        if name == "*" or (found and found[1] != account):
            users.append(EVERYBODY if name == "*" else ("AWS", name))
    return users


def _grants(statement, action, bucket):
    """Tell whether a statement's actions and resources may take in a sensitive action."""
    excludes = "NotAction" in statement
    named = matches_action(statement.get("NotAction" if excludes else "Action"), action)
    reaches = _reaches_objects if action == ON_OBJECTS else matches_pattern
    found = any(reaches(pattern, bucket) for pattern in as_list(statement.get("Resource")))
    return named != excludes and (found or "NotResource" in statement)


def _reaches_objects(pattern, bucket):
    """Tell whether a pattern takes in an object; where only an evaluation could tell, it does."""
    prefix, start = bucket + "/", re.split("[*?]", pattern)[0]
    return start.startswith(prefix) or (start != pattern and prefix.startswith(start))


def _denies(deny, who, action, bucket, account):
    """Tell whether a statement denies the action to a principal on all that it acts on."""
    wanted = bucket + "/*" if action == ON_OBJECTS else bucket
    resources = as_list(deny.get("Resource"))
    return (
        deny.get("Effect") == "Deny"
        and "Principal" in deny
        and not {EVERYBODY, who}.isdisjoint(_others(deny, account))
        and deny.get("Condition") in (None, {}, _outside_of(account))
        and matches_action(deny.get("Action"), action)
        and matches_pattern([r for r in resources if r.endswith("*") or r == wanted], wanted)
    )
