"""The owner's side of the ear: starts it, asks it one note at a time, and ends it when it takes too long."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

import structlog

from core.model.errors import TranscriptionFailed
from core.voice.frames import ANSWER, LENGTH, Answer, Note, Progress, pack_note

_INHERITED: Final = ("PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH")
_ROOT: Final = Path(__file__).parents[2]

Tell = Callable[[float], Awaitable[None]]


class EarProcess:
    """A process that listens. It starts with the first note, or with ``warm``, and again after it died."""

    def __init__(self, model_dir: Path | None = None, *, deadline: float = 60.0) -> None:
        self._arguments = _arguments(model_dir)
        self._deadline = deadline
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The process id while the ear is up."""
        return None if self._process is None else self._process.pid

    async def warm(self) -> None:
        """Start the ear and wait until it has loaded. Raises TranscriptionFailed."""
        async with self._turn:
            await self._bounded_start()

    async def listen(self, note: Note, audio: bytes, tell: Tell | None = None) -> Answer:
        """What the ear makes of a note; ``tell`` is told the share of a long one that has been heard.

        Raises TranscriptionFailed when it dies, or says nothing for as long as the deadline.
        """
        async with self._turn:
            process = await self._bounded_start()
            try:
                return await self._ask(process, note, audio, tell)
            except TimeoutError as error:
                await self._kill("took too long")
                raise TranscriptionFailed(
                    "That took me too long to understand. Please try a shorter voice note."
                ) from error
            except (OSError, EOFError, ValueError) as error:
                await self._kill("died")
                raise TranscriptionFailed("I could not listen to that. Please send it again.") from error
            except asyncio.CancelledError:
                await self._kill("was interrupted")
                raise

    async def aclose(self) -> None:
        """End the ear. A later note starts it again."""
        async with self._turn:
            await self._kill(None)

    async def _bounded_start(self) -> Process:
        try:
            async with asyncio.timeout(self._deadline):
                return await self._start()
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            await self._kill("did not start")
            raise TranscriptionFailed("My speech recognition did not start. Please try again.") from error
        except asyncio.CancelledError:
            await self._kill("was interrupted")
            raise

    async def _start(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        process = self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            env=_environment(os.environ),
            start_new_session=True,
        )
        await _answer(process)
        return process

    async def _ask(self, process: Process, note: Note, audio: bytes, tell: Tell | None) -> Answer:
        if process.stdin is None:
            raise EOFError
        async with asyncio.timeout(self._deadline):
            process.stdin.write(pack_note(note, audio))
            await process.stdin.drain()
        while True:
            async with asyncio.timeout(self._deadline):
                answer = await _answer(process)
            if not isinstance(answer, Progress):
                return answer
            if tell is not None:
                await tell(answer.share)

    async def _kill(self, reason: str | None) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.communicate()
        if reason:
            structlog.get_logger(__name__).warning("ear_ended", reason=reason, status=process.returncode)


def _arguments(model_dir: Path | None) -> tuple[str, ...]:
    return ("-m", "core.voice.ear", *(() if model_dir is None else ("--model", str(model_dir))))


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Enough to run, and no secret of ours: the ear opens files from strangers."""
    return {name: ours[name] for name in _INHERITED if name in ours} | {
        "PYTHONPATH": str(_ROOT),
        "PYTHONSAFEPATH": "1",
        "HF_HUB_OFFLINE": "1",
    }


async def _answer(process: Process) -> Answer | Progress:
    if process.stdout is None:
        raise EOFError
    (size,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
    return ANSWER.validate_json(await process.stdout.readexactly(size))
