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
