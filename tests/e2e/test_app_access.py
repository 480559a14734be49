"""The app for people who do not see, point or hear as others do, in the states that a screen goes through."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from tests.builders import stored_agent
from tests.e2e.app_world import AppWorld, show
from tests.e2e.browser import new_page

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text()


async def wrong(page: Page) -> list[tuple[str, list[str]]]:
    """What axe has to say."""
    # In transitions colours are neither what they were nor what they will be.
    await page.emulate_media(reduced_motion="reduce")
    await page.evaluate(AXE)
    found = await page.evaluate("axe.run()")
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_state_of_a_screen_can_be_used_by_everybody(
    world: AppWorld, theme: Literal["light", "dark"]
) -> None:
    context = await world.context()
    stranger = await new_page(context, world.complaints)
    await stranger.emulate_media(color_scheme=theme)
    await stranger.goto(world.url)
    await expect(stranger.get_by_role("link", name="Sign in with GitHub")).to_be_visible()
    assert await wrong(stranger) == []

    page = await world.open("agents", context)
    await page.emulate_media(color_scheme=theme)
    await expect(page.get_by_role("heading", name="No agents yet")).to_be_visible()
    assert await wrong(page) == []

    agent = await stored_agent(world.api.database)
    await world.asks(agent, "Tabs or spaces?", "Tabs", "Spaces")
    await show(page, "talk")
    await expect(page.get_by_role("heading", name="Birch asks")).to_be_visible()
    await page.get_by_role("button", name="Hold to talk").press("Enter")
    await expect(page.get_by_text("0:01")).to_be_visible()
    assert await wrong(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("alert")).to_be_visible()
    assert await wrong(page) == []

    await show(page, f"agents/{agent.id}")
    await page.get_by_role("button", name="Stop").click()
    assert await wrong(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Stop")).to_be_focused()

    await show(page, "settings")
    await page.get_by_role("button", name="Link a chat").click()
    await page.get_by_label("What is it for?").fill("a script")
    await page.get_by_role("button", name="New token").click()
    await expect(page.get_by_text("it is shown this once")).to_be_visible()
    assert await wrong(page) == []


async def test_an_answer_can_be_given_where_one_talks(world: AppWorld) -> None:
    agent = await stored_agent(world.api.database)
    await world.asks(agent, "Tabs or spaces?", "Tabs", "Spaces")
    page = await world.open()
    await expect(page).to_have_title("(1) Talk · Cadence")
    await page.get_by_role("button", name="Spaces").press("Enter")
    await expect(page.get_by_text("It is told")).to_be_visible()
    await world.change(agent, question=None)
    await expect(page.get_by_role("heading", name="Birch asks")).to_be_hidden()
    await expect(page).to_have_title("Talk · Cadence")


async def test_a_screen_that_is_come_back_to_stands_where_it_was_left(world: AppWorld) -> None:
    for number in range(30):
        await stored_agent(world.api.database, f"Agent{number}")
    page = await world.open("agents")
    card = page.get_by_role("link", name="Agent3")
    await card.scroll_into_view_if_needed()
    left = await page.evaluate("scrollY")
    await card.click()
    await expect(page.get_by_role("heading", level=1, name="Agent3")).to_be_in_viewport()
    await page.get_by_role("link", name="All agents").click()
    await expect(card).to_be_in_viewport()

    assert left > 0
