"""Which capacities of a table and its indexes don't follow the load yet, and what makes them do so."""


def scaling_resources(table):
    """Return the table and its indexes as Application Auto Scaling names them; none when on demand."""
    if table["mode"] == "PAY_PER_REQUEST":
        return []
    name = f"table/{table['name']}"
    return [name] + [f"{name}/index/{index['name']}" for index in table["indexes"] or []]


def scaling_plan(table, resources, factor, wanted, targets=None, policies=None):
    """Return what has to be registered and put, what of it is new, and what it replaces.

    `wanted` holds what Security Hub was told: MinRead, TargetRead, MinWrite, TargetWrite.
    """
    plan = {"gaps": [], "register": [], "registered": [], "put": [], "putBefore": [], "old": []}
    known = [policy for found in policies or [] for policy in found or []]
    for resource, units in zip(resources, [table, *(table["indexes"] or [])]):
        for kind in ("Read", "Write"):
            place = {"resource": resource, "dimension": dimension_of(resource, kind)}
            target = change_of_target(
                place, units[kind.lower()], wanted[f"Min{kind}"], factor, targets or []
            )
            policy = change_of_policy(place, kind, wanted[f"Target{kind}"], known)
            if target:
                plan["register"].append(target["new"])
                plan["old" if target["old"] else "registered"].append(target["old"] or place)
            if policy:
                plan["put"].append(policy["new"])
                plan["putBefore"] += [policy["old"]] if policy["old"] else []
            if target or policy:
                plan["gaps"].append(f"{kind.lower()} capacity of {resource}")
    replaced = {(one["resource"], one["dimension"]) for one in plan["putBefore"]}
    plan["added"] = [
        one for one in plan["put"] if (one["resource"], one["dimension"]) not in replaced
    ]
    return plan


def dimension_of(resource, kind):
    """Return the scalable dimension of a table or an index."""
    return f"dynamodb:{'index' if '/index/' in resource else 'table'}:{kind}CapacityUnits"


def change_of_target(place, units, least, factor, targets):
    """Return the limits to register: none may be lower than what the owner provisioned."""
    for target in targets:
        if is_at(target, place):
            low, high = target["MinCapacity"], target["MaxCapacity"]
            if least is None or low >= least:
                return None
            old = {**place, "min": low, "max": high}
            return {"new": {**place, "min": least, "max": max(high, least)}, "old": old}
    low = max(units, least or 1)
    return {"new": {**place, "min": low, "max": max(low, units * factor)}, "old": None}


def change_of_policy(place, kind, goal, policies):
    """Return the target tracking to put: a new one, or the existing one with another goal."""
    metric = f"DynamoDB{kind}CapacityUtilization"
    tracking = [
        policy
        for policy in policies
        if is_at(policy, place) and policy["PolicyType"] == "TargetTrackingScaling"
    ]
    for policy in tracking:
        config = policy["TargetTrackingScalingPolicyConfiguration"]
        if config.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType") == metric:
            if goal is None or config["TargetValue"] == goal:
                return None
            old = {**place, "name": policy["PolicyName"], "config": config}
            return {"new": {**old, "config": {**config, "TargetValue": goal}}, "old": old}
    if tracking and goal is None:
        return None
    config = {
        "TargetValue": 70 if goal is None else goal,
        "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
    }
    name = f"{metric}:{place['resource']}"
    return {"new": {**place, "name": name, "config": config}, "old": None}


def is_at(found, place):
    """Tell whether a target or policy is of this resource and dimension."""
    return (found["ResourceId"], found["ScalableDimension"]) == tuple(place.values())
