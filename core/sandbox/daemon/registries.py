"""Where this machine gets packages from: whatever its own pip and npm are configured to use."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

# pip's own default stands in pip; a private mirror in its configuration wins over it.
_DEFAULT: Final = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
_PATIENCE_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Registries:
    """The base addresses, without a slash at the end; None where this machine has none."""

    pypi: str | None = None
    npm: str | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """What of the world outside a box may reach: packages, and ``hosts`` by HTTPS."""

    registries: Registries = field(default_factory=Registries)
    hosts: frozenset[str] = frozenset()


def find_registries() -> Registries:
    """Ask pip and npm. Takes a second; whichever is not installed is done without."""
    return Registries(pypi=_http(_pypi()), npm=_http(_npm()))


def _pypi() -> str | None:
    if given := os.environ.get("PIP_INDEX_URL"):
        return given
    for python in _pythons():
        configured = _said(python, "-m", "pip", "config", "list")
        if configured is None:
            continue
        settings = dict(line.split("=", 1) for line in configured.splitlines() if "=" in line)
        for key in ("install.index-url", "global.index-url"):
            if key in settings:
                return str(ast.literal_eval(settings[key]))
        return _said(python, "-c", _DEFAULT)
    return None


def _pythons() -> Iterator[str]:
    """Ours may well have no pip."""
    yield sys.executable
    for name in ("python3", "/usr/bin/python3"):
        if found := shutil.which(name):
            yield found


def _npm() -> str | None:
    npm = shutil.which("npm")
    return None if npm is None else _said(npm, "config", "get", "registry")


def _said(*command: str) -> str | None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_PATIENCE_SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _http(address: str | None) -> str | None:
    return address.rstrip("/") if address and address.startswith(("https://", "http://")) else None
