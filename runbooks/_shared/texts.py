"""Words for people."""


def first_few(names, most, separator=", "):
    """Join the first names and say how many more there are, so that a text stays short."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return separator.join(names[:most]) + more
