"""One Claude session in one box, from the brief to the last word."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from claude_agent_sdk import (
    AssistantMessage,
    ClaudeSDKClient,
    ClaudeSDKError,
    Message,
    ResultMessage,
    SystemMessage,
    TextBlock,
    ToolResultBlock,
    ToolUseBlock,
    UserMessage,
)

from core.model.agent import WorkReport
from core.model.event import Blocked, Finished, Happening, Said, StepTaken, TasksListed
from core.sandbox.daemon.agent_tools import agent_tools
from core.sandbox.daemon.box_spec import Bind
from core.sandbox.daemon.claude import claude_binary, said_by_person, session_environment, session_options
from core.sandbox.daemon.code_search import search_code
from core.sandbox.daemon.correspondence import Correspondence
from core.sandbox.daemon.door import Door, expect_door
from core.sandbox.daemon.gate import Gate
from core.sandbox.daemon.hold import Hold
from core.sandbox.daemon.jail import REPO, Boxed, Jail
from core.sandbox.daemon.planning import Planning
from core.sandbox.daemon.processes import end_box
from core.sandbox.daemon.pulse import Pulse
from core.sandbox.daemon.registries import Outside
from core.sandbox.daemon.steps import UNSEEN, summarize
from core.sandbox.daemon.task_list import TaskList
from core.sandbox.daemon.troubles import trouble
from core.sandbox.daemon.upkeep import Upkeep
from core.sandbox.protocol import Task

_log = structlog.get_logger(__name__)

_CLI: Final = "/opt/claude"
_LONGEST_SAYING: Final = 4000
_LONGEST_SUMMARY: Final = 500
_UNAUTHORIZED: Final = 401
_INTERRUPT_SECONDS: Final = 3.0


@dataclass(slots=True)
class Session:
    """``work`` keeps everything about one session; what it sees it reports as it happens.

    ``restored`` is a session that goes on with an earlier leg's memory, ``parking`` one that is cancelled to be saved.
    """

    task: Task
    jail: Jail
    hold: Hold
    correspondence: Correspondence
    pulse: Pulse
    report: Callable[[Happening], None]
    outside: Outside
    restored: bool = False
    parking: bool = False
    _gate: Gate | None = None
    _tools: dict[str, ToolUseBlock] = field(default_factory=dict[str, ToolUseBlock])
    _tasks: TaskList = field(default_factory=TaskList)
    _last_words: str = ""
    _report: WorkReport | None = None
    _error: str | None = None

    async def work(self, folder: Path, binds: Sequence[Bind]) -> Finished:
        """Carry out the brief and return what came of it. Every process is gone when this ends, however it ends.

        Raise Refusal or ProviderError with a sentence for the person when it comes to nothing.
        """
        try:
            await self._attended(folder, binds)
        except ExceptionGroup as several:
            first = several.exceptions[0]
            if not isinstance(first, ClaudeSDKError):
                raise first from None
            _log.warning("session_broken", error=type(first).__name__)
            raise trouble(self._error, None, None, self.task.model) from first
        return Finished(self._last_words[:_LONGEST_SUMMARY], changed=False, report=self._report)

    def renew(self, token: str) -> None:
        """Let the gate show another token from now on."""
        self.task = self.task.model_copy(update={"token": token})
        if self._gate is not None:
            self._gate.token = token

    async def _attended(self, folder: Path, workspace: Sequence[Bind]) -> None:
        """Talk, with the gate open and somebody counting the seconds."""
        gate = self._gate = Gate(
            llm_url=self.task.llm_url,
            token=self.task.token,
            key=f"run-{secrets.token_hex(16)}",
            blocked=lambda what: self.report(Blocked(what)),
            active=self.pulse.beat,
            outside=self.outside,
        )
        binds = (*workspace, Bind(str(claude_binary()), _CLI))
        cli = self.jail.script(folder, Boxed((_CLI,), binds, session_environment(gate.key), REPO, gate=True))
        self.pulse.beat()
        async with expect_door(folder) as arriving, asyncio.TaskGroup() as group:
            watching = Upkeep(self.jail.limits, self.jail.group, folder.parent, self.report).watch()
            attendants = [
                group.create_task(self.pulse.watch()),
                group.create_task(_keep_open(gate, arriving)),
                group.create_task(watching),
            ]
            await self._talk(cli, arriving)
            for attendant in attendants:
                attendant.cancel()

    async def _talk(self, cli: Path, arriving: asyncio.Task[Door]) -> None:
        planning = Planning(self.task.plan_first, self.correspondence.ask, self.report)
        options = session_options(
            cli,
            self.task,
            self._before_tool,
            planning,
            agent_tools(self._take_report, planning, partial(search_code, lambda: self.task)),
            hosts=self.outside.hosts,
            resume=self.restored,
        )
        client = ClaudeSDKClient(options)
        try:
            await client.connect()
            await client.query(self.task.going_on if self.restored and self.task.going_on else self.task.brief)
            passing_on = asyncio.create_task(self._pass_on(client))
            try:
                await self._listen(client)
            finally:
                passing_on.cancel()
                await asyncio.gather(passing_on, return_exceptions=True)
            # Whoever goes on later shall remember everything: given the time, the CLI finishes what it writes down.
            await client.disconnect()
        finally:
            if self.parking:
                await _interrupt(client)
                await client.disconnect()
            await _end(arriving)
            await client.disconnect()

    async def _listen(self, client: ClaudeSDKClient) -> None:
        async for message in client.receive_messages():
            self.pulse.beat()
            # Whatever arrived in time is still heard: it begins another turn.
            if self._hear(message) and self.correspondence.settled:
                return
        raise trouble(self._error, None, None, self.task.model)

    async def _pass_on(self, client: ClaudeSDKClient) -> None:
        """Give the agent what the person says, between two of its tool calls."""
        while True:
            tell = await self.correspondence.next_message()
            await client.query(said_by_person(tell))

    async def _before_tool(self) -> None:
        await self.hold.pass_through()
        self.pulse.beat()

    def _hear(self, message: Message) -> bool:
        """Report what ``message`` tells; True when it was the last one."""
        match message:
            case AssistantMessage():
                self._error = message.error or self._error
                self._hear_agent(message)
            case UserMessage(content=list(blocks)):
                self._hear_results([block for block in blocks if isinstance(block, ToolResultBlock)], message)
            case SystemMessage(subtype="api_retry", data=data) if data.get("error_status") == _UNAUTHORIZED:
                raise trouble(None, _UNAUTHORIZED, None, self.task.model)
            case ResultMessage(is_error=True):
                raise trouble(self._error, message.api_error_status, message.terminal_reason, self.task.model)
            case ResultMessage(user_message_uuids=taken):
                for followup_id in taken or ():
                    self.correspondence.reached(UUID(followup_id))
                return True
            case _:
                pass
        return False

    def _hear_agent(self, message: AssistantMessage) -> None:
        for block in message.content:
            match block:
                case TextBlock(text=text) if text.strip() and message.error is None:
                    self._last_words = text.strip()
                    self.report(Said(self._last_words[:_LONGEST_SAYING]))
                case ToolUseBlock():
                    self._tools[block.id] = block
                case _:
                    pass

    def _hear_results(self, results: list[ToolResultBlock], message: UserMessage) -> None:
        for result in results:
            use = self._tools.pop(result.tool_use_id, None)
            if use is None or use.name in UNSEEN:
                continue
            self.report(StepTaken(use.name, summarize(use.name, use.input), ok=not result.is_error))
            tasks = None if result.is_error else self._tasks.after(use, message.tool_use_result)
            if tasks is not None:
                self.report(TasksListed(tasks))

    def _take_report(self, report: WorkReport) -> None:
        self._report = report


async def _keep_open(gate: Gate, arriving: asyncio.Task[Door]) -> None:
    """Serve the gate from the moment its door arrives until cancelled."""
    door = await arriving
    async with gate.serve(door.listener):
        await asyncio.Event().wait()


async def _interrupt(client: ClaudeSDKClient) -> None:
    """Have the CLI give up the call that it waits for, so that it can be asked to leave."""
    try:
        await asyncio.wait_for(client.interrupt(), _INTERRUPT_SECONDS)
    except (ClaudeSDKError, TimeoutError) as problem:
        _log.warning("not_interrupted", error=type(problem).__name__)


async def _end(arriving: asyncio.Task[Door]) -> None:
    """End the box. One that was started but has not shown its door yet gets the moment that takes."""
    done, _ = await asyncio.wait({arriving}, timeout=0.5)
    if done and not arriving.cancelled() and arriving.exception() is None:
        await end_box(arriving.result().pid)
