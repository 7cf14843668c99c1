"""The launch configuration that takes the place of one which fails a control."""

import base64
import hashlib
import json
import re

READ_ONLY = ("LaunchConfigurationName", "LaunchConfigurationARN", "CreatedTime")


def replacement(configuration, needs):
    """Return whether the configuration fails, and a copy that doesn't; one that is gone can't fail."""
    if configuration is None or not fails(configuration, needs):
        return {"wrong": False, "copy": None}
    copy = settings(configuration)
    if needs == "tokens":
        copy["MetadataOptions"] = {**copy.get("MetadataOptions", {}), "HttpTokens": "required"}
    else:
        copy["AssociatePublicIpAddress"] = False
    return {
        "wrong": True,
        "copy": {"LaunchConfigurationName": copy_name(configuration, copy), **copy},
    }


def fails(configuration, needs):
    """Tell whether a launch configuration breaks what the control needs."""
    if needs == "tokens":
        return (configuration.get("MetadataOptions") or {}).get("HttpTokens") != "required"
    return configuration.get("AssociatePublicIpAddress") is True


def settings(configuration):
    """Return what creating the configuration takes; AWS answers empty text and lists for nothing."""
    found = {
        name: value
        for name, value in configuration.items()
        if name not in READ_ONLY and value not in (None, "", [])
    }
    if "UserData" in found:
        found["UserData"] = plain_text(found["UserData"])
    return found


def plain_text(user_data):
    """Decode user data, because boto3 encodes what CreateLaunchConfiguration gets."""
    try:
        return base64.b64decode(user_data).decode()
    except UnicodeDecodeError as error:
        raise ValueError(
            "The user data is not text, and this remediation can't carry such data over."
            " Replace the launch configuration by hand."
        ) from error


def copy_name(configuration, copy):
    """Name a copy after its content, so that a second run finds the copy of the first."""
    base = re.sub("-asr-[0-9a-f]{8}$", "", configuration["LaunchConfigurationName"])[:242]
    content = hashlib.sha256(json.dumps(copy, sort_keys=True).encode()).hexdigest()
    return f"{base}-asr-{content[:8]}"


def creations(configuration, copy, groups, delete):
    """Return what to create: a copy when groups need it; the original again when it gets deleted."""
    copies = [copy] if copy and groups else []
    originals = []
    if copy and delete:
        name = configuration["LaunchConfigurationName"]
        originals = [{"LaunchConfigurationName": name, **settings(configuration)}]
    return {
        "copies": copies,
        "names": [one["LaunchConfigurationName"] for one in copies],
        "originals": originals,
    }
