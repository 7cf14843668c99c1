"""Which KMS keys can rotate their key material."""


def require_rotatable(key):
    """Refuse keys that KMS can't rotate automatically and say why.

    Source: EnableKeyRotation, AWS KMS API Reference.
    """
    regions = key.get("MultiRegionConfiguration") or {}
    primary = (regions.get("PrimaryKey") or {}).get("Region")
    replica = regions.get("MultiRegionKeyType") == "REPLICA"
    state = key.get("KeyState")
    reasons = (
        (key.get("KeyManager") == "AWS", "AWS manages this key and rotates it every year"),
        (key.get("KeySpec") != "SYMMETRIC_DEFAULT", "only symmetric encryption keys can rotate"),
        (key.get("Origin") == "EXTERNAL", "keys with imported material can't rotate automatically"),
        (key.get("Origin") != "AWS_KMS", "keys in a custom key store can't rotate automatically"),
        (replica, f"this replica follows the primary key in {primary}"),
        (state != "Enabled", f"the key is in state {state}, not Enabled"),
    )
    for applies, reason in reasons:
        if applies:
            raise ValueError(f"Rotation of {key['KeyId']} can't be turned on: {reason}.")
    return key["KeyId"]
