"""Resource policies: their statements, whom these name, and what they take in."""

import fnmatch
import json


def as_list(value):
    """Return a list for a value that may be single, a list or absent."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def policy_statements(policy=None):
    """List the statements of a policy's text, whose only statement may stand without a list."""
    return as_list(json.loads(policy).get("Statement")) if policy else []


def free_sids(statements, stem, first):
    """List statement ids that no statement has yet: the stem with `first`, 2, 3 and so on."""
    taken = {statement.get("Sid") for statement in statements}
    names = [f"{stem}{number}" for number in (first, *range(2, len(taken) + 4))]
    return [name for name in names if name not in taken]


def policy_text(statements):
    """Return the text of a policy with these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def principals_of(statement, kind):
    """List the principals of one kind (AWS, Service) that a statement names."""
    principal = statement.get("Principal")
    return as_list(principal.get(kind)) if isinstance(principal, dict) else []


def names_everyone(statement):
    """Tell whether a statement is about everyone, in one of the two ways to write that."""
    return statement.get("Principal") == "*" or "*" in principals_of(statement, "AWS")


def conditions_of(statement):
    """List a statement's conditions as (operator, key, values), names in lower case."""
    return [
        (operator.lower(), key.lower(), as_list(values))
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, values in keys.items()
    ]


def condition_values(statement, operators, keys):
    """List the values of each condition with one of the operators and keys, these in lower case."""
    return [
        values
        for operator, key, values in conditions_of(statement)
        if operator in operators and key in keys
    ]


def matches_pattern(patterns, name):
    """Tell whether one of IAM's patterns, which know only * and ?, matches a name."""
    return any(
        fnmatch.fnmatchcase(name, pattern.replace("[", "[[]")) for pattern in as_list(patterns)
    )


def matches_action(patterns, action):
    """Tell whether one of IAM's patterns matches an action; case makes no difference."""
    return matches_pattern([pattern.lower() for pattern in as_list(patterns)], action.lower())
