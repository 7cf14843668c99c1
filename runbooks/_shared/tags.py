"""Tags that AWS sets itself, and tags that a resource lacks."""


def is_aws_tag(key):
    """Tell whether a tag's key has the prefix that only AWS itself can write."""
    return key.lower().startswith("aws:")


def lacking_tag_keys(present, fallback, required=None):
    """Return the keys to add: those required, or the fallback where any tag would do."""
    own = [key for key in present if not is_aws_tag(key)]
    wanted = required or ([] if own else [fallback])
    return [key for key in wanted if key not in own]
