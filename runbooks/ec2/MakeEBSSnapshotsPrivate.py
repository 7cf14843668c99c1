"""Which snapshots everybody can restore."""


def still_public(snapshots, groups):
    """Return the ids of snapshots whose permission names the group `all`; `groups` has one entry each."""
    return [
        snapshot for snapshot, names in zip(snapshots or [], groups or []) if "all" in (names or [])
    ]
