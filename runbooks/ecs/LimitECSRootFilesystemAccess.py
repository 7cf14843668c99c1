"""The read-only form of a task definition, and the services that a new revision concerns."""


def read_only_definition(definition, tags):
    """Names of the containers that may write to their root, and what a new revision changes."""
    if definition is None:
        return {"writable": [], "new": None}
    containers = definition["containerDefinitions"]
    writable = [one["name"] for one in containers if one.get("readonlyRootFilesystem") is not True]
    if writable and definition.get("runtimePlatform", {}).get(
        "operatingSystemFamily", ""
    ).startswith("WINDOWS"):
        raise ValueError(
            "Windows containers can't have a read-only root: suppress the finding instead"
        )
    # Tags of AWS itself can't be written.
    kept = [tag for tag in tags or [] if not is_aws_tag(tag["key"])]
    return {
        "writable": writable,
        "new": {
            "containerDefinitions": [{**one, "readonlyRootFilesystem": True} for one in containers],
            "tags": kept or None,
        },
    }


def batches_of_ten(clusters, services):
    """Services in portions for DescribeServices; `services` holds one list for each cluster."""
    return [
        {"cluster": cluster, "services": found[start : start + 10]}
        for cluster, found in zip(clusters or [], services or [])
        for start in range(0, len(found or []), 10)
    ]


def users_of_revision(described, arn):
    """Services that run this revision: those that ECS deploys, and names of all others."""
    running = [
        one
        for found in described or []
        for one in found or []
        if one["revision"] == arn and one["status"] != "INACTIVE"
    ]
    own = [one for one in running if one["controller"] in (None, "ECS")]
    return {
        "users": [{"cluster": one["cluster"], "service": one["service"]} for one in own],
        "names": [one["name"] for one in own] or ["none"],
        "others": [one["name"] for one in running if one not in own] or ["none"],
    }
