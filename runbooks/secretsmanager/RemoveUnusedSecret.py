"""Whether a secret is unused, and whether it may be deleted."""

from datetime import timedelta


def secret_use(secret, days, region, now):
    """Tell whether nobody read the secret for `days` days; raises where deleting it would be wrong."""
    if secret.get("DeletedDate"):
        return {"unused": False, "story": "scheduled for deletion"}
    limit = days_before(now, days)
    last = secret.get("LastAccessedDate")
    # Secrets Manager keeps only the day, so all of that day counts as use.
    if last is not None and time_of(last) + timedelta(days=1) > limit:
        return {"unused": False, "story": f"last read {last[:10]}"}
    _check_deletable(secret, limit, days, region)
    read = f"last read {last[:10]}" if last else "never read in this Region"
    rotated = ", rotated automatically" if secret.get("RotationEnabled") else ""
    return {"unused": True, "story": f"{read}, last changed {_changed(secret)[:10]}{rotated}"}


def _changed(secret):
    """When somebody last touched the secret."""
    return secret.get("LastChangedDate") or secret["CreatedDate"]


def _check_deletable(secret, limit, days, region):
    """Raise where the secret is not the owner's to delete here, or too new to be judged."""
    primary = secret.get("PrimaryRegion") or region
    if primary != region:
        raise ValueError(
            f"The secret is a replica, which would be deleted at once. Remove it in {primary}."
        )
    if secret.get("Replicas"):
        raise ValueError(
            f"The secret has replicas in {', '.join(sorted(secret['Replicas']))}, where it may be in"
            " use. Look there first, and remove the replicas."
        )
    if secret.get("OwningService"):
        raise ValueError(
            f"The secret belongs to {secret['OwningService']}, which keeps it. Delete it there."
        )
    if time_of(_changed(secret)) >= limit:
        raise ValueError(
            f"Somebody made or changed the secret on {_changed(secret)[:10]}, less than {days} days"
            " ago, so it is not forgotten. Delete it by hand if nobody needs it."
        )
