"""Whether a log group keeps its events long enough."""


def retention(name, minimum, group=None):
    """Compare a log group's retention with the minimum; without a setting events never expire."""
    if group is None:
        raise ValueError(f"There is no log group {name}.")
    if group.get("logGroupClass") == "DELIVERY":
        raise ValueError(f"Log group {name} is of class DELIVERY, whose retention is fixed.")
    days = group.get("retentionInDays")
    size = group.get("storedBytes", 0)
    return {
        "longEnough": days is None or days >= minimum,
        "days": days,
        "text": f"{size} bytes",
    }
