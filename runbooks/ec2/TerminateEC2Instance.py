"""Since when an instance is stopped, and whether it may be terminated."""

import re
from datetime import datetime, timezone


def stopped_too_long(instance, now, days):
    """Return whether the instance is stopped for more than `days`, since when, and its image's name."""
    if instance is None or instance["State"]["Name"] != "stopped":
        return {"overdue": False, "since": None, "image": None, "deleted": [], "kept": []}
    since = stopped_since(instance)
    volumes = [one["Ebs"] for one in instance.get("BlockDeviceMappings") or [] if "Ebs" in one]
    return {
        "overdue": since < days_before(now, days),
        "since": since.strftime("%Y-%m-%d %H:%M"),
        "image": f"ASR-{instance['InstanceId']}-stopped-{since.strftime('%Y%m%d%H%M%S')}",
        "deleted": [one["VolumeId"] for one in volumes if one.get("DeleteOnTermination")],
        "kept": [one["VolumeId"] for one in volumes if not one.get("DeleteOnTermination")],
    }


def stopped_since(instance):
    """Read the time out of the reason, as in "User initiated (2024-05-01 10:00:00 GMT)"."""
    reason = instance.get("StateTransitionReason") or ""
    found = re.search(
        "[(]([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}) (?:GMT|UTC)[)]", reason
    )
    if not found:
        raise ValueError(
            "EC2 does not say since when the instance is stopped, so it can't be known whether it"
            " may go. Terminate or start it by hand."
        )
    return datetime.strptime(found.group(1), "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)


def may_go(overdue, termination, stop):
    """Tell whether to terminate the instance; raise when its owner protects it."""
    if termination or stop:
        raise ValueError(
            "The owner protects the instance against termination. Lift its termination or stop"
            " protection if it may go, then remediate again."
        )
    return overdue
