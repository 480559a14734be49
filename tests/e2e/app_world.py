"""The app on the whole API and real servers, in a real browser. What agents do is written by the test."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page, Route, ViewportSize

from core.model.agent import Agent
from core.model.event import Event, StepTaken
from core.model.ring import WatchRing
from core.store.database import Transaction
from tests.builders import event
from tests.e2e.browser import launched, new_page
from tests.e2e.wire import Wire
from tests.integration.api_world import TOKEN, ApiWorld, api_world, served

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}


@dataclass
class AppWorld:
    """``complaints`` is what the browser had to say against the pages."""

    api: ApiWorld
    wire: Wire
    browser: Browser
    complaints: list[str] = field(default_factory=list[str])

    @property
    def url(self) -> str:
        return self.wire.url

    def forgive(self, words: str) -> None:
        """A browser says so much about every request that fails, even one that was meant to."""
        self.complaints[:] = [complaint for complaint in self.complaints if words not in complaint]

    async def context(self) -> BrowserContext:
        """Another browser, which knows nobody yet."""
        return await self.browser.new_context(viewport=PHONE, permissions=["microphone", "notifications"])

    async def open(self, path: str = "", context: BrowserContext | None = None) -> Page:
        """A tab of whoever sits at this computer, at the screen behind the #."""
        page = await new_page(context or await self.context(), self.complaints)
        await page.goto(f"{self.url}/?token={TOKEN}")
        await page.get_by_role("navigation").wait_for()
        await show(page, path)
        return page

    async def sign_in(self) -> Page:
        """A tab of somebody who has signed in with GitHub, who lets everybody in."""
        page = await new_page(await self.context(), [])
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.route("https://github.test/**", self._consent)
        await page.goto(self.url)
        await page.get_by_role("link", name="Sign in with GitHub").click()
        await page.get_by_role("navigation").wait_for()
        return page

    async def _consent(self, route: Route) -> None:
        code = self.api.github.authorize(route.request.url)
        state = route.request.url.partition("state=")[2].partition("&")[0]
        await route.fulfill(status=302, headers={"Location": f"{self.url}/?code={code}&state={state}"})

    async def change(self, agent: Agent, **columns: Any) -> None:  # noqa: ANN401 (a row's)
        """Have an agent be another, and everybody told."""
        async with self.api.database.transaction() as tx:
            await self._set(tx, agent, columns)

    async def asks(self, agent: Agent, text: str, *options: str) -> None:
        """Have an agent at work ask something."""
        await self.change(agent, status="running", question={"leg": 1, "seq": 1, "text": text, "options": options})

    async def happen(self, agent: Agent, *events: Event) -> None:
        """Have this happen to an agent, and everybody told."""
        async with self.api.database.transaction() as tx:
            for each in events:
                assert await tx.events.record(each)
            await self._set(tx, agent, {})

    async def _set(self, tx: Transaction, agent: Agent, columns: dict[str, Any]) -> None:
        assigned = "".join(f"{name} = ${number}, " for number, name in enumerate(columns, 2))
        statement = f"update agents set {assigned}updated_at = now() where id = $1"  # noqa: S608 (the test's own names)
        await tx.connection.execute(statement, agent.id, *columns.values())
        tx.ring(WatchRing(agent.user_id))


def step(agent: Agent, number: int) -> Event:
    """The agent's step of this number."""
    return event(agent, number, StepTaken("Bash", f"step {number}"))


async def show(page: Page, path: str) -> None:
    """Go to a screen."""
    await page.evaluate("(hash) => (location.hash = hash)", f"/{path}")


@asynccontextmanager
async def app_world(
    database_url: str, redis_url: str, folder: Path, chromium: Path, *, speaking: Path | None = None
) -> AsyncGenerator[AppWorld]:
    """The app, served, with a browser in front of it and somebody who reads commands behind it."""
    async with (
        api_world(database_url, redis_url, folder) as api,
        served(api) as url,
        launched(chromium, speaking=speaking) as browser,
    ):
        reading = asyncio.create_task(api.reception.run())
        wire = Wire(urlsplit(url).port or 80)
        await wire.mend()
        world = AppWorld(api, wire, browser)
        yield world
        for context in browser.contexts:
            await context.close()
        wire.cut()
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
    assert world.complaints == []
