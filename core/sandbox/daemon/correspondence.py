"""What a person and their agent have to say to each other while a run is under way."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from core.model.event import Asked, Happening, Told
from core.sandbox.protocol import Tell


@dataclass(slots=True)
class Correspondence:
    """One run's. Whatever arrives is taken once, however often the control plane repeats it.

    An answer waits for ``pass_through``: to a run that is paused it is given when that goes on.
    """

    report: Callable[[Happening], None]
    pass_through: Callable[[], Awaitable[None]]
    _seen: set[UUID] = field(default_factory=set[UUID])
    _messages: asyncio.Queue[Tell] = field(default_factory=asyncio.Queue[Tell])
    _untold: set[UUID] = field(default_factory=set[UUID])
    _early: dict[str, Tell] = field(default_factory=dict[str, Tell])
    _answer: asyncio.Future[Tell] | None = None

    def take(self, tell: Tell) -> None:
        """The person has said something: the answer to the open question, or more about the task."""
        if tell.followup_id in self._seen:
            return
        self._seen.add(tell.followup_id)
        if tell.question is not None and self._answer is not None and not self._answer.done():
            self._answer.set_result(tell)
        else:
            if tell.question is not None:
                self._early[tell.question] = tell
            self._untold.add(tell.followup_id)
            self._messages.put_nowait(tell)

    @property
    def asking(self) -> bool:
        """True while the agent waits for an answer."""
        return self._answer is not None

    @property
    def settled(self) -> bool:
        """True when the agent has been told everything that has arrived so far."""
        return not self._untold

    async def ask(self, question: str, options: tuple[str, ...]) -> str:
        """Put a question to the person and wait for the answer, for as long as it takes.

        An agent that was parked with its question may ask again what has been answered since.
        """
        early = self._early.pop(question, None)
        if early is not None:
            self.reached(early.followup_id)
            return early.text
        self._answer = asyncio.get_running_loop().create_future()
        self.report(Asked(question, options))
        try:
            answer = await self._answer
            await self.pass_through()
        finally:
            self._answer = None
        self.report(Told(answer.followup_id))
        return answer.text

    async def next_message(self) -> Tell:
        """The next thing the agent has to be told; ``reached`` says that it has been."""
        return await self._messages.get()

    def reached(self, followup_id: UUID) -> None:
        """The agent has taken this in."""
        if followup_id in self._untold:
            self._untold.remove(followup_id)
            self.report(Told(followup_id))
