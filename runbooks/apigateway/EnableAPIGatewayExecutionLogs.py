"""Which settings of a stage write no execution logs, and what they must become."""

ALL_METHODS = "*/*"
ALL_ROUTES = "all routes"


def logging_plan(stage, methods=None, protocol=None, defaults=None, routes=None, level=None):
    """Return the silent settings with their former levels, and the route settings before and after."""
    if protocol == "HTTP":
        raise ValueError(f"Stage {stage} belongs to an HTTP API, which has no execution logs.")
    passing = [level] if level else ["ERROR", "INFO"]
    wanted = level or "ERROR"
    if protocol is None:
        former = _levels({ALL_METHODS: {}, **(methods or {})}, "loggingLevel", passing)
        return {"silent": sorted(former), "former": former, "level": wanted}
    settings = {ALL_ROUTES: defaults or {}, **(routes or {})}
    former = _levels(settings, "LoggingLevel", passing)
    changed = {name: {**settings[name], "LoggingLevel": wanted} for name in former}
    restored = {name: {**settings[name], "LoggingLevel": was} for name, was in former.items()}
    return {
        "silent": sorted(former),
        "former": former,
        "level": wanted,
        "defaults": changed.pop(ALL_ROUTES, None),
        "routes": changed or None,
        "oldDefaults": restored.pop(ALL_ROUTES, None),
        "oldRoutes": restored or None,
    }


def _levels(settings, member, passing):
    """Return the levels of the settings that don't pass; no level is OFF."""
    levels = {name: setting.get(member) or "OFF" for name, setting in settings.items()}
    return {name: level for name, level in levels.items() if level not in passing}
