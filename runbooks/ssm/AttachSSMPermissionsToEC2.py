"""Whether an instance can be given permissions for Systems Manager, and through which profile."""


def is_managed(managed, instance):
    """Tell whether Systems Manager lists the instance; raise when a new profile would not help."""
    if managed:
        return True
    state, profile = instance["State"]["Name"], instance.get("IamInstanceProfile")
    if state != "running":
        raise ValueError(
            f"The instance is {state}, and only a running one can register with Systems Manager."
        )
    if profile:
        raise ValueError(
            f"The instance has profile {profile['Arn']} already, and this remediation changes no"
            " rights of roles that others rely on. Attach the AWS managed policy"
            " AmazonSSMManagedInstanceCore to its role if it lacks it; else look at the agent and"
            " at the way to the endpoints of Systems Manager."
        )
    return False


def last_part(arn):
    """Return the name at the end of a role's ARN; the profile has the same name as its role."""
    return arn.rsplit("/", 1)[-1]
