"""How long ago to look for metadata requests without a session token."""


def two_weeks_before(now):
    """Return the ISO time fourteen days before `now`."""
    return days_before(now, 14).isoformat()
