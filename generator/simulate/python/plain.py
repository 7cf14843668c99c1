"""Turns values of AWS calls into JSON and back."""

import base64
import datetime
import io
import zipfile

from dateutil import parser


def to_plain(value):
    """JSON-safe copy: dates become ISO text, bytes become text or base64, streams are read."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [to_plain(item) for item in value]
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return _text(bytes(value))
    if hasattr(value, "read"):
        return _text(value.read())
    return str(value)


def without_streams(value):
    """Copy for the record of a call: a stream can be read only once, so it is only named."""
    if isinstance(value, dict):
        return {key: without_streams(item) for key, item in value.items()}
    return "(stream)" if hasattr(value, "read") else value


def _text(raw):
    """Text where the bytes are UTF-8, else base64."""
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(raw).decode("ascii")


def from_plain(value):
    """Reads {"$base64": text} as bytes and {"$zip": {name: text}} as an archive; else a copy."""
    if isinstance(value, list):
        return [from_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"$base64"}:
        return base64.b64decode(value["$base64"], validate=True)
    if set(value) == {"$zip"}:
        return _zip(value["$zip"])
    return {key: from_plain(item) for key, item in value.items()}


def _zip(files):
    """Archive with fixed dates, so that its digest is the same in every run."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), files[name])
    return buffer.getvalue()


def shaped(shape, value, where="result"):
    """Gives a recorded answer the types botocore would give it; refuses members AWS lacks."""
    if shape is None:
        return value
    kind = shape.type_name
    if kind == "structure":
        unknown = sorted(set(value) - set(shape.members))
        if unknown:
            raise ValueError(f"recorded answer: {where} has no member {unknown[0]}")
        return {
            key: shaped(shape.members[key], item, f"{where}.{key}") for key, item in value.items()
        }
    if kind == "list":
        return [shaped(shape.member, item, f"{where}[]") for item in value]
    if kind == "map":
        return {key: shaped(shape.value, item, f"{where}.{key}") for key, item in value.items()}
    if kind == "timestamp":
        return parser.isoparse(value)
    if kind == "blob":
        return value.encode("utf-8") if isinstance(value, str) else from_plain(value)
    return value
