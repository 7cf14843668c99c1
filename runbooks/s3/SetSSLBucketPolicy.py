"""Merge a TLS-only statement into a bucket policy."""

import fnmatch
import json

# Bucket policies and user policies: a bucket policy may have 20 KB.
MAX_BYTES = 20480


def denies_plain_http(bucket, policy=None):
    """Tell whether the policy denies everyone all actions on bucket and objects without TLS."""
    denies = [s for s in _statements(policy) if _is_tls_deny(s)]
    patterns = [p for s in denies for p in _as_list(s.get("Resource"))]
    return all(any(_covers(p, arn) for p in patterns) for arn in (bucket, bucket + "/*"))


def with_tls_statement(bucket, policy=None):
    """Return the policy's text with one more statement, or raise when it would be too long."""
    document = json.loads(policy) if policy else {"Version": "2012-10-17"}
    statements = _statements(policy)
    ours = {
        "Sid": _free_sid({s.get("Sid") for s in statements}),
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket, bucket + "/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document["Statement"] = [*statements, ours]
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    size = len(text.encode("utf-8"))
    if size > MAX_BYTES:
        raise ValueError(
            f"The bucket policy would have {size} bytes with the TLS statement, and S3 takes at most"
            f" {MAX_BYTES}. Shorten the policy, then remediate again."
        )
    return text


def _statements(policy):
    """List the statements of a policy, whose only statement may stand without a list."""
    return _as_list(json.loads(policy).get("Statement")) if policy else []


def _as_list(value):
    """Return a list for a value that may be single, a list or absent."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _is_tls_deny(statement):
    """Tell whether a statement denies everyone every S3 action when TLS is missing, and only then."""
    principal = statement.get("Principal")
    everyone = principal == "*" or (
        isinstance(principal, dict) and "*" in _as_list(principal.get("AWS"))
    )
    all_actions = any(a.lower() in ("*", "s3:*") for a in _as_list(statement.get("Action")))
    return (
        statement.get("Effect") == "Deny"
        and everyone
        and all_actions
        and _is_only_plain_http(statement.get("Condition"))
    )


def _is_only_plain_http(condition):
    """Tell whether a condition is exactly Bool aws:SecureTransport false."""
    if not isinstance(condition, dict) or [k.lower() for k in condition] != ["bool"]:
        return False
    (keys,) = condition.values()
    if [k.lower() for k in keys] != ["aws:securetransport"]:
        return False
    (values,) = keys.values()
    return [str(v).lower() for v in _as_list(values)] == ["false"]


def _covers(pattern, arn):
    """Tell whether an IAM resource pattern takes in the ARN, where /* stands for all objects."""
    if arn.endswith("*") and not pattern.endswith("*"):
        return False
    return fnmatch.fnmatchcase(arn, pattern.replace("[", "[[]"))


def _free_sid(taken):
    """Return a statement id that the policy does not use yet."""
    numbers = ["", *range(2, len(taken) + 3)]
    names = [f"DenyRequestsWithoutTls{number}" for number in numbers]
    return next(name for name in names if name not in taken)
