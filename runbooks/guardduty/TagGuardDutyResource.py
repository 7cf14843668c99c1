"""Which tags a resource lacks."""


def missing_tags(value, fallback, tags=None, required=None):
    """Tags to add, all with one value: the required keys, or the fallback where any tag would do."""
    present = {key for key in tags or {} if not key.lower().startswith("aws:")}
    wanted = required or ([] if present else [fallback])
    return {key: value for key in wanted if key not in present}
