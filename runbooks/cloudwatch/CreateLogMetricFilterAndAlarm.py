"""Follows the chain from trail to person: which links exist, which are missing."""


def matching_filters(filters, pattern, name):
    """Metrics of filters with exactly this pattern, and the remediation's own filter as it is."""
    matching = [one for one in filters if one.get("filterPattern", "").strip() == pattern]
    own = next((one for one in filters if one["filterName"] == name), None)
    metrics = [
        {member: step[member] for member in ("metricName", "metricNamespace")}
        for one in matching
        for step in one.get("metricTransformations", [])
    ]
    return {"metrics": metrics, "own": own}


def notified_topics(alarms):
    """Topics that alarms notify at the first event; `alarms` holds one list for each metric."""
    counting = [alarm for found in alarms or [] for alarm in found or [] if _fires_at_once(alarm)]
    actions = {action for alarm in counting for action in alarm.get("AlarmActions", [])}
    return sorted(action for action in actions if action.split(":")[2:3] == ["sns"])


def plan(event, group, trails, metrics, topics, subscriptions, own, given=None):
    """The missing links in words, and what the missing ones are to be tied to."""
    delivers = any(f":log-group:{group}:" in (arn or "") for arn in trails or [])
    subscribed = any(_confirmed(listed) for listed in subscriptions or [])
    links = {
        f"a multi-Region trail that delivers to {group}": delivers,
        "a metric filter with the prescribed pattern": bool(metrics),
        "an alarm on the filter's metric that notifies a topic": bool(topics),
        "a confirmed subscription of the topic": subscribed,
    }
    return {
        "missing": [link for link, is_there in links.items() if not is_there],
        "metric": metrics[0] if metrics else {"metricName": event, "metricNamespace": "ASR"},
        "topic": topics[0] if topics else given or own,
        "subscribed": subscribed,
    }


def _fires_at_once(alarm):
    """The check accepts alarms that fire when the metric reaches 1."""
    return (
        alarm.get("ActionsEnabled", True)
        and alarm.get("ComparisonOperator") == "GreaterThanOrEqualToThreshold"
        and alarm.get("Threshold") == 1
    )


def _confirmed(listed):
    """Unconfirmed subscriptions carry a word instead of an ARN."""
    return any(one["SubscriptionArn"].startswith("arn:") for one in listed or [])
