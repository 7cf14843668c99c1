"""Where a VPC's endpoint for a service goes."""


def endpoint_plan(vpc, subnets, service, attributes, wanted):
    """Return the subnets, address blocks and DNS setting of an endpoint, or raise when none is possible."""
    if service is None:
        raise ValueError("AWS offers no interface endpoint for this service in this Region.")
    chosen = subnet_per_zone(subnets, service["AvailabilityZones"])
    if not chosen:
        raise ValueError(
            f"{vpc['VpcId']} has no subnet with free addresses in a zone that offers"
            f" {service['ServiceName']}. Add one, or delete the VPC or suppress the finding if"
            " nothing runs in it."
        )
    blocks = [
        one["CidrBlock"]
        for one in vpc.get("CidrBlockAssociationSet") or []
        if one["CidrBlockState"]["State"] == "associated"
    ]
    return {
        "subnets": chosen,
        "blocks": blocks or [vpc["CidrBlock"]],
        "service": service["ServiceName"],
        # EC2 refuses private names in a VPC that does not resolve them.
        "private": wanted and all(attributes),
    }


def subnet_per_zone(subnets, zones):
    """Choose in each zone the subnet with the most free addresses; an endpoint takes one of them."""
    best = {}
    for one in sorted(
        subnets, key=lambda each: (-each["AvailableIpAddressCount"], each["SubnetId"])
    ):
        fits = one["AvailabilityZone"] in zones and one["AvailableIpAddressCount"] > 0
        if fits and not one.get("OutpostArn") and not one.get("Ipv6Native"):
            best.setdefault(one["AvailabilityZone"], one["SubnetId"])
    return [best[zone] for zone in sorted(best)]


def endpoint_group(existing, made):
    """Return the security group of the endpoint: one of an earlier run, or the new one."""
    return existing or made
