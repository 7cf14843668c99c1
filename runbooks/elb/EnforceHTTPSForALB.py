"""Which listeners of a load balancer answer plain HTTP, and where they should send their visitors."""


def plain_listeners(listeners):
    """Return the HTTP listeners whose default action is no redirect to HTTPS, and the port to redirect to."""
    plain = [one for one in listeners if one.get("Protocol") == "HTTP" and not redirects(one)]
    ports = sorted(one["Port"] for one in listeners if one.get("Protocol") == "HTTPS")
    if plain and not ports:
        raise ValueError(
            "The load balancer has no HTTPS listener, so redirected visitors would find nothing."
            " Add one with a certificate, then remediate again."
        )
    return {
        "plain": [{"arn": one["ListenerArn"], "actions": one["DefaultActions"]} for one in plain],
        "port": None if not ports else "443" if 443 in ports else str(ports[0]),
        "names": [f"HTTP:{one['Port']}" for one in plain],
    }


def redirects(listener):
    """Tell whether everything that no rule of the listener catches is redirected to HTTPS."""
    actions = listener.get("DefaultActions") or []
    return any(
        one.get("Type") == "redirect" and one.get("RedirectConfig", {}).get("Protocol") == "HTTPS"
        for one in actions
    )


def other_rules(rules):
    """Count the rules besides the default ones; `rules` holds one list for each listener."""
    return sum(not one["IsDefault"] for found in rules or [] for one in found or [])
