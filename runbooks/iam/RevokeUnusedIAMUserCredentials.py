"""Which credentials of a user nobody used for long."""

from datetime import datetime, timedelta


def unused_credentials(keys, used, days, now, password_made=None, password_used=None):
    """Ids of the active keys, and whether the password, without use for more than `days` days."""
    limit = datetime.fromisoformat(now) - timedelta(days=days)
    last_uses = [use.get("LastUsedDate") for use in used]
    old = [
        (key["id"], last)
        for key, last in zip(keys, last_uses)
        if _last_sign_of_life(key["made"], last) < limit
    ]
    # IAM reports when the user last signed in even if that was with an earlier password.
    password = (
        password_made is not None and _last_sign_of_life(password_made, password_used) < limit
    )
    described = [f"{key} ({_last_use(last)})" for key, last in old]
    if password:
        described.append(f"console password ({_last_use(password_used)})")
    return {"keys": [key for key, _ in old], "password": password, "described": described}


def _last_sign_of_life(made, used):
    """The later of two moments, the second of which may never have been."""
    return max(datetime.fromisoformat(moment) for moment in (made, used) if moment)


def _last_use(moment):
    """When a credential was last used, in words."""
    return f"last used {moment[:10]}" if moment else "never used"
