"""A build environment without privileged mode, and what speaks for builds that need it."""

import re


def without_privileged_mode(name, environment=None, source=None):
    """Whether the environment is privileged, the same without, and what is known about Docker."""
    if environment is None:
        raise ValueError(f"There is no project {name}.")
    return {
        "privileged": environment.get("privilegedMode") is True,
        "wanted": {**environment, "privilegedMode": False},
        "docker": _docker_signs(environment, source or {}),
    }


def _docker_signs(environment, source):
    """Name what suggests that builds run Docker; a buildspec in the repository can't be seen."""
    spec = source.get("buildspec") or ""
    inline = "\n" in spec or spec.lstrip().startswith("{")
    signs = []
    if inline and re.search(r"\b(?:docker|dockerd|buildah|podman)\b", spec):
        signs.append("its buildspec runs Docker")
    if re.search(r"\bdocker\b", environment.get("image", "")):
        signs.append(f"its image is {environment['image']}")
    if not inline:
        signs.append("its buildspec is kept with the source, look there first")
    return ", ".join(signs) or "its buildspec does not mention it"
