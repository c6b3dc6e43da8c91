"""What is installed: listed in the shell, said by the zygote once it is ready."""

import platform
from importlib import metadata


def installed() -> list[dict[str, str]]:
    found = {item.metadata["Name"]: item.version for item in metadata.distributions() if item.metadata["Name"]}
    return [{"name": name, "version": found[name]} for name in sorted(found, key=str.lower)]


def versions() -> dict[str, str]:
    return {"marimo": metadata.version("marimo"), "python": platform.python_version()}
