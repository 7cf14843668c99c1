"""How long ago to look for metadata requests without a session token."""

from datetime import datetime, timedelta


def two_weeks_before(now):
    """Return the ISO time fourteen days before `now`."""
    return (datetime.fromisoformat(now.replace("Z", "+00:00")) - timedelta(days=14)).isoformat()
