"""Which variables of a build hold AWS keys in clear text, and the environment without them."""

CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def clear_text_names(environment):
    """Names of the variables that the control objects to."""
    return [one["name"] for one in _variables(environment) if _is_clear_text(one)]


def clear_text_values(environment):
    """The same variables with their values."""
    return [
        {"name": one["name"], "value": one["value"]}
        for one in _variables(environment)
        if _is_clear_text(one)
    ]


def without_clear_text(environment, path):
    """The environment with parameters under `path` in place of the keys; all else stays."""
    moved = [
        {"name": one["name"], "type": "PARAMETER_STORE", "value": path + one["name"]}
        if _is_clear_text(one)
        else one
        for one in _variables(environment)
    ]
    return {**environment, "environmentVariables": moved}


def demand_access(decision, role, parameters):
    """The role's name, if its builds can read the parameters; they would break otherwise."""
    if decision != "allowed":
        raise ValueError(
            f"{role} may not read them: allow it ssm:GetParameters on {parameters} and run again"
        )
    return role.rsplit("/", 1)[-1]


def _variables(environment):
    """Projects without variables have no list."""
    return (environment or {}).get("environmentVariables", [])


def _is_clear_text(variable):
    """Variables without a type are of the type PLAINTEXT."""
    return variable["name"] in CREDENTIALS and variable.get("type", "PLAINTEXT") == "PLAINTEXT"
