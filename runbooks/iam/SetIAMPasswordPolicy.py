"""What a password policy must become so that a control passes, without loosening anything."""

# With no policy of its own an account asks for 8 characters of three kinds (IAM user guide, "Set an
# account password policy for IAM users"). The first own policy must not ask for less.
WITHOUT_POLICY = {
    "MinimumPasswordLength": 8,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "RequireNumbers": True,
}
# Members that GetAccountPasswordPolicy reports and UpdateAccountPasswordPolicy doesn't take.
REPORTED_MEMBERS = {"ExpirePasswords"}


def strengthen(meets, parameters, policy=None):
    """Settings that are too weak, the policy that passes, and the former one as undo writes it."""
    wanted = parameters if meets == "parameters" else meets
    former = None if policy is None else _writable_policy(policy)
    current = former or {}
    stricter = {name: _stricter(name, current.get(name), value) for name, value in wanted.items()}
    asked = {name: value for name, value in stricter.items() if value not in (None, False)}
    lacking = [
        f"{name} to {_text(asked[name])}"
        for name in sorted(asked)
        if current.get(name) != asked[name]
    ]
    if former is None:
        base = {
            name: _stricter(name, asked.get(name), value) for name, value in WITHOUT_POLICY.items()
        }
        return {"lacking": lacking, "stronger": {**asked, **base}, "former": None}
    return {"lacking": lacking, "stronger": {**current, **asked}, "former": former}


def _writable_policy(policy):
    """The policy as UpdateAccountPasswordPolicy takes it; 0 means that a rule is off."""
    return {
        name: value
        for name, value in policy.items()
        if name not in REPORTED_MEMBERS
        and value is not None
        and not (value == 0 and value is not False)
    }


def _stricter(name, current, wanted):
    """The stricter of two values; absent values are the weakest."""
    if current is None or wanted is None:
        return wanted if current is None else current
    if isinstance(wanted, bool):
        return current or wanted
    return min(current, wanted) if name == "MaxPasswordAge" else max(current, wanted)


def _text(value):
    """A value as people write it."""
    return str(value).lower()
