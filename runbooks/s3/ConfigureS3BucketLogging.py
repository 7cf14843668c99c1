"""Which buckets can receive access logs."""

# Server access logging, Amazon S3 user guide: "Enabling Amazon S3 server access logging".
SERVICE = "logging.s3.amazonaws.com"
GROUP = "http://acs.amazonaws.com/groups/s3/LogDelivery"


def require_log_target(
    bucket, target, given=None, next_target=None, policy=None, grants=None, encryption=None
):
    """Refuse a log bucket that would log itself, or that S3 could not deliver to."""
    is_new = given is None and policy is None
    reasons = (
        (
            bucket == target,
            f"{bucket} is where access logs go: logging it to itself would never end. Suppress the finding",
        ),
        (
            next_target == bucket,
            f"{target} logs to {bucket}, so the two would log each other for ever",
        ),
        (next_target is None and given is not None, f"there is no bucket {target}"),
        (
            encryption is not None and encryption != "AES256",
            f"{target} encrypts with KMS keys, and S3 delivers access logs only with its own keys",
        ),
        (
            not is_new and not _lets_service_write(policy, grants),
            f"neither policy nor ACL of {target} lets {SERVICE} write",
        ),
    )
    for applies, reason in reasons:
        if applies:
            raise ValueError(f"{bucket} can't log to {target}: {reason}.")
    return target


def _lets_service_write(policy, grants):
    """Tell whether the log service may write objects; conditions and prefixes are not looked at."""
    by_policy = any(
        statement.get("Effect") == "Allow"
        and (statement.get("Principal") == "*" or SERVICE in principals_of(statement, "Service"))
        and matches_action(statement.get("Action"), "s3:PutObject")
        for statement in policy_statements(policy)
    )
    by_acl = any(
        grant.get("Grantee", {}).get("URI") == GROUP
        and grant.get("Permission") in ("WRITE", "FULL_CONTROL")
        for grant in grants or []
    )
    return by_policy or by_acl
