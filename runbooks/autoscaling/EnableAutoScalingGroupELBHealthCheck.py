"""How a group of instances behind a load balancer judges them, and how it should."""


def health_plan(group, grace):
    """Return whether the group ignores its load balancers, and the health checks that mend it."""
    if group is None:
        raise ValueError("The Auto Scaling group no longer exists")
    sources = group.get("TrafficSources") or []
    groups = set(group.get("TargetGroupARNs") or [])
    groups |= {one["Identifier"] for one in sources if one.get("Type") == "elbv2"}
    classic = set(group.get("LoadBalancerNames") or [])
    classic |= {one["Identifier"] for one in sources if one.get("Type") == "elb"}
    types = [one.strip() for one in group["HealthCheckType"].split(",")]
    return {
        "wrong": bool(groups or classic) and "ELB" not in types,
        "groups": sorted(groups),
        "classic": sorted(classic),
        # EC2 is always checked and only written to clear the others.
        "types": ",".join([one for one in types if one != "EC2"] + ["ELB"]),
        # Without a grace period instances would be judged while they start.
        "grace": group.get("HealthCheckGracePeriod") or grace,
    }


def failing(instances, targets, classic):
    """Name instances in service that a load balancer finds unhealthy; raise when it finds all so."""
    found = {
        one["Target"]["Id"]
        for health in targets or []
        for one in health or []
        if one["TargetHealth"]["State"] == "unhealthy"
    }
    # A Classic Load Balancer also says OutOfService of instances that are still being registered.
    found |= {
        one["InstanceId"]
        for states in classic or []
        for one in states or []
        if one["State"] == "OutOfService" and one.get("ReasonCode") == "Instance"
    }
    serving = [one["InstanceId"] for one in instances if one["LifecycleState"] == "InService"]
    unhealthy = sorted(found.intersection(serving))
    if unhealthy and len(unhealthy) == len(serving):
        raise ValueError(
            f"The load balancer finds all {len(serving)} instances of the group unhealthy, so all"
            " of them would be replaced at once, again and again. Mend the health check of the"
            " load balancer first, then remediate again."
        )
    return unhealthy
