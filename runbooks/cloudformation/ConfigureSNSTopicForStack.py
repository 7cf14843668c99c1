"""Whether a stack can be given a topic without touching anything else."""

STABLE = {
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
}


def updatable(stack, name):
    """Parameters that keep every value, and the state in words; raises where others own the stack."""
    status = stack["StackStatus"]
    if status not in STABLE:
        reason = f" ({stack['StackStatusReason']})" if stack.get("StackStatusReason") else ""
        raise ValueError(f"Stack {name} can't be updated while it is {status}{reason}.")
    if stack.get("ParentId"):
        raise ValueError(
            f"{name} is a nested stack of {stack['ParentId']}, which overwrites changes made past it."
            " Give that template NotificationARNs."
        )
    if name.startswith("StackSet-"):
        raise ValueError(
            f"{name} belongs to a stack set, whose next operation would undo the change."
        )
    parameters = stack.get("Parameters") or []
    resolved = [p["ParameterKey"] for p in parameters if p.get("ResolvedValue") is not None]
    if resolved:
        raise ValueError(
            f"Each update reads {', '.join(resolved)} from Parameter Store again, which may change"
            " resources. Add the topic with the next deployment of the stack."
        )
    keep = [{"ParameterKey": p["ParameterKey"], "UsePreviousValue": True} for p in parameters]
    return {"parameters": keep, "state": status}


def notification_topics(made, given=None):
    """The topics of the stack: the given one, else the one that was made."""
    return [given or made]
