"""Merge a TLS-only statement into a bucket policy."""


def denies_plain_http(bucket, policy=None):
    """Tell whether the policy denies everyone all actions on bucket and objects without TLS."""
    denies = [s for s in policy_statements(policy) if _is_tls_deny(s)]
    patterns = [p for s in denies for p in as_list(s.get("Resource"))]
    return all(any(_covers(p, arn) for p in patterns) for arn in (bucket, bucket + "/*"))


def with_tls_statement(bucket, policy=None):
    """Return the policy's text with one more statement, or raise when it would be too long."""
    sid = free_sids(policy_statements(policy), "DenyRequestsWithoutTls", "")[0]
    return extended_policy(policy, [plain_http_deny(bucket, sid)], "the TLS statement")


def _is_tls_deny(statement):
    """Tell whether a statement denies everyone every S3 action when TLS is missing, and only then."""
    all_actions = any(a.lower() in ("*", "s3:*") for a in as_list(statement.get("Action")))
    return (
        statement.get("Effect") == "Deny"
        and names_everyone(statement)
        and all_actions
        and _is_only_plain_http(conditions_of(statement))
    )


def _is_only_plain_http(conditions):
    """Tell whether there is exactly one condition, Bool aws:SecureTransport false."""
    found = [
        (operator, key, [str(v).lower() for v in values]) for operator, key, values in conditions
    ]
    return found == [("bool", "aws:securetransport", ["false"])]


def _covers(pattern, arn):
    """Tell whether an IAM resource pattern takes in the ARN, where /* stands for all objects."""
    if arn.endswith("*") and not pattern.endswith("*"):
        return False
    return matches_pattern(pattern, arn)
