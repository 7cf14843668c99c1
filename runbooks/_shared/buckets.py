"""Buckets: where they are made, and the policies that they may have."""

import json

# Bucket policies and user policies: a bucket policy may have 20 KB.
MAX_POLICY_BYTES = 20480


def bucket_location(region):
    """Return the CreateBucketConfiguration of a Region, or None where S3 wants none."""
    # S3 refuses the name of us-east-1 here (S3 API reference, CreateBucket).
    return None if region == "us-east-1" else {"LocationConstraint": region}


def plain_http_deny(bucket, sid):
    """Return the statement that denies everyone everything on bucket and objects without TLS."""
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket, bucket + "/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def extended_policy(policy, added, what):
    """Return a bucket policy's text with more statements, or raise when it would be too long."""
    document = json.loads(policy) if policy else {"Version": "2012-10-17"}
    document["Statement"] = [*as_list(document.get("Statement")), *added]
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    size = len(text.encode("utf-8"))
    if size > MAX_POLICY_BYTES:
        raise ValueError(
            f"The bucket policy would have {size} bytes with {what}, and S3 takes at most"
            f" {MAX_POLICY_BYTES}. Shorten the policy, then remediate again."
        )
    return text
