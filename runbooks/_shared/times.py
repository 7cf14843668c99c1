"""Times as AWS answers them."""

from datetime import datetime, timedelta


def time_of(iso):
    """Read an ISO 8601 time; Z stands for UTC."""
    return datetime.fromisoformat(iso.replace("Z", "+00:00"))


def days_before(now, days):
    """Return the time that lies a number of days before the ISO 8601 time `now`."""
    return time_of(now) - timedelta(days=days)
