"""Whether automatic failover can be turned on without doing anything else."""


def ready_for_failover(group, failover, nodes, pending):
    """Raise when there is nothing to fail over to, or when other changes would be applied as well."""
    if failover in ("enabled", "enabling"):
        return True
    if not nodes or min(nodes) < 2:
        raise ValueError(
            f"Replication group {group} has no replica that could take over. Add one to each of its"
            " shards (IncreaseReplicaCount, charged like any node), then remediate again."
        )
    others = sorted(name for name in pending or {} if name != "AutomaticFailoverStatus")
    if others:
        raise ValueError(
            f"Replication group {group} has other changes that wait for its maintenance window"
            f" ({', '.join(others)}) and would be applied now as well. Apply or withdraw them first."
        )
    return True
