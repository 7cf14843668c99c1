"""Every AWS call passes here: it is reported, and the other side says what becomes of it."""

import threading

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ParamValidationError
from botocore.validate import ParamValidator

from plain import shaped, to_plain, without_streams

_make_api_call = BaseClient._make_api_call


class Gate:
    """Reports calls over the wire while it is open for one request."""

    def __init__(self, wire):
        """wire: see run_script.py."""
        self._wire = wire
        self._lock = threading.Lock()
        self._count = 0
        self.watching = False

    def install(self):
        """Wraps the one method of botocore through which all calls of all clients go."""
        BaseClient._make_api_call = lambda client, name, params: self._call(client, name, params)

    def _call(self, client, operation, params):
        """Asks for a verdict and obeys it."""
        if not self.watching:
            return _make_api_call(client, operation, params)
        service = client.meta.service_model.service_name
        number, verdict = self._ask(service, operation, params)
        try:
            result = self._obey(verdict, client, operation, params)
        except ClientError as error:
            self._report(number, error.response.get("Error", {}).get("Code", "Unknown"))
            raise
        except Exception as error:
            self._report(number, type(error).__name__)
            raise
        self._report(number, None)
        return result

    def _ask(self, service, operation, params):
        """One question, one answer; threads take turns."""
        with self._lock:
            self._count += 1
            self._wire.send(
                {
                    "event": "call",
                    "number": self._count,
                    "service": service,
                    "operation": operation,
                    "parameters": to_plain(without_streams(params)),
                }
            )
            return self._count, self._wire.receive()

    def _report(self, number, code):
        """Says how the call ended."""
        with self._lock:
            self._wire.send({"event": "outcome", "number": number, "errorCode": code})

    def _obey(self, verdict, client, operation, params):
        """Sends the call on, refuses it, or answers it from the record."""
        kind = verdict["kind"]
        if kind == "pass":
            return _make_api_call(client, operation, params)
        model = client.meta.service_model.operation_model(operation)
        _validate(model, params)
        if kind == "error":
            raise _client_error(client, operation, verdict["code"], verdict["message"])
        answer = shaped(model.output_shape, verdict["result"])
        answer["ResponseMetadata"] = {"HTTPStatusCode": 200, "RetryAttempts": 0}
        return answer


def _validate(model, params):
    """botocore's own check, which an answered call would otherwise escape."""
    if model.input_shape is None:
        return
    # Idempotency tokens may be left out: botocore fills them in later.
    filled = {**dict.fromkeys(model.idempotent_members, "0" * 36), **params}
    report = ParamValidator().validate(filled, model.input_shape)
    if report.has_errors():
        raise ParamValidationError(report=report.generate_report())


def _client_error(client, operation, code, message):
    """The exception class that the service's model has for the code."""
    error_class = client.exceptions.from_code(code)
    response = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 403 if code == "AccessDenied" else 400},
    }
    return error_class(response, operation)
