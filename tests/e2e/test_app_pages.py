"""What a page of the app does when time passes, connections break, and what it is told is unusual."""

import asyncio
from typing import Any, cast

from playwright.async_api import Locator, Page, Route, expect

from core.model.event import Started
from tests.builders import event, stored_agent
from tests.e2e.app_world import AppWorld, show, step
from tests.e2e.browser import new_page
from tests.integration.core_world import PATIENCE, fetched


def log(page: Page) -> Locator:
    return page.get_by_role("list", name="What happened").get_by_role("listitem")


async def test_a_connection_that_is_cut_and_back_has_lost_nothing_and_doubled_nothing(world: AppWorld) -> None:
    agent = await stored_agent(world.api.database)
    await world.happen(agent, event(agent, 1, Started("laptop")), step(agent, 2))
    page = await world.open(f"agents/{agent.id}")
    await expect(log(page)).to_have_count(2)
    world.wire.cut()
    await expect(page.get_by_text("Connecting again")).to_be_visible()
    await world.happen(agent, *(step(agent, number) for number in range(3, 40)))
    await world.change(agent, step="step 39", progress=77)
    await world.wire.mend()
    await expect(log(page)).to_have_count(39, timeout=15_000)
    await expect(page.get_by_text("Connecting again")).to_be_hidden()
    await world.happen(agent, step(agent, 40))
    await expect(log(page)).to_have_count(40)
    shown = await log(page).locator("span").all_inner_texts()
    await expect(page.locator(".detail").get_by_role("progressbar")).to_have_attribute("aria-valuenow", "77")
    world.forgive("net::ERR_")

    assert shown == ["Began on laptop", *(f"step {number}" for number in range(2, 41))]


async def test_an_access_token_that_runs_out_while_a_page_is_open_is_renewed_and_the_log_goes_on(
    world: AppWorld,
) -> None:
    page = await world.sign_in()
    me = await page.evaluate("fetch('/api/me').then((answer) => answer.json())")
    agent = await stored_agent(world.api.database)
    await world.change(agent, person_id=me["id"])
    agent = await fetched(world.api.database, agent.id)
    await show(page, f"agents/{agent.id}")
    await world.happen(agent, event(agent, 1, Started("laptop")))
    await expect(log(page)).to_have_count(1)
    # The log's stream comes back before the other one, which may have the sign-in renewed.
    refused = asyncio.Event()

    async def refuse(route: Route) -> None:
        await route.fulfill(status=401)
        refused.set()

    await page.route("**/api/agents/*/events", refuse, times=1)
    await page.context.clear_cookies(name="cadence_access")
    world.wire.cut()
    await expect(page.get_by_text("Connecting again")).to_be_visible()
    await world.wire.mend()
    await asyncio.wait_for(refused.wait(), PATIENCE)
    await world.happen(agent, step(agent, 2))
    await expect(log(page)).to_have_count(2, timeout=15_000)


async def test_who_signs_out_on_one_device_is_signed_out_on_the_other(world: AppWorld) -> None:
    here, there = await world.sign_in(), await world.sign_in()
    await show(here, "settings")
    await here.get_by_role("button", name="Sign out everywhere").click()
    for page in (here, there):
        await expect(page.get_by_role("link", name="Sign in with GitHub")).to_be_visible(timeout=15_000)
    await here.reload()
    await expect(here.get_by_role("link", name="Sign in with GitHub")).to_be_visible()


async def test_who_signs_out_at_this_computer_is_out(world: AppWorld) -> None:
    page = await world.open("settings")
    await page.get_by_role("button", name="Sign out everywhere").click()
    await expect(page.get_by_role("link", name="Sign in with GitHub")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("link", name="Sign in with GitHub")).to_be_visible()
    world.forgive("401")


async def test_a_stranger_sees_the_way_in_and_nothing_else(world: AppWorld) -> None:
    page = await new_page(await world.context(), world.complaints)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(world.url)))
    await page.goto(world.url)
    await expect(page.get_by_role("link", name="Sign in with GitHub")).to_be_visible()

    assert [path for path in asked if path.startswith("/api/")] == ["/api/auth/github"]


async def test_it_can_be_installed(world: AppWorld) -> None:
    page = await world.open()
    await page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    browser = await page.context.new_cdp_session(page)
    found = cast("dict[str, Any]", await browser.send("Page.getInstallabilityErrors"))

    # Nothing can be installed from such a window, whatever the page is like.
    assert [each["errorId"] for each in found["installabilityErrors"]] == ["in-incognito"]


async def test_long_names_and_texts_from_right_to_left_break_nothing(world: AppWorld) -> None:
    agent = await stored_agent(world.api.database)
    await world.change(
        agent,
        name="Birch",
        repo_name=f"{'organisation-' * 8}/{'repository-' * 12}",
        task_description="تصحيح إعادة التوجيه بعد تسجيل الدخول " * 20 + "x" * 300,
        branch="feature/" + "a" * 150,
        step="y" * 400,
    )
    page = await world.open("agents")
    for path in ("agents", f"agents/{agent.id}", "talk"):
        await show(page, path)
        await expect(page.get_by_role("heading", level=1)).to_be_attached()
        wide = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], path
    await show(page, "agents")
    task = page.locator(".card .task")
    assert await task.evaluate("(it) => getComputedStyle(it).direction") == "rtl"
