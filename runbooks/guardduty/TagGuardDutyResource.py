"""Which tags a resource lacks."""


def missing_tags(value, fallback, tags=None, required=None):
    """Tags to add, all with one value."""
    return {key: value for key in lacking_tag_keys(tags or {}, fallback, required)}
