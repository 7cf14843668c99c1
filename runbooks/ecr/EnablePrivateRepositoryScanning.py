"""Whether images that are pushed to a repository are scanned."""


def is_scanned(name, on_push, frequency, registry):
    """Tell whether pushes are scanned; raise when only the registry's filters could change that."""
    if frequency in ("SCAN_ON_PUSH", "CONTINUOUS_SCAN"):
        return True
    if registry == "ENHANCED":
        raise ValueError(
            "The registry uses enhanced scanning, where filters choose what is scanned and the"
            f" repository's own setting counts for nothing. Add a filter that covers {name} to the"
            " registry's scanning configuration in this Region, then the control passes."
        )
    return on_push is True
