"""What is wrong with the rotation of a secret, and the rotation that passes."""

import re

# Security Hub, SecretsManager.4: the number of days where the customer chose none.
DAYS_SINCE_ROTATION = 90


def rotation_plan(secret, check, default_days, region, now, max_days=None, function=None):
    """Faults in words, and the rules and function for RotateSecret; raises where it can't work."""
    _check_rotatable(secret, region)
    if check == "rotated-lately" and max_days is None:
        max_days = DAYS_SINCE_ROTATION
    on = secret.get("RotationEnabled") is True
    rules = secret.get("RotationRules") or {}
    wrong = _faults(secret, rules, on, check, max_days, now)
    former = secret.get("RotationLambdaARN") or None
    plan = {
        "wrong": wrong,
        "was": "on" if on else "off",
        "formerRules": _schedule(rules),
        "formerFunction": former,
        "lastRead": (secret.get("LastAccessedDate") or "never")[:10],
    }
    if not wrong:
        return plan
    # Services rotate the secrets that they own themselves (Secrets Manager user guide, Managed rotation).
    if former is None and function is None and not secret.get("OwningService"):
        raise ValueError(
            "The secret has no rotation function, and which one fits only its owner knows."
            " Give RotationFunction the ARN of one, or set up rotation by hand."
        )
    wanted = _wanted_rules(rules, default_days, max_days)
    return {**plan, "wanted": wanted, "function": former or function}


def _check_rotatable(secret, region):
    """Raise for secrets that can't be rotated from here."""
    if secret.get("DeletedDate"):
        raise ValueError("The secret is scheduled for deletion.")
    primary = secret.get("PrimaryRegion") or region
    if primary != region:
        raise ValueError(
            f"The secret is a replica: rotation is set in its primary Region {primary}."
        )


def _faults(secret, rules, on, check, max_days, now):
    """Name what the control's check objects to."""
    if not on:
        return ["automatic rotation is off"]
    if check == "rotation-on":
        days = _days(rules)
        too_seldom = max_days is not None and (days is None or days > max_days)
        return [f"it rotates only {_cadence(rules)}"] if too_seldom else []
    if check == "rotated-lately":
        last = secret.get("LastRotatedDate")
        lately = last is not None and time_of(last) >= days_before(now, max_days)
        return [] if lately else [f"its last rotation was {last[:10] if last else 'never'}"]
    raise ValueError(f"unknown check {check}")


def _days(rules):
    """Days between rotations, or None where the schedule doesn't say."""
    if rules.get("AutomaticallyAfterDays"):
        return rules["AutomaticallyAfterDays"]
    rate = re.fullmatch(r"rate\((\d+) (hour|day)s?\)", rules.get("ScheduleExpression", ""))
    if rate is None:
        return None
    return int(rate[1]) / (24 if rate[2] == "hour" else 1)


def _cadence(rules):
    """The schedule in words."""
    days = _days(rules)
    return f"every {days:g} days" if days else rules.get("ScheduleExpression", "at unknown times")


def _schedule(rules):
    """The rules as RotateSecret takes them: a schedule expression excludes a number of days."""
    if not rules.get("ScheduleExpression"):
        return {key: value for key, value in rules.items() if value}
    return {key: value for key, value in rules.items() if key != "AutomaticallyAfterDays"}


def _wanted_rules(rules, default_days, max_days):
    """The owner's schedule where it is frequent enough, else a number of days in his window."""
    days = _days(rules)
    limit = default_days if max_days is None else min(default_days, max_days)
    if days is not None and (max_days is None or days <= max_days):
        return _schedule(rules)
    if rules.get("ScheduleExpression", "").startswith("cron("):
        raise ValueError(
            f"The owner chose the times {rules['ScheduleExpression']}, which are too seldom or not"
            " known to be often enough. Shorten that schedule by hand."
        )
    duration = {"Duration": rules["Duration"]} if rules.get("Duration") else {}
    return {"AutomaticallyAfterDays": limit, **duration}
