"""Which trail can be made to pass, or else the trail to make."""

NAME = "asr-management-events"


def trail_plan(needs, trails, logging, selectors, account, region):
    """Say what is missing, if anything, and which trail is to be made, extended or started."""
    seen = [
        {
            **trail,
            "logging": on is True,
            "all": _records_all(trail, answer),
            "hidden": answer is None,
        }
        for trail, on, answer in zip(trails, logging, selectors, strict=True)
    ]
    if any(_passes(trail, needs) for trail in seen):
        return {"missing": None}
    # An organization's trail concerns other accounts too, so it is left to its owner.
    usable = [
        trail
        for trail in seen
        if trail["TrailARN"].split(":")[4] == account
        and not trail.get("IsOrganizationTrail")
        and (trail["all"] or needs == "any")
    ]
    usable.sort(
        key=lambda t: (not t["all"], not t.get("IsMultiRegionTrail"), not t["logging"], t["Name"])
    )
    best = next((trail for trail in usable if trail["HomeRegion"] == region), None)
    if best is None:
        _require_free(seen, usable)
        text = "No trail records the management events of the account."
        return {"missing": text, "name": NAME, "create": True, "start": True}
    extend = needs == "multi-region" and not best.get("IsMultiRegionTrail")
    faults = [
        *(["covers only its Region"] if extend else []),
        *(["is stopped"] if not best["logging"] else []),
    ]
    return {
        "missing": f"Trail {best['Name']} {' and '.join(faults)}.",
        "name": best["Name"],
        "create": False,
        "extend": extend,
        "start": not best["logging"],
        "globalEvents": best.get("IncludeGlobalServiceEvents"),
    }


def _passes(trail, needs):
    """Tell whether a trail is what the control asks for."""
    if needs == "any":
        return trail["logging"]
    return trail["logging"] and trail["all"] and trail.get("IsMultiRegionTrail") is True


def _require_free(seen, usable):
    """Refuse to make a trail where an existing one should be mended instead."""
    for trail in usable:
        if trail.get("IsMultiRegionTrail"):
            raise ValueError(
                f"Trail {trail['Name']} is stopped. Its home is {trail['HomeRegion']}: remediate there."
            )
    for trail in seen:
        if trail["hidden"] and trail["logging"] and trail.get("HasCustomEventSelectors"):
            raise ValueError(
                f"What trail {trail['Name']} records can't be seen from here, and a second trail of the same"
                f" events would be charged. Its home is {trail['HomeRegion']}: look there."
            )
    if any(trail["Name"] == NAME for trail in seen):
        raise ValueError(
            f"Trail {NAME} exists, but doesn't record all management events any more."
            " Restore its event selectors or delete it, then remediate again."
        )


def _records_all(trail, answer):
    """Tell whether a trail records all management events, reads and writes, of every service."""
    basic = (answer or {}).get("EventSelectors") or []
    advanced = (answer or {}).get("AdvancedEventSelectors") or []
    if not basic and not advanced:
        # Without selectors of its own a trail records exactly the management events.
        return not trail.get("HasCustomEventSelectors")
    wanted = [{"Field": "eventCategory", "Equals": ["Management"]}]
    return any(selector["FieldSelectors"] == wanted for selector in advanced) or any(
        selector.get("IncludeManagementEvents") is True
        and selector.get("ReadWriteType") == "All"
        and not selector.get("ExcludeManagementEventSources")
        for selector in basic
    )
