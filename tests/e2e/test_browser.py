"""What a person sees who opens the links, in a real browser."""

import os
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

from tests.conftest import RequireTool
from tests.e2e.running import Installation

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("box")]

TASK = "start an agent on wallet frontend to fix the login redirect bug"
QUIET = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run")


@pytest_asyncio.fixture(loop_scope="session")
async def page(require_tool: RequireTool) -> AsyncGenerator[Page, None]:
    """An empty tab; the test fails if anything that a page wanted was not to be had, or came from elsewhere."""
    chromium = require_tool("chromium", "apt install chromium")
    complaints: list[str] = []
    async with async_playwright() as player:
        as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
        browser = await player.chromium.launch(executable_path=chromium, args=[*QUIET, *as_root])
        page = await browser.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if "//127.0.0.1:" in asked.url else complaints.append(asked.url))
        yield page
        await browser.close()
    assert complaints == []


async def test_the_pull_request_can_be_read_in_a_browser(cadence: Installation, page: Page) -> None:
    done = await cadence.until_done(await cadence.command(TASK))
    await page.goto(next(word for word in done.text.split() if word.startswith("http")))

    await expect(page.get_by_role("heading", level=1)).to_contain_text("Read the page to return to from the parameter")
    added = page.locator(".line", has_text='query.get("next", HOME)')
    await expect(added).to_be_visible()
    # Coloured: the page's own style sheet has been loaded.
    await expect(added).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")


async def test_the_link_that_up_prints_signs_the_browser_in_and_shows_agents_at_work(
    cadence: Installation, page: Page
) -> None:
    cadence.model.asked.clear()
    cadence.model.open.clear()
    try:
        agent = await cadence.command(TASK)
        await page.goto(f"{cadence.url}/?token={cadence.home.secrets().local_token}")
        await page.get_by_role("link", name="Agents").click()
        card = page.get_by_role("listitem").filter(has_text=agent["name"]).first
        await expect(card).to_contain_text("At work", timeout=30_000)
    finally:
        cadence.model.open.set()
    await cadence.until_done(agent)
    # The page comes up to date by itself.
    await expect(card).to_contain_text("Done", timeout=30_000)
    await card.click()
    await expect(page.get_by_role("link", name="Open the pull request")).to_be_visible(timeout=30_000)
    assert "token" not in page.url
