"""The options of a Claude session: what the CLI may load, see and use. The only place that knows them all."""

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import claude_agent_sdk
from claude_agent_sdk import (
    CanUseToolShadowedWarning,
    ClaudeAgentOptions,
    HookMatcher,
    PermissionResultAllow,
    ToolPermissionContext,
)
from claude_agent_sdk.types import HookContext, HookInput, McpSdkServerConfig, SyncHookJSONOutput
from pydantic import BaseModel

from core.sandbox.daemon.box_spec import GATE_PORT
from core.sandbox.daemon.jail import AGENT_HOME, REPO
from core.sandbox.daemon.planning import Planning
from core.sandbox.protocol import Task, Tell

_ASK: Final = "AskUserQuestion"
_TOOLS: Final = ["Bash", "Read", "Edit", "Write", "Glob", "Grep", "TaskCreate", "TaskUpdate", "TaskList", _ASK]
_SETTINGS: Final = '{"permissions":{"deny":["WebFetch","WebSearch"]},"attribution":{"commit":"","pr":""}}'
_HOLD_SECONDS: Final = 86_400
_MAX_TURNS: Final = 200
_LINE_LIMIT: Final = 16 << 20
_GATE: Final = f"http://127.0.0.1:{GATE_PORT}"

_SURROUNDINGS: Final = """You work alone in a box without a network; the repository is at {repo}.
Packages can be read all the same: pip, uv and npm are set up for it. {others}
Cadence commits and publishes everything you leave in the work tree, so do not commit or push yourself."""


def _surroundings(hosts: frozenset[str]) -> str:
    others = f"By HTTPS you reach these hosts and no others: {', '.join(sorted(hosts))}."
    return _SURROUNDINGS.format(repo=REPO, others=others if hosts else "Nothing else out there can be reached.")


def session_environment(key: str) -> dict[str, str]:
    """The CLI's environment. The proxy lets a refused connection be seen; it never lets one through."""
    return {
        "ANTHROPIC_BASE_URL": _GATE,
        "ANTHROPIC_API_KEY": key,
        "HTTPS_PROXY": _GATE,
        "https_proxy": _GATE,
        "NO_PROXY": "localhost,127.0.0.1,::1",
        "no_proxy": "localhost,127.0.0.1,::1",
        "CLAUDE_CONFIG_DIR": f"{AGENT_HOME}/.claude",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
        "CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_TELEMETRY": "1",
        "DISABLE_ERROR_REPORTING": "1",
        "CLAUDE_ENABLE_STREAM_WATCHDOG": "1",
        "CLAUDE_STREAM_IDLE_TIMEOUT_MS": "120000",
        "BASH_DEFAULT_TIMEOUT_MS": "300000",
        "BASH_MAX_TIMEOUT_MS": "600000",
        "CLAUDE_AGENT_SDK_CLIENT_APP": "cadence",
        "GIT_TERMINAL_PROMPT": "0",
        "PIP_INDEX_URL": f"{_GATE}/pypi/simple",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_DEFAULT_INDEX": f"{_GATE}/pypi/simple",
        "npm_config_registry": f"{_GATE}/npm/",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
    }


class _Option(BaseModel):
    label: str


class _Question(BaseModel):
    question: str
    options: list[_Option] = []


class _Questions(BaseModel):
    questions: list[_Question]


def session_options(
    cli: Path,
    task: Task,
    before_tool: Callable[[], Awaitable[None]],
    planning: Planning,
    tools: McpSdkServerConfig,
    *,
    hosts: frozenset[str],
    resume: bool,
) -> ClaudeAgentOptions:
    """Options under which nothing in the repository configures the CLI.

    ``before_tool`` is awaited before every tool call; when it fails, the call is not made. ``planning`` puts what the
    agent asks to the person, and ``tools`` are those of ours. The box reaches ``hosts``. ``resume`` goes on with the
    session.
    """
    # The SDK warns that other tools' calls do not come to the callback below. They are not meant to.
    warnings.filterwarnings("ignore", category=CanUseToolShadowedWarning)

    async def gate(given: HookInput, _use: str | None, _context: HookContext) -> SyncHookJSONOutput:
        await before_tool()
        objection = planning.objection(str(given.get("tool_name", "")))
        return {} if objection is None else _denied(objection)

    async def permit(tool: str, given: dict[str, Any], _context: ToolPermissionContext) -> PermissionResultAllow:
        if tool != _ASK:
            return PermissionResultAllow()
        asked = _Questions.model_validate(given).questions
        answers = {
            each.question: await planning.ask(each.question, tuple(option.label for option in each.options))
            for each in asked
        }
        return PermissionResultAllow(updated_input={**given, "answers": answers})

    return ClaudeAgentOptions(
        cli_path=cli,
        model=task.model,
        session_id=None if resume else task.session,
        resume=task.session if resume else None,
        setting_sources=[],
        strict_mcp_config=True,
        skills=[],
        verbatim_prompts=True,
        permission_mode="bypassPermissions",
        tools=_TOOLS,
        mcp_servers={"cadence": tools},
        can_use_tool=permit,
        system_prompt={"type": "preset", "preset": "claude_code", "append": _surroundings(hosts)},
        max_turns=_MAX_TURNS,
        hooks={"PreToolUse": [HookMatcher(hooks=[gate], timeout=_HOLD_SECONDS, on_failure="block")]},
        settings=_SETTINGS,
        max_buffer_size=_LINE_LIMIT,
        stderr=_ignore,
    )


def _denied(reason: str) -> SyncHookJSONOutput:
    return {
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": reason,
        }
    }


async def said_by_person(tell: Tell) -> AsyncIterator[dict[str, Any]]:
    """A message of the person's, as the SDK takes it. By its id the session says later that it was taken in."""
    text = f"You asked: {tell.question}\nThe person answers: {tell.text}" if tell.question else tell.text
    yield {
        "type": "user",
        "uuid": str(tell.followup_id),
        "message": {"role": "user", "content": text},
        "parent_tool_use_id": None,
    }


def _ignore(_line: str) -> None:
    """The CLI's own log may quote the repository, so it goes nowhere."""


def claude_binary() -> Path:
    """The CLI that came with the SDK."""
    return Path(claude_agent_sdk.__file__).parent / "_bundled" / "claude"
