"""Parts that the compiler copies into a document's script when the script uses them."""

import base64
import functools
import gzip
import hashlib
import json
import random
import re
import time
import zlib
from datetime import datetime, timezone

import boto3
import jmespath
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

RETRIES = Config(retries={"mode": "standard", "max_attempts": 8}, read_timeout=30)
CHUNK = 512
ROOM = 45
STATE = ("resource", "control", "before", "done", "after")
LAST = time.monotonic() + 570  # Systems Manager ends a script after 600 seconds


class Stop(Exception):
    """The run ends here, for a reason that a person can act on."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")


class NotYet(Exception):
    """A long wait is not over: the document comes back after a pause."""

    def __init__(self, seconds):
        super().__init__(f"wait {seconds} seconds")
        self.seconds = seconds


class Later(str):
    """What a call that a preview does not make will answer: text that says so."""

    def __new__(cls, operation, path=()):
        name = ".".join(path) or "answer"
        made = super().__new__(cls, f"({name} of {operation}, known after the call)")
        made.operation, made.path = operation, path
        return made

    def __iter__(self):
        """One item stands for all."""
        yield Later(self.operation, (*self.path, "item"))

    def member(self, name):
        """A member of it; that the call was made is taken for granted."""
        return True if (*self.path, name) == ("done",) else Later(self.operation, (*self.path, name))


@functools.cache
def client(service):
    """One client per service, with retries: Systems Manager does not retry script steps."""
    return boto3.client(service, config=RETRIES)


def plain(value):
    """JSON for what JSON lacks: timestamps as ISO 8601, bytes as base64."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


def ask(operation, members, pages=False):
    """Call AWS; the answer is plain data. With pages all of it: by boto3's paginator, or by a token."""
    service, name = operation.split(":")
    method = xform_name(name)
    if pages is True:
        answer = client(service).get_paginator(method).paginate(**members).build_full_result()
    else:
        answer = getattr(client(service), method)(**members)
        token = answer.pop(pages, None) if pages else None
        while token:
            more = getattr(client(service), method)(**members, **{pages: token})
            token = more.pop(pages, None)
            lists = {name: value for name, value in more.items() if isinstance(value, list)}
            answer.update({name: answer.get(name, []) + value for name, value in lists.items()})
    answer.pop("ResponseMetadata", None)
    return json.loads(json.dumps(answer, default=plain))


def read(operation, members, absent=(), pages=False):
    """Read; None when AWS answers that there is nothing."""
    try:
        return ask(operation, members, pages)
    except ClientError as error:
        if error.response["Error"]["Code"] in absent:
            return None
        raise


def call(run, operation, members, ok=(), retry=(), hide=()):
    """Make a change and record it; a preview only records it."""
    shown = {key: "(hidden)" if key in hide else value for key, value in members.items()}
    if run["mode"] == "Preview":
        run["changes"].append({"call": operation, "with": shown})
        return Later(operation)
    for attempt in range(8):
        try:
            answer = ask(operation, members)
            run["changes"].append({"call": operation, "with": shown})
            return {**answer, "done": True}
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in ok:
                return {"done": False}
            if code not in retry or attempt == 7:
                if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:
                    run["changes"].append({"call": operation, "with": shown, "outcome": "unknown"})
                raise
            time.sleep(min(2**attempt, 20) * random.uniform(0.5, 1))
        except (HTTPClientError, EndpointConnectionError, ConnectTimeoutError):
            # No answer, at last or at an earlier attempt, does not say that AWS did nothing.
            run["changes"].append({"call": operation, "with": shown, "outcome": "unknown"})
            raise
    raise Stop("unreachable", operation)


def once(run, operation, members, **options):
    """Like call, but not again when the document comes back after a long wait."""
    number = run["number"]
    run["number"] = number + 1
    if run["mode"] == "Preview" or number == len(run["made"]):
        answer = call(run, operation, members, **options)
        run["made"].append(answer)
    return run["made"][number]


def planned(function, **values):
    """What a pure function returns; in a preview it may have to wait for the answer of a call."""
    if any(is_later(value) for value in values.values()):
        return Later(function.__name__)
    return function(**values)


def is_later(value):
    """Whether a value is, or holds, what only a call can tell."""
    if isinstance(value, dict):
        return any(is_later(one) for one in value.values())
    if isinstance(value, list):
        return any(is_later(one) for one in value)
    return isinstance(value, Later)


def wait(run, operation, members, until, fail, within, every, pages=False):
    """Read again and again until the answer is as wanted, within so many seconds."""
    if run["mode"] == "Preview":
        return
    end = min(time.monotonic() + within, LAST)
    while True:
        answer = ask(operation, members, pages)
        if until(answer):
            return
        if fail(answer):
            raise Stop("failed", f"{operation} shows that the change failed")
        if time.monotonic() + every > end:
            raise Stop("timed-out", f"{operation} did not show the change in time")
        time.sleep(every)


