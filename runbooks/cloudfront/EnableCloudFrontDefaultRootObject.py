"""Whether a distribution needs a default root object, and its configuration with one."""


def root_object_plan(config, wanted):
    """Tell whether the control passes, which origin answers the root URL, and the new configuration."""
    origins = {origin["Id"]: origin for origin in config["Origins"]["Items"]}
    answering = _answering_origin(config, origins)
    plan = {
        "compliant": bool(config.get("DefaultRootObject"))
        or not any(_is_bucket(origin) for origin in origins.values()),
        "origin": answering["DomainName"],
        "config": {**config, "DefaultRootObject": wanted},
    }
    if not plan["compliant"] and not _is_bucket(answering):
        raise ValueError(
            f"The root URL is answered by {answering['DomainName']}, which is no S3 bucket and would"
            f" be asked for /{wanted} instead of /. Set the default root object by hand if that is right."
        )
    return plan


def _is_bucket(origin):
    """Tell whether an origin is an S3 bucket: all others have a configuration of their own type."""
    return "CustomOriginConfig" not in origin and "VpcOriginConfig" not in origin


def _answering_origin(config, origins):
    """Return the origin that the default cache behavior asks first; of a group, its primary one."""
    target = config["DefaultCacheBehavior"]["TargetOriginId"]
    groups = config.get("OriginGroups", {}).get("Items", [])
    members = {group["Id"]: group["Members"]["Items"][0]["OriginId"] for group in groups}
    return origins[members.get(target, target)]
