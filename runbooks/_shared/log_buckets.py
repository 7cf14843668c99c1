"""Buckets that remediations make for logs."""

import json


def own_log_bucket(name, region, partition, allow, given=None):
    """The bucket to deliver logs to: the given one, or one of our own with its place and its policy.

    The policy has the allowing statements and refuses plain HTTP.
    """
    if given is not None:
        return {"name": given, "location": None, "policy": None}
    bucket = f"arn:{partition}:s3:::{name}"
    deny = {
        "Sid": "DenyPlainHttp",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [bucket, f"{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [*allow, deny]})
    # S3 refuses the name of us-east-1 here (S3 API reference, CreateBucket).
    place = None if region == "us-east-1" else {"LocationConstraint": region}
    return {"name": name, "location": place, "policy": policy}
