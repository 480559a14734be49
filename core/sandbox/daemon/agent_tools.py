"""Tools of ours that an agent has besides Claude's own. They run in the daemon, outside the box."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from claude_agent_sdk import create_sdk_mcp_server, tool
from claude_agent_sdk.types import McpSdkServerConfig

from core.model.agent import WorkReport
from core.sandbox.daemon.planning import Planning

_Json = dict[str, Any]

_LONGEST: Final = 4000


def _text(description: str, longest: int) -> _Json:
    return {"type": "string", "minLength": 1, "maxLength": longest, "description": description}


def _all_of(**fields: _Json) -> _Json:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


_REPORT: Final = _all_of(
    title=_text("What the change does, as a commit's subject line in the imperative.", 72),
    what=_text("What you changed, in a few plain sentences or short lines of Markdown.", _LONGEST),
    why=_text("Why it was needed: the cause you found, or what was asked for.", _LONGEST),
    tested=_text("How you checked it: which tests you ran, and what came out. Say so if you could not.", _LONGEST),
    spoken=_text(
        "The result for somebody who only listens: at most two short sentences, without names of files or code.", 400
    ),
)
_PLAN: Final = _all_of(
    plan=_text("What you are going to do, in three to six short numbered lines.", 1500),
)


_QUERY: Final = _all_of(
    query=_text("What you look for, in your own words: names, messages, what it does. Not a pattern.", 1000),
)


def agent_tools(
    reported: Callable[[WorkReport], None], planning: Planning, search: Callable[[str], Awaitable[str]]
) -> McpSdkServerConfig:
    """``report_work`` hands the agent's own report to ``reported``, ``propose_plan`` puts a plan to the person.

    ``search_code`` asks the code index, which knows the repository as it was when the work began.
    """

    @tool(
        "report_work", "Say what your work was, once it is done: reviewers read this. The last report counts.", _REPORT
    )
    async def report_work(given: Mapping[str, str]) -> _Json:
        reported(WorkReport(**given))
        return _said("Thank you. Now finish with one sentence.")

    @tool("propose_plan", "Put your plan to the person who gave you the task, and wait for the answer.", _PLAN)
    async def propose_plan(given: Mapping[str, str]) -> _Json:
        return _said(await planning.propose(given["plan"]))

    @tool(
        "search_code",
        "Find files of this repository by what they are about: by words, symbols, paths and history, with the lines"
        " that fit best. It knows the code as it was when you began, not what you have changed since.",
        _QUERY,
    )
    async def search_code(given: Mapping[str, str]) -> _Json:
        return _said(await search(given["query"]))

    tools = [report_work, search_code, *([propose_plan] if planning.needed else [])]
    return create_sdk_mcp_server("cadence", tools=tools)


def _said(text: str) -> _Json:
    return {"content": [{"type": "text", "text": text}]}
