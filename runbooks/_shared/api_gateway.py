"""Method settings of API Gateway stages."""


def stage_patches(methods, setting, value=None, values=None):
    """Return the patches that give method settings one value, or each its own.

    Methods look like */* or path/VERB. Slashes inside the path are ~1 (patch operations of UpdateStage, Amazon API
    Gateway API Reference).
    """
    patches = []
    for method in methods:
        resource, _, verb = method.rpartition("/")
        path = f"/{resource.replace('/', '~1')}/{verb}/{setting}"
        wanted = value if values is None else values[method]
        patches.append({"op": "replace", "path": path, "value": wanted})
    return patches
