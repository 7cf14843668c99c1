"""Which S3 buckets a distribution has as origins, and which of them may be made."""

import re

# Amazon S3 user guide, "Virtual hosting of buckets" and "Amazon S3 dual-stack endpoints": the endpoint of a bucket, of
# which the Region may be missing. Website endpoints, access points and S3 on Outposts have other labels.
ENDPOINT = re.compile(
    r"(?P<name>[a-zA-Z0-9._-]+)[.]s3(?:[.-](?:dualstack[.])?(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9]+))?"
    r"[.]amazonaws[.]com(?:[.]cn)?"
)


def bucket_origins(config, own):
    """List the names of the origins' buckets that are not the account's own."""
    return sorted({name for _, name, _ in _buckets(config)} - set(own or []))


def missing_buckets(config, names, exists, region):
    """Return the buckets to make with their places, or refuse where an answer of 403 would break a failover."""
    lacking = {name for name, there in zip(names, exists, strict=True) if there is None}
    places = {name: place for _, name, place in _buckets(config) if name in lacking}
    origins = {origin for origin, name, _ in _buckets(config) if name in lacking}
    for group in config.get("OriginGroups", {}).get("Items", []):
        codes = group["FailoverCriteria"]["StatusCodes"]["Items"]
        first = group["Members"]["Items"][0]["OriginId"]
        if first in origins and 404 in codes and 403 not in codes:
            raise ValueError(
                f"Origin group {group['Id']} fails over because {first} has no bucket and answers 404. An empty"
                " bucket answers 403. Add 403 to the group's failover criteria, then remediate again."
            )
    buckets = [
        {"name": name, "location": bucket_location(places[name] or region)}
        for name in sorted(lacking)
    ]
    return {"buckets": buckets, "names": sorted(lacking)}


def _buckets(config):
    """List origin id, bucket name and Region (or None) of the origins that are buckets."""
    found = []
    for origin in config["Origins"]["Items"]:
        match = ENDPOINT.fullmatch(origin["DomainName"])
        if match:
            found.append((origin["Id"], match["name"], match["region"]))
    return found
