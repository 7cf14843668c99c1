"""Buckets that remediations make for logs."""


def own_log_bucket(name, region, partition, allow, given=None):
    """The bucket to deliver logs to: the given one, or one of our own with its place and its policy.

    The policy has the allowing statements and refuses plain HTTP.
    """
    if given is not None:
        return {"name": given, "location": None, "policy": None}
    deny = plain_http_deny(f"arn:{partition}:s3:::{name}", "DenyPlainHttp")
    return {
        "name": name,
        "location": bucket_location(region),
        "policy": policy_text([*allow, deny]),
    }
