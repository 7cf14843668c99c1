"""Which credentials of a user nobody used for long."""


def unused_credentials(keys, used, days, now, password_made=None, password_used=None):
    """Ids of the active keys, and whether the password, without use for more than `days` days."""
    limit = days_before(now, days)
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
    described = [f"{key} ({_said_of_use(last)})" for key, last in old]
    if password:
        described.append(f"console password ({_said_of_use(password_used)})")
    return {"keys": [key for key, _ in old], "password": password, "described": described}


def _last_sign_of_life(made, used):
    """The later of two moments, the second of which may never have been."""
    return max(time_of(moment) for moment in (made, used) if moment)


def _said_of_use(moment):
    """When a credential was last used, in words."""
    return f"last used {moment[:10]}" if moment else "never used"
