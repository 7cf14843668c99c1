"""Where the backups of a Redis OSS or Valkey cache are set, and from which node they are taken."""


def backup_plan(resource, days, cluster=None, group=None):
    """Return what has to be set where; `new` is absent where the backups are kept long enough."""
    if group is None and cluster is None:
        raise ValueError(f"{resource} is gone")
    if group is None and cluster["engine"] == "memcached":
        raise ValueError(f"{resource} runs Memcached, which has no backups: suppress this finding")
    owner = cluster if group is None else group
    kept = owner["days"] or 0
    return {
        "cluster": owner["id"] if group is None else None,
        "group": None if group is None else owner["id"],
        "old": kept,
        "new": days if kept < days else None,
        "source": None if group is None else source_node(group),
    }


def source_node(group):
    """Return the node to back up: only groups without cluster mode want to be told, a replica is best."""
    if group["sharded"] or group["source"]:
        return None
    nodes = group["nodes"] or []
    replicas = [node["id"] for node in nodes if node["role"] != "primary"]
    return (replicas or [node["id"] for node in nodes] or [None])[0]
