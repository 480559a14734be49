"""Says in a few words what the agent did with a tool."""

from collections.abc import Mapping
from typing import Final

from core.sandbox.daemon.jail import REPO

_LONGEST: Final = 120

# The verb for a tool, and the input that says what it was used on.
_SAYINGS: Final = {
    "Bash": ("runs", "command"),
    "Read": ("reads", "file_path"),
    "Edit": ("edits", "file_path"),
    "Write": ("writes", "file_path"),
    "Glob": ("looks for", "pattern"),
    "Grep": ("searches for", "pattern"),
    "mcp__cadence__search_code": ("looks for", "query"),
    "TaskCreate": ("plans", "subject"),
}


# Talk with us, which people see in another way.
UNSEEN: Final = frozenset({"mcp__cadence__report_work", "mcp__cadence__propose_plan", "AskUserQuestion"})


def _first_line(value: object) -> str:
    lines = str(value).replace(f"{REPO}/", "").strip().splitlines()
    line = lines[0].strip() if lines else ""
    cut = len(lines) > 1 or len(line) > _LONGEST
    return f"{line[:_LONGEST]} …" if cut else line


def summarize(tool: str, given: Mapping[str, object]) -> str:
    """For example "reads src/login.py" or "runs python3 -m unittest"."""
    if tool in ("TaskUpdate", "TaskList"):
        return "goes over its plan"
    verb, name = _SAYINGS.get(tool, ("uses", ""))
    return f"{verb} {_first_line(given.get(name, tool))}"
