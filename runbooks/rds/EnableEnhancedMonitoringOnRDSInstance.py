"""What has to change so that Enhanced Monitoring runs as often as it must."""


def monitoring_plan(found, wanted, own_role):
    """Return where to set which interval and role; both are None where they may stay."""
    if found is None:
        raise ValueError("the DB instance is gone")
    old = found["interval"] or 0
    target = 60 if wanted is None and old == 0 else wanted
    interval = None if target == old else target
    # A Multi-AZ DB cluster monitors all its instances alike; Aurora instances have their own setting.
    of_cluster = found["engine"] in ("mysql", "postgres")
    return {
        "id": found["id"],
        "cluster": found["cluster"] if of_cluster else None,
        "old": old,
        "interval": interval,
        "role": None if found["role"] or interval is None else own_role,
    }
