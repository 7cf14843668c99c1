"""Which events a bucket lacks a notification for, and the configuration that adds it."""

OURS = "asr-notifications"
DEFAULT = ["s3:ObjectAcl:Put", "s3:ObjectRemoved:*"]
LISTS = ("TopicConfigurations", "QueueConfigurations", "LambdaFunctionConfigurations")


def notification_plan(former, own, given=None, wanted=None):
    """Return the events that are missing, and the whole configuration with them added."""
    topic = given or own
    others = {
        name: [item for item in former.get(name, []) if item.get("Id") != OURS] for name in LISTS
    }
    present = [event for name in LISTS for item in former.get(name, []) for event in item["Events"]]
    foreign = [event for items in others.values() for item in items for event in item["Events"]]
    if wanted:
        missing = [event for event in wanted if not any(covers(one, event) for one in present)]
    else:
        missing = [] if present else DEFAULT
    for event in missing:
        clash = next((one for one in foreign if covers(event, one)), None)
        if clash is not None:
            raise ValueError(
                f"The bucket already notifies somebody of {clash}, and S3 takes no second notification of"
                f" the same event. Widen that one to {event}, then remediate again."
            )
    events = [
        event for event in wanted or DEFAULT if not any(covers(one, event) for one in foreign)
    ]
    ours = {"Id": OURS, "TopicArn": topic, "Events": events}
    config = {key: value for key, value in former.items() if key not in LISTS}
    config.update({name: items for name, items in others.items() if items})
    config["TopicConfigurations"] = [*others["TopicConfigurations"], ours]
    return {"missing": missing, "config": config, "topic": topic}


def covers(one, other):
    """Tell whether an event type is, or is the family of, another."""
    return one == other or (one.endswith(":*") and other.startswith(one[:-1]))


def topic_policy(topic, account, partition):
    """Return the policy of a topic that buckets of this account publish to."""
    statement = {
        "Sid": "BucketsOfThisAccountPublish",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {
            "ArnLike": {"aws:SourceArn": f"arn:{partition}:s3:::*"},
            "StringEquals": {"aws:SourceAccount": account},
        },
    }
    return policy_text([statement])
