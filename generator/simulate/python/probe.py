"""Says as JSON which of the needed Python packages this machine has."""

import importlib.metadata
import json
import sys

versions = {"python": ".".join(str(part) for part in sys.version_info[:3])}
for package in ("boto3", "moto", "flask"):
    try:
        versions[package] = importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        versions[package] = None
print(json.dumps(versions))
