"""The options of a Claude session: what the CLI may load, see and use. The only place that knows them all."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import claude_agent_sdk
from claude_agent_sdk import ClaudeAgentOptions, HookMatcher
from claude_agent_sdk.types import HookContext, HookInput, SyncHookJSONOutput

from core.sandbox.daemon.box_spec import GATE_PORT
from core.sandbox.daemon.jail import AGENT_HOME, REPO

_TOOLS: Final = ["Bash", "Read", "Edit", "Write", "Glob", "Grep", "TaskCreate", "TaskUpdate", "TaskList"]
_SETTINGS: Final = '{"permissions":{"deny":["WebFetch","WebSearch"]},"attribution":{"commit":"","pr":""}}'
_HOLD_SECONDS: Final = 86_400
_MAX_TURNS: Final = 200
_LINE_LIMIT: Final = 16 << 20
_GATE: Final = f"http://127.0.0.1:{GATE_PORT}"

_SURROUNDINGS: Final = f"""You work alone in a box without a network; the repository is at {REPO}.
Nobody can answer questions: decide, and say what you decided.
Cadence commits and publishes everything you leave in the work tree, so do not commit or push yourself."""


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
    }


def session_options(
    cli: Path, model: str, session_id: str, before_tool: Callable[[], Awaitable[None]]
) -> ClaudeAgentOptions:
    """Options under which nothing in the repository configures the CLI.

    ``before_tool`` is awaited before every tool call; when it fails, the call is not made.
    """

    async def gate(_given: HookInput, _use: str | None, _context: HookContext) -> SyncHookJSONOutput:
        await before_tool()
        return {}

    return ClaudeAgentOptions(
        cli_path=cli,
        model=model,
        session_id=session_id,
        setting_sources=[],
        strict_mcp_config=True,
        skills=[],
        verbatim_prompts=True,
        permission_mode="bypassPermissions",
        tools=_TOOLS,
        system_prompt={"type": "preset", "preset": "claude_code", "append": _SURROUNDINGS},
        max_turns=_MAX_TURNS,
        hooks={"PreToolUse": [HookMatcher(hooks=[gate], timeout=_HOLD_SECONDS, on_failure="block")]},
        settings=_SETTINGS,
        max_buffer_size=_LINE_LIMIT,
        stderr=_ignore,
    )


def _ignore(_line: str) -> None:
    """The CLI's own log may quote the repository, so it goes nowhere."""


def claude_binary() -> Path:
    """The CLI that came with the SDK."""
    return Path(claude_agent_sdk.__file__).parent / "_bundled" / "claude"
