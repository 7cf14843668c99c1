"""The policy of the key that encrypts log files."""


def trail_key_policy(account, partition):
    """Return the policy of a key that this account's trails use and the account's IAM policies share.

    Source: CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail".
    """
    trails = f"arn:{partition}:cloudtrail:*:{account}:trail/*"
    cloudtrail = {"Service": "cloudtrail.amazonaws.com"}
    statements = [
        {
            "Sid": "OwnAccount",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "TrailsEncrypt",
            "Effect": "Allow",
            "Principal": cloudtrail,
            "Action": "kms:GenerateDataKey*",
            "Resource": "*",
            "Condition": {
                "StringLike": {
                    "aws:SourceArn": trails,
                    "kms:EncryptionContext:aws:cloudtrail:arn": trails,
                }
            },
        },
        {
            "Sid": "TrailsLookAtTheKey",
            "Effect": "Allow",
            "Principal": cloudtrail,
            "Action": "kms:DescribeKey",
            "Resource": "*",
            "Condition": {"StringLike": {"aws:SourceArn": trails}},
        },
    ]
    return policy_text(statements)
