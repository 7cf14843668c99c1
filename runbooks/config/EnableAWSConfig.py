"""What is wrong with a Region's configuration recorder, and the recorder that passes."""

# DescribeConfigurationRecorders reports these, PutConfigurationRecorder doesn't take them.
REPORTED_ONLY = {"arn", "recordingScope", "servicePrincipal"}


def recorder_plan(
    recorders, statuses, channel, require_service_role, record_global_types, service_role
):
    """Faults in words, the customer's recorder, and what it must become unless it may stay."""
    # Recorders of AWS services stand beside the customer's own one and don't count.
    own = next((_writable(one) for one in recorders if "servicePrincipal" not in one), None)
    start = own or {"name": "default", "roleARN": service_role}
    wanted = _recording_all(start, record_global_types)
    if require_service_role:
        wanted["roleARN"] = service_role
    name = wanted["name"]
    recording = any(one["name"] == name and one.get("recording") is True for one in statuses)
    group_fits = wanted["recordingGroup"] == _group(start)
    role_fits = wanted["roleARN"] == start["roleARN"]
    faults = {
        "there is no recorder": own is None,
        "it records only some resource types": own is not None and not group_fits,
        "it uses another role than the service-linked one": not role_fits,
        "the recorder is stopped": own is not None and not recording,
        "there is no delivery channel": channel is None,
    }
    may_stay = own is not None and group_fits and role_fits
    return {
        "wrong": [text for text, is_so in faults.items() if is_so],
        "name": name,
        "former": own,
        "wanted": None if may_stay else wanted,
        "recording": recording,
    }


def delivery_bucket(account, region, partition, given=None):
    """The bucket to deliver to; one of our own comes with its place and its policy."""
    name = f"asr-config-{account}-{region}"
    bucket = f"arn:{partition}:s3:::{name}"
    deliver = {
        "Sid": "DeliverForThisAccount",
        "Effect": "Allow",
        "Principal": {"Service": "config.amazonaws.com"},
        "Action": ["s3:GetBucketAcl", "s3:ListBucket", "s3:PutObject"],
        "Resource": [bucket, f"{bucket}/AWSLogs/{account}/Config/*"],
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    return own_log_bucket(name, region, partition, [deliver], given)


def _writable(recorder):
    """The recorder as PutConfigurationRecorder takes it."""
    return {key: value for key, value in recorder.items() if key not in REPORTED_ONLY}


def _recording_all(recorder, record_global_types):
    """The same recorder, recording everything; how often it records stays."""
    group = {
        "allSupported": True,
        "includeGlobalResourceTypes": record_global_types
        or _group(recorder)["includeGlobalResourceTypes"],
        "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"},
    }
    return {**recorder, "recordingGroup": group}


def _group(recorder):
    """What a recorder records, in a form that can be compared."""
    group = recorder.get("recordingGroup", {"allSupported": True})
    everything = group.get("allSupported") is True
    plain = {
        "allSupported": everything,
        "includeGlobalResourceTypes": group.get("includeGlobalResourceTypes", False),
    }
    if everything:
        return {**plain, "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}}
    return {**group, **plain}
