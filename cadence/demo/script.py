"""What the scripted stand-in does: one fixed play for the sample repository, an honest note for everything else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LABEL: Final = "[scripted stand-in]"
_REPO: Final = "/workspace/repo"
_BUG: Final = 'query.get("next_page", HOME)'
_FIX: Final = 'query.get("next", HOME)'


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool and what it is given."""

    tool: str
    given: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Turn:
    """What the stand-in answers. Without a call it is the last turn."""

    text: str
    call: ToolCall | None = None


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What came of an earlier call."""

    text: str
    ok: bool


_TESTS: Final = ToolCall("Bash", {"command": "python3 -m unittest", "description": "Run the tests"})
_LOOK: Final = ToolCall("Bash", {"command": "git log --oneline -3 && ls", "description": "Look around"})
_READ: Final = ToolCall("Read", {"file_path": f"{_REPO}/wallet/login.py"})
_EDIT: Final = ToolCall("Edit", {"file_path": f"{_REPO}/wallet/login.py", "old_string": _BUG, "new_string": _FIX})

_REPORT: Final = ToolCall(
    "mcp__cadence__report_work",
    {
        "title": "Read the page to return to from the parameter that is sent",
        "what": f"{LABEL} The login page reads “next” now; it read “next_page”, which nobody sends.",
        "why": "People who signed in landed on the home page instead of the page they came from.",
        "tested": "`python3 -m unittest`: one test failed before the change, all pass after it.",
        "spoken": "The login redirect is fixed, and all tests pass.",
    },
)

_FIXING: Final = (
    Turn("I look at the repository first.", _LOOK),
    Turn("I run the tests to see the bug.", _TESTS),
    Turn("One test fails: people do not get back to the page they came from. I read the code.", _READ),
    Turn("The page arrives as “next”, but “next_page” is read. I put that right.", _EDIT),
    Turn("I run the tests again.", _TESTS),
    Turn("All tests pass. I say what I have done.", _REPORT),
    Turn(
        "Fixed the login redirect: signing in now reads the “next” parameter that the balance page sends, so people "
        "return to the page they came from. All tests pass."
    ),
)
_NOTHING_TO_FIX: Final = Turn("The tests pass already, so there is nothing to fix.")
_STUCK: Final = Turn("That did not go as the script has it, so I stop here.")
_NOTED: Final = Turn(
    "No model is connected, so nobody has worked on this task. I wrote it down in CADENCE-STAND-IN.md, which also says "
    "how to connect a model."
)
_QUOTED: Final = "> "


def _note(task: str) -> Turn:
    quoted = "\n".join(f"{_QUOTED}{line}".rstrip() for line in task.strip().splitlines())
    content = (
        f"# {LABEL}\n\n"
        "No model is connected to this Cadence, so nobody has worked on the task below. A script wrote this file to "
        "show the whole way from a command to a pull request.\n\n"
        "To have real work done, set `ANTHROPIC_API_KEY` and start Cadence again.\n\n"
        f"## The task, word for word\n\n{quoted}\n"
    )
    call = ToolCall("Write", {"file_path": f"{_REPO}/CADENCE-STAND-IN.md", "content": content})
    return Turn("No model is connected, so I only write the task down.", call)


def _noting(task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
    if not outcomes:
        return _note(task)
    return _NOTED if outcomes[-1].ok else _STUCK


def _fixing(task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
    """The play, as long as what comes back is what the sample repository gives."""
    if outcomes and "wallet" not in outcomes[0].text:
        return _noting(task, outcomes[1:])
    match outcomes:
        case [_, ToolOutcome(ok=True)]:
            return _NOTHING_TO_FIX
        case [_, _, ToolOutcome(ok=False), *_] | [_, _, _, ToolOutcome(ok=False), *_]:
            return _STUCK
        case [_, _, _, _, ToolOutcome(ok=False), *_]:
            return _STUCK
        case _:
            return _FIXING[min(len(outcomes), len(_FIXING) - 1)]


Play = Callable[[str, Sequence[ToolOutcome]], Turn]


def next_turn(task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
    """The turn that follows when ``task`` was given and ``outcomes`` have come back so far."""
    words = task.lower()
    play = _fixing if "login" in words and "redirect" in words else _noting
    turn = play(task, outcomes)
    return Turn(f"{LABEL} {turn.text}", turn.call)
