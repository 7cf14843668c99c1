"""Which attributes a topic lacks to log the delivery of its messages."""

# Amazon SNS API reference, SetTopicAttributes: the prefixes of the attributes for delivery status.
ENDPOINTS = ("Application", "Firehose", "HTTP", "Lambda", "SQS")


def missing_feedback(attributes, role, rate):
    """Endpoints without a role for successes or failures, the attributes that give them one, the roles now."""
    roles = [
        (endpoint, f"{endpoint}{result}FeedbackRoleArn")
        for endpoint in ENDPOINTS
        for result in ("Failure", "Success")
    ]
    lacking = [(endpoint, name) for endpoint, name in roles if not attributes.get(name)]
    rates = [
        f"{endpoint}SuccessFeedbackSampleRate"
        for endpoint, name in lacking
        if "Success" in name and f"{endpoint}SuccessFeedbackSampleRate" not in attributes
    ]
    return {
        "endpoints": sorted({endpoint for endpoint, _ in lacking}),
        "missing": [
            *({"name": name, "value": role} for _, name in lacking),
            *({"name": name, "value": str(rate)} for name in rates),
        ],
        "former": [{"name": name, "value": ""} for _, name in lacking],
        "roles": {name: attributes.get(name) for _, name in roles},
    }
