"""Which security group may be closed, and how its rules are opened again."""


def require_default_group(name, group):
    """Refuse every group but the default one of a VPC: only that one is the control's business."""
    if name != "default":
        raise ValueError(f"{group} is named {name}, so it isn't the default group of its VPC.")
    return name


def single_permissions(permissions):
    """Return one permission per rule, with only what Authorize takes.

    One call per rule, so that a rule that is there already doesn't keep the others out.
    """
    result = []
    for permission in permissions:
        names = ("IpProtocol", "FromPort", "ToPort")
        traffic = {name: permission[name] for name in names if name in permission}
        for sources, members in (
            ("IpRanges", ("CidrIp", "Description")),
            ("Ipv6Ranges", ("CidrIpv6", "Description")),
            ("PrefixListIds", ("PrefixListId", "Description")),
            ("UserIdGroupPairs", ("GroupId", "UserId", "Description")),
        ):
            for source in permission.get(sources, []):
                kept = {key: source[key] for key in members if source.get(key)}
                result.append({**traffic, sources: [kept]})
    return result
