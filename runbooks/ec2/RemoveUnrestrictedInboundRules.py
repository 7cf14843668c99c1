"""Which inbound rules let the whole internet in against the control, and how they come back."""


def violating(rules, check, tcp, udp, high_risk):
    """Return the inbound rules from 0.0.0.0/0 or ::/0 that the control's check refuses."""
    return [
        rule
        for rule in rules
        if is_open_to_world(rule) and is_refused(rule, check, tcp, udp, high_risk)
    ]


def is_open_to_world(rule):
    """Tell whether a rule lets every address in; prefix lists and groups never count."""
    if rule.get("IsEgress"):
        return False
    return rule.get("CidrIpv4") == "0.0.0.0/0" or rule.get("CidrIpv6") == "::/0"


def is_refused(rule, check, tcp, udp, high_risk):
    """Tell whether a world-open rule breaks the check; protocols without ports never do, -1 has all."""
    protocol = str(rule["IpProtocol"])
    if protocol == "-1":
        return True
    allowed = {"tcp": tcp, "6": tcp, "udp": udp, "17": udp}.get(protocol)
    if allowed is None:
        return False
    first, last = port_range(rule)
    if check == "only-authorized":
        inside = {port for port in map(int, allowed) if first <= port <= last}
        return len(inside) < last - first + 1
    if check == "tcp-closed" and protocol not in ("tcp", "6"):
        return False
    if check in ("tcp-closed", "not-high-risk"):
        return any(first <= int(port) <= last for port in high_risk)
    raise ValueError(f"unknown check {check}")


def port_range(rule):
    """Return first and last port; missing or -1 means all of them."""
    first, last = rule.get("FromPort"), rule.get("ToPort")
    if first in (None, -1) or last in (None, -1):
        return 0, 65535
    return int(first), int(last)


def grants(rules):
    """Return per removed rule the permission and the tag specifications that create it again.

    One call per rule, so that a rule that is there already doesn't keep the others out.
    """
    result = []
    for rule in rules:
        permission = {"IpProtocol": rule["IpProtocol"]}
        if rule["IpProtocol"] != "-1":
            permission.update(FromPort=rule["FromPort"], ToPort=rule["ToPort"])
        text = {"Description": rule["Description"]} if rule.get("Description") else {}
        if rule.get("CidrIpv4"):
            permission["IpRanges"] = [{"CidrIp": rule["CidrIpv4"], **text}]
        else:
            permission["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **text}]
        # Requests can't write tags of the reserved prefix.
        tags = [tag for tag in rule.get("Tags") or [] if not is_aws_tag(tag["Key"])]
        specifications = [{"ResourceType": "security-group-rule", "Tags": tags}] if tags else []
        result.append({"permission": permission, "tags": specifications})
    return result
