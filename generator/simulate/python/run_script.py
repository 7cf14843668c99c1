"""Runs Automation scripts and single AWS calls; requests and answers are JSON lines."""

import contextlib
import io
import json
import os
import socket
import sys
import threading
import time
import traceback
import types

import boto3
import botocore.loaders
import botocore.session
import jmespath
from botocore import xform_name
from botocore.exceptions import ClientError, UnknownServiceError

from clock import Clock, TimeLimit
from gate import Gate
from plain import from_plain, to_plain

# One loader for all sessions: reading a service's model is most of the cost of a new client.
_LOADER = botocore.loaders.create_loader()
_SESSIONS = {}
_CLIENTS = {}
_ENVIRONMENT = dict(os.environ)


class Wire:
    """JSON lines on the standard streams, which are then out of reach for scripts."""

    def __init__(self):
        """Takes over the streams; whatever else is printed goes to the standard error."""
        self._in = os.fdopen(os.dup(0), "rb")
        self._out = os.fdopen(os.dup(1), "wb")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)

    def send(self, message):
        """Writes one message."""
        self._out.write(json.dumps(message).encode("utf-8") + b"\n")
        self._out.flush()

    def receive(self):
        """Reads one message; ends the process when the other side is gone."""
        line = self._in.readline()
        if not line:
            os._exit(0)
        return json.loads(line)


def resolve_localhost():
    """S3 Control puts the account id before the host; 111122223333.localhost is here too."""
    real = socket.getaddrinfo

    def getaddrinfo(host, *args, **kwargs):
        """Like socket.getaddrinfo."""
        name = host.decode() if isinstance(host, bytes) else host
        local = isinstance(name, str) and (name == "localhost" or name.endswith(".localhost"))
        return real("127.0.0.1" if local else host, *args, **kwargs)

    socket.getaddrinfo = getaddrinfo


def end_with_parent():
    """A script may run for minutes without looking at its input, so a thread watches the parent."""
    parent = os.getppid()
    sleep = time.sleep

    def watch():
        """Ends the process once the parent is another one."""
        while os.getppid() == parent:
            sleep(1)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def session_of(request):
    """One boto3 session per Region: making sessions and clients costs more than most calls."""
    region, given = request["region"], request["credentials"]
    if region not in _SESSIONS:
        core = botocore.session.get_session()
        core.register_component("data_loader", _LOADER)
        core.set_credentials("", "")
        _SESSIONS[region] = boto3.Session(botocore_session=core, region_name=region)
    session = _SESSIONS[region]
    # Clients read the credentials at each call, so they can be set anew.
    credentials = session._session.get_credentials()
    credentials.access_key = given["accessKeyId"]
    credentials.secret_key = given["secretAccessKey"]
    credentials.token = given.get("sessionToken")
    return session


def client_of(request):
    """One client per service and Region, for calls that aren't a script's."""
    key = (request["service"], request["region"])
    session = session_of(request)
    if key not in _CLIENTS:
        _CLIENTS[key] = session.client(request["service"])
    return _CLIENTS[key]


def run_script(request, gate):
    """Calls the handler of a script as Automation does: handler(events, context)."""
    clock = clock_of(request)
    enter_environment(request)
    printed = io.StringIO()
    outcome = {}
    gate.watching = True
    try:
        with (
            clock.installed(),
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
        ):
            outcome = {"result": call_handler(request)}
    except TimeLimit:
        outcome = {"error": f"timed out after {request['limit']} seconds", "timedOut": True}
    except (Exception, SystemExit) as error:
        outcome = {"error": describe(error)}
        printed.write("".join(traceback.format_exception(error)))
    finally:
        gate.watching = False
        os.environ.clear()
        os.environ.update(_ENVIRONMENT)
    return {**outcome, "printed": printed.getvalue(), "slept": clock.slept}


def call_handler(request):
    """Runs the script in a namespace of its own and returns the handler's result as plain JSON."""
    module = types.ModuleType("automation_script")
    exec(compile(request["script"], "script.py", "exec"), module.__dict__)
    handler = module.__dict__.get(request["handler"])
    if not callable(handler):
        raise NameError(f"the script defines no function {request['handler']}")
    result = handler(request["payload"], {})
    return json.loads(json.dumps(result, allow_nan=False))


def enter_environment(request):
    """Credentials and Region reach scripts by the environment, as in AWS."""
    credentials = request["credentials"]
    os.environ["AWS_ACCESS_KEY_ID"] = credentials["accessKeyId"]
    os.environ["AWS_SECRET_ACCESS_KEY"] = credentials["secretAccessKey"]
    os.environ["AWS_SESSION_TOKEN"] = credentials.get("sessionToken", "")
    os.environ["AWS_REGION"] = os.environ["AWS_DEFAULT_REGION"] = request["region"]
    boto3.DEFAULT_SESSION = session_of(request)


def clock_of(request):
    """The clock that a request asks for."""
    clock = request["clock"]
    return Clock(clock.get("now"), clock["offset"], clock["skip"], request["limit"])


def describe(error):
    """Type, message and the script's line of an exception."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == "script.py"]
    place = f" (line {lines[-1]} of the script)" if lines else ""
    return f"{type(error).__name__}: {error}{place}"


def run_call(request, gate):
    """Makes one call; errors come back as data."""
    clock = clock_of(request)
    try:
        client = client_of(request)
        method = xform_name(request["operation"])
        if method not in client.meta.method_to_api_mapping:
            return failed("UnknownOperation", f"{request['service']} has no {request['operation']}")
        gate.watching = request["watched"]
        with clock.installed():
            result = getattr(client, method)(**from_plain(request["parameters"]))
    except ClientError as error:
        detail = error.response.get("Error", {})
        return failed(str(detail.get("Code", "Unknown")), str(detail.get("Message", error)))
    except UnknownServiceError as error:
        return failed("UnknownService", str(error).splitlines()[0])
    except TimeLimit:
        return failed("TimeLimit", f"timed out after {request['limit']} seconds")
    except Exception as error:
        return failed(type(error).__name__, str(error))
    finally:
        gate.watching = False
    result.pop("ResponseMetadata", None)
    return {"result": to_plain(result), "slept": clock.slept}


def failed(code, message):
    """An error as data."""
    if "<html" in message:
        message = "the endpoint does not implement this operation, or broke down"
    return {"error": {"code": code, "message": message}}


def search(request):
    """Evaluates JMESPath expressions, which AWS's own tools use, on one value."""
    try:
        found = {
            name: jmespath.search(expression, request["value"])
            for name, expression in request["expressions"].items()
        }
    except jmespath.exceptions.JMESPathError as error:
        return failed("JMESPath", str(error))
    return {"result": found}


def answer(request, gate):
    """Sends a request to its function."""
    if request["kind"] == "script":
        return run_script(request, gate)
    if request["kind"] == "call":
        return run_call(request, gate)
    return search(request)


def main():
    """Answers requests until the input ends."""
    # Scripts must not find this folder's modules: AWS would not have them.
    sys.path.pop(0)
    for name in ("clock", "gate", "plain"):
        del sys.modules[name]
    resolve_localhost()
    end_with_parent()
    wire = Wire()
    gate = Gate(wire)
    gate.install()
    while True:
        wire.send({"event": "answer", **answer(wire.receive(), gate)})


main()
