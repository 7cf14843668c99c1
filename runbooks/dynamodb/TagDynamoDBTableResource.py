"""Which tags a table lacks."""


def missing_table_tags(fallback, value, tags=None, required=None):
    """Tags to add, all with one value."""
    present = [tag["Key"] for tag in tags or []]
    return [{"Key": key, "Value": value} for key in lacking_tag_keys(present, fallback, required)]
