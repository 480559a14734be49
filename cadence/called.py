"""What a person types to call this program, wherever it was installed."""

import shutil
import sys
from pathlib import Path


def own_name() -> str:
    """``cadence`` where the shell finds this one by that, else its path from here."""
    program = Path(sys.prefix) / "bin" / "cadence"
    if shutil.which("cadence") == str(program):
        return "cadence"
    return str(program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program)
