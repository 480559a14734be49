"""Plays for the scripted model that the demo has no use for."""

from collections.abc import Sequence

from cadence.demo.script import ToolCall, ToolOutcome, Turn

QUESTION = "Tabs or spaces?"
OPTIONS = [{"label": "Tabs", "description": "One a level."}, {"label": "Spaces", "description": "Four a level."}]
ASK = {"questions": [{"question": QUESTION, "header": "Indent", "multiSelect": False, "options": OPTIONS}]}


def asks_first(_task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
    """Ask, write down what came back, and be done."""
    match outcomes:
        case []:
            return Turn("I have to ask.", ToolCall("AskUserQuestion", ASK))
        case [answer]:
            note = {"file_path": "/workspace/repo/ANSWER.md", "content": answer.text}
            return Turn("I write it down.", ToolCall("Write", note))
        case _:
            return Turn("Done.")


def edits_then_works_on(_task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
    """Change a file and add one, look at it, and be done; whatever was cut off is done again."""
    match sum(outcome.ok for outcome in outcomes):
        case 0:
            return Turn(
                "I add a note.", ToolCall("Write", {"file_path": "/workspace/repo/NOTE.md", "content": "one\n"})
            )
        case 1:
            return Turn("I change a file.", ToolCall("Bash", {"command": "echo more >> README.md && cat README.md"}))
        case 2:
            return Turn("I look at it.", ToolCall("Bash", {"command": "git status --short"}))
        case _:
            return Turn("All done.")
