"""Which access keys are overdue, and how to tell people about them."""


def unrotated_keys(keys, days, now):
    """Ids of the active keys created more than `days` days before `now`, oldest first."""
    limit = days_before(now, days)
    active = [key for key in keys if key["Status"] == "Active"]
    old = [key for key in active if time_of(key["CreateDate"]) < limit]
    return [
        key["AccessKeyId"]
        for key in sorted(old, key=lambda key: (key["CreateDate"], key["AccessKeyId"]))
    ]


def describe_keys(old, keys, used):
    """One phrase per overdue key: its age and what it was last used for."""
    created = {key["AccessKeyId"]: key["CreateDate"][:10] for key in keys}
    return [f"{key} (created {created[key]}, {_last_use(use)})" for key, use in zip(old, used)]


def _last_use(use):
    """IAM names the service and Region of keys that were never used N/A."""
    if "LastUsedDate" not in use:
        return "never used"
    return f"last used {use['LastUsedDate'][:10]} for {use['ServiceName']} in {use['Region']}"
