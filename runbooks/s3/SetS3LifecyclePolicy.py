"""Add one lifecycle rule of our own to those that a bucket has."""

RULE_ID = "asr-lifecycle"

# Configuration elements of a lifecycle: a bucket may have 1,000 rules.
MAX_RULES = 1000

# Constraints for lifecycle transitions: S3 refuses earlier transitions to these classes.
MIN_DAYS = {"STANDARD_IA": 30, "ONEZONE_IA": 30}
DEFAULT_TRANSITION_DAYS = 30
DEFAULT_STORAGE_CLASS = "INTELLIGENT_TIERING"


def has_wanted_rule(transition_days, expiration_days, rules=None, storage_class=None):
    """Tell whether an enabled rule does what the control's parameters ask for."""
    return any(
        rule.get("Status") == "Enabled"
        and _has_transition(rule, transition_days, storage_class)
        and expiration_days in (0, rule.get("Expiration", {}).get("Days"))
        for rule in rules or []
    )


def with_our_rule(abort_days, transition_days, expiration_days, rules=None, storage_class=None):
    """Return the rules with ours added, or replaced where it is, or raise when S3 would refuse it."""
    rules = rules or []
    # One configuration can't mix rules with a Filter and rules with the older Prefix.
    older_form = any("Prefix" in rule for rule in rules)
    ours = {"ID": RULE_ID, "Status": "Enabled"}
    ours.update({"Prefix": ""} if older_form else {"Filter": {"Prefix": ""}})
    ours["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": abort_days}
    transition = _transition(transition_days, expiration_days, storage_class)
    if transition:
        ours["Transitions"] = [transition]
    if expiration_days:
        ours["Expiration"] = {"Days": expiration_days}
    if any(rule.get("ID") == RULE_ID for rule in rules):
        return [ours if rule.get("ID") == RULE_ID else rule for rule in rules]
    if len(rules) >= MAX_RULES:
        raise ValueError(
            f"The bucket already has {len(rules)} lifecycle rules, as many as S3 takes."
            " Remove one of them, then remediate again."
        )
    return [*rules, ours]


def _has_transition(rule, days, storage_class):
    """Tell whether a rule has the wanted transition; a value that is not asked for matches any."""
    if not days and not storage_class:
        return True
    return any(
        days in (0, transition.get("Days"))
        and storage_class in (None, transition.get("StorageClass"))
        for transition in rule.get("Transitions", [])
    )


def _transition(days, expiration_days, storage_class):
    """Return the wanted transition, or None when there is none."""
    if not days and not storage_class:
        return None
    days = days or DEFAULT_TRANSITION_DAYS
    storage_class = storage_class or DEFAULT_STORAGE_CLASS
    least = MIN_DAYS.get(storage_class, 1)
    if days < least:
        raise ValueError(
            f"S3 moves objects to {storage_class} after {least} days at the earliest, not after {days}."
            " Change the control's parameters, then remediate again."
        )
    if expiration_days and expiration_days <= days:
        raise ValueError(
            f"Objects would be deleted after {expiration_days} days, before they change storage class"
            f" after {days}. Change the control's parameters, then remediate again."
        )
    return {"Days": days, "StorageClass": storage_class}
