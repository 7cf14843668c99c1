"""Which method settings of a stage cache without encryption."""


def unencrypted_caches(settings=None):
    """List the keys of method settings that cache, but don't encrypt the cache."""
    return sorted(
        method
        for method, setting in (settings or {}).items()
        if setting.get("cachingEnabled") is True and setting.get("cacheDataEncrypted") is not True
    )