def wait_long(run, operation, members, until, fail, within, every, pages=False):
    """Like wait, but leaves the script between looks, so that waiting costs nothing."""
    number = run["number"]
    run["number"] = number + 1
    if run["mode"] == "Preview":
        run["made"].append(None)
    if number < len(run["made"]):
        return
    answer = ask(operation, members, pages)
    if until(answer):
        run["made"].append(None)
        return
    if fail(answer):
        raise Stop("failed", f"{operation} shows that the change failed")
    since = run["since"].setdefault(str(number), time.time())
    if time.time() + every > since + within:
        raise Stop("timed-out", f"{operation} did not show the change within {within} seconds")
    raise NotYet(every)


def search(expression, answer):
    """JMESPath on an answer; nothing comes from nothing."""
    return None if answer is None else jmespath.search(expression, answer)


def dig(value, *steps):
    """A member of a member, None where anything on the way is absent."""
    for step in steps:
        if isinstance(value, Later):
            value = value.member(step)
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def count(value):
    """Length of a list, zero when it is absent."""
    return value.member("count") if isinstance(value, Later) else len(value or [])


def either(value, otherwise):
    """A value, or what stands for it when it is absent."""
    return otherwise if value is None else value


def given(members):
    """Members without the absent ones, at every depth."""
    if isinstance(members, dict):
        return {key: given(value) for key, value in members.items() if value is not None}
    if isinstance(members, list):
        return [given(value) for value in members]
    return members


def text(value):
    """How a value reads in a sentence."""
    if isinstance(value, list):
        return ", ".join(text(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    return "" if value is None else str(value)


def whole(name, value, least, most):
    """A whole number within bounds."""
    if not re.fullmatch("-?[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise Stop("bad-parameter", f"{name} must be from {least} to {most}, not {value}")
    return int(value)


def listed(name, values, pattern):
    """A list whose every item has the form of its kind."""
    for value in values:
        if not re.fullmatch(pattern, value):
            raise Stop("bad-parameter", f"{name} holds {value!r}")
    return list(values)


def needed(value, missing):
    """A value that the member stack must give."""
    if not value:
        raise Stop("not-configured", missing)
    return value


def parts(payload, kinds):
    """The parts of the resource's ARN, which must agree with where the document runs."""
    account, region = payload["ExecutingAccount"], payload["ExecutingRegion"]
    if payload["AccountId"] != account:
        raise Stop("wrong-account", f"the finding is of {payload['AccountId']}, this is {account}")
    for kind, pattern in kinds.items():
        for name, form in PLACES.items():
            pattern = pattern.replace("{" + name + "}", f"(?P<{name}>{form})")
        match = re.fullmatch(pattern, payload["ResourceArn"])
        if match:
            found = {"partition": payload["Partition"], "account": account, "region": region}
            for name, value in match.groupdict().items():
                if found.get(name, value) != value:
                    raise Stop("wrong-place", f"the resource's {name} is {value}, not {found[name]}")
                found[name] = value
            return {**found, "kind": kind}
    raise Stop("wrong-resource", f"{payload['ResourceArn']} is no resource of this document")


def pack(value):
    """JSON, compressed, as a list of texts short enough for Automation parameters."""
    data = gzip.compress(json.dumps(value, separators=(",", ":")).encode(), mtime=0)
    line = base64.urlsafe_b64encode(data).decode()
    return [line[start : start + CHUNK] for start in range(0, len(line), CHUNK)]


def unpack(chunks):
    """What pack made."""
    try:
        return json.loads(gzip.decompress(base64.urlsafe_b64decode("".join(chunks))))
    except (ValueError, EOFError, OSError, zlib.error) as error:
        raise Stop("wrong-state", "the State is not one that this document gave") from error


def saved_state(payload):
    """The state that undo needs, which must be of this resource and control."""
    state = unpack(payload["State"])
    # Changes of earlier versions left nothing to compare with.
    if not isinstance(state, dict) or {"after", *state} != {*STATE}:
        raise Stop("wrong-state", "the State is not one that this document gave")
    if (state["resource"], state["control"]) != (payload["ResourceArn"], payload["ControlId"]):
        raise Stop("wrong-state", "the State belongs to another resource or control")
    return state


def digest(value):
    """Sixteen characters that stand for a value, its lists in any order: AWS promises none."""
    if isinstance(value, dict):
        value = sorted([name, digest(one)] for name, one in value.items())
    elif isinstance(value, list):
        value = sorted(digest(one) for one in value)
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def conclude(error):
    """Code and sentence for what went wrong."""
    if isinstance(error, Stop):
        return str(error)
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
        denied = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden")
        return f"{'denied' if code in denied else 'refused'}: {error}"
    if isinstance(error, ValueError):
        return f"refused: {error}"
    return f"unexpected: {type(error).__name__}: {error}"


def sentence(text):
    """Text for people, without the braces that Automation could take for its own."""
    return text.replace("{" * 2, "{ {")[:500]


def changes_text(changes):
    """The calls as JSON: without those of Undo, then without members, when they would fill the outputs."""
    made = [one for one in changes if "undo" not in one]
    for shown in (changes, made):
        full = json.dumps(shown)
        if len(full) <= 20000:
            return full
    return json.dumps([{**one, "with": {}} for one in made])


def settled(values, within):
    """What is read when the resource is compliant, looked at again for so many seconds; else None."""
    end = min(time.monotonic() + within, LAST)
    while True:
        before = read_before(values)
        if is_compliant(values, before):
            return before
        if time.monotonic() >= end:
            return None
        time.sleep(5)
