"""Whether unsigned requests can reach a queue, which encryption would shut out."""

# Global condition keys that only a signed request of an AWS identity or service has.
SIGNED_KEYS = {
    "aws:principalaccount", "aws:principalarn", "aws:principalisawsservice", "aws:principalorgid",
    "aws:principalorgpaths", "aws:principalservicename", "aws:principaltype", "aws:sourceaccount",
    "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:userid",
    "aws:username",
}  # fmt: skip


def unsigned_access(accept, policy=None):
    """Describe the statements that let unsigned requests in, or raise unless these may be lost."""
    statements = policy_statements(policy)
    open_ids = [s.get("Sid", "(no Sid)") for s in statements if _lets_unsigned_in(s)]
    if not open_ids:
        return "no statement of the policy lets them in"
    if not accept:
        raise ValueError(
            "The queue's policy lets unsigned requests in, which SQS refuses once the queue is"
            f" encrypted: {', '.join(open_ids)}. Narrow these statements, or run again with"
            " RefuseAnonymous true."
        )
    return f"will be refused, though {', '.join(open_ids)} lets them in"


def _lets_unsigned_in(statement):
    """Tell whether a statement allows everyone something, without a condition on who it is."""
    keys = {key for _, key, _ in conditions_of(statement)}
    return (
        statement.get("Effect") == "Allow" and names_everyone(statement) and not keys & SIGNED_KEYS
    )
