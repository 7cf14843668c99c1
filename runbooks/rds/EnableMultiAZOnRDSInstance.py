"""Whether, and when, an instance may become a Multi-AZ deployment."""


def is_request_needed(instance, multi, pending, apply_now):
    """Tell whether RDS has to be asked, or raise when other changes would be applied with this one."""
    waiting = pending or {}
    others = sorted(name for name in waiting if name != "MultiAZ")
    if multi is not True and apply_now and others:
        raise ValueError(
            f"{instance} has other changes that wait for its maintenance window"
            f" ({', '.join(others)}), and ApplyImmediately would apply them as well. Apply or"
            " withdraw them first, or leave ApplyImmediately at false."
        )
    return apply_now or waiting.get("MultiAZ") is not True
