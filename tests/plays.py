"""Plays for the scripted model that the demo has no use for."""

from collections.abc import Sequence

from cadence.demo.script import Play, ToolCall, ToolOutcome, Turn

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


PLAN = "1. Read the login page.\n2. Fix the redirect."
REPORT = {
    "title": "Write a note",
    "what": "A note was added.",
    "why": "Somebody asked for one.",
    "tested": "There is nothing to test.",
    "spoken": "The note is written. It is short. Nobody needs this sentence.",
}


def plans_lists_and_reports(_task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
    """Try to begin at once, propose a plan until it is agreed to, keep a task list, and report."""
    note = ToolCall("Write", {"file_path": "/workspace/repo/NOTE.md", "content": "one\n"})
    agreed = [number for number, outcome in enumerate(outcomes) if "agrees" in outcome.text]
    if not agreed:
        return Turn("May I?", ToolCall("mcp__cadence__propose_plan", {"plan": PLAN}) if outcomes else note)
    match len(outcomes) - agreed[0]:
        case 1:
            return Turn("I list it.", ToolCall("TaskCreate", {"subject": "Write the note", "description": "It."}))
        case 2:
            return Turn("I write it.", note)
        case 3:
            return Turn("I tick it off.", ToolCall("TaskUpdate", {"taskId": "1", "status": "completed"}))
        case 4:
            return Turn("I report.", ToolCall("mcp__cadence__report_work", REPORT))
        case _:
            return Turn("The note is written.")


def searches_first(_task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
    """Ask the code index, write down what came back, and be done."""
    match outcomes:
        case []:
            return Turn("Where is it?", ToolCall("mcp__cadence__search_code", {"query": "where people return to"}))
        case [found]:
            return Turn("There.", ToolCall("Write", {"file_path": "/workspace/repo/FOUND.md", "content": found.text}))
        case _:
            return Turn("Done.")


def writes(name: str) -> Play:
    """Write a file, unless that has been done already, and be done."""

    def play(_task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
        if any(name in outcome.text for outcome in outcomes):
            return Turn(f"{name} is written.")
        return Turn("I write it.", ToolCall("Write", {"file_path": f"/workspace/repo/{name}", "content": "one\n"}))

    return play


def runs(*commands: str) -> Play:
    """Run one command after another, whatever comes of them, and be done."""

    def play(_task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
        if len(outcomes) == len(commands):
            return Turn("That was all.")
        return Turn("On I go.", ToolCall("Bash", {"command": commands[len(outcomes)]}))

    return play
