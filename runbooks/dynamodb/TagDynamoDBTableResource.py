"""Which tags a table lacks."""


def missing_table_tags(fallback, value, tags=None, required=None):
    """Tags to add, all with one value: the required keys, or the fallback where any tag would do."""
    present = [tag["Key"] for tag in tags or [] if not tag["Key"].lower().startswith("aws:")]
    wanted = required or ([] if present else [fallback])
    return [{"Key": key, "Value": value} for key in wanted if key not in present]
