"""What CreateFlowLogs answers."""


def made_flow_logs(ids, unsuccessful):
    """Return the ids of the flow logs, or fail with the reasons of EC2 when it refused one."""
    reasons = [f"{item['ResourceId']}: {item['Error']['Message']}" for item in unsuccessful or []]
    if reasons:
        raise ValueError(f"No flow log was made for {', '.join(reasons)}")
    return ids
