"""What the app does on the device itself: it keeps what was said, rests out of sight, and is opened by news."""

import asyncio
import json

from playwright.async_api import Page, Route, expect

from core.model.event import Started
from tests.builders import event, stored_agent
from tests.e2e.app_world import AppWorld, show, step

# What a phone does with a page that is not in front; tabs that a test opens are all in front.
_VISIBILITY = """(state) => {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  Object.defineProperty(document, 'hidden', { value: state === 'hidden', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


async def record(page: Page) -> None:
    """By the keyboard: begin, wait for the first second to be over, and send."""
    button = page.get_by_role("button", name="Hold to talk")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("0:01")).to_be_visible()
    await page.keyboard.press("Enter")


async def commands(world: AppWorld) -> int:
    async with world.api.database.transaction() as tx:
        return await tx.connection.fetchval("select count(*) from inbox")


async def test_a_recording_made_without_a_connection_is_kept_over_a_reload_and_sent_once(world: AppWorld) -> None:
    page = await world.open()
    await page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    world.wire.cut()
    await expect(page.get_by_text("Connecting again")).to_be_visible()
    await record(page)
    await expect(page.get_by_text("Kept on this device")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("Kept on this device")).to_be_visible()
    before = await commands(world)
    await world.wire.mend()
    # What is recorded here is a tone, which nobody understands; but it has arrived.
    await expect(page.locator(".reply")).to_be_visible(timeout=15_000)
    await expect(page.get_by_text("Kept on this device")).to_be_hidden()
    world.forgive("net::ERR_")

    assert (before, await commands(world)) == (0, 1)


async def test_a_command_whose_answer_is_lost_is_sent_again_and_is_still_one(world: AppWorld) -> None:
    page = await world.open()
    arrived = asyncio.Event()

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort("connectionreset")
        arrived.set()

    await page.route("**/api/commands", lose_the_answer, times=1)
    await page.get_by_label("Or write it").fill("start an agent on wallet frontend to fix the login redirect bug")
    await page.keyboard.press("Enter")
    await asyncio.wait_for(arrived.wait(), 15)
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".reply")).to_contain_text("is starting on")
    await show(page, "agents")
    await expect(page.locator(".card")).to_have_count(1)
    world.forgive("net::ERR_")

    assert await commands(world) == 1


async def test_tabs_out_of_sight_leave_the_connections_to_the_one_that_is_seen(world: AppWorld) -> None:
    agent = await stored_agent(world.api.database)
    await world.happen(agent, event(agent, 1, Started("laptop")))
    context = await world.context()
    tabs = [await world.open(f"agents/{agent.id}", context)]
    for _ in range(3):
        await expect(tabs[-1].get_by_text("Began on laptop")).to_be_visible()
        await tabs[-1].evaluate(_VISIBILITY, "hidden")
        tabs.append(await world.open(f"agents/{agent.id}", context))
    hidden = tabs[-1]
    await expect(hidden.get_by_text("Began on laptop")).to_be_visible()
    await hidden.evaluate(_VISIBILITY, "hidden")
    seen = await world.open(f"agents/{agent.id}", context)
    await expect(seen.get_by_text("Began on laptop")).to_be_visible()
    await world.happen(agent, step(agent, 2))
    await world.change(agent, name="Larch")
    await expect(seen.get_by_text("step 2")).to_be_visible()
    await expect(hidden.get_by_text("step 2")).to_be_hidden()
    await hidden.evaluate(_VISIBILITY, "visible")
    await expect(hidden.get_by_text("step 2")).to_be_visible()
    await expect(hidden.get_by_role("heading", level=1, name="Larch")).to_be_visible()


# Ready is a worker that is still being activated, too: it takes no push yet.
_ACTIVATED = """async () => {
  const { active, scope } = await navigator.serviceWorker.ready;
  const changed = () => new Promise((done) => active.addEventListener('statechange', done, { once: true }));
  while (active.state !== 'activated') await changed();
  return scope;
}"""


async def test_news_opens_the_agent_that_it_is_about(world: AppWorld) -> None:
    agent = await stored_agent(world.api.database)
    page = await world.open()
    registration = await page.evaluate(_ACTIVATED)
    browser = await page.context.new_cdp_session(page)
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def registered(told: dict[str, list[dict[str, str]]]) -> None:
        for each in told["registrations"]:
            if each["scopeURL"] == registration and not found.done():
                found.set_result(each["registrationId"])

    browser.on("ServiceWorker.workerRegistrationUpdated", registered)
    await browser.send("ServiceWorker.enable")
    news = {"title": "Birch is done", "body": "The pull request is open.", "agentId": str(agent.id)}
    told = {"origin": world.url, "registrationId": await asyncio.wait_for(found, 15), "data": json.dumps(news)}
    await browser.send("ServiceWorker.deliverPushMessage", told)
    (worker,) = page.context.service_workers
    await page.wait_for_function(
        "async () => (await (await navigator.serviceWorker.ready).getNotifications()).length === 1"
    )
    await worker.evaluate("""async () => {
      const [notification] = await self.registration.getNotifications();
      self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
    }""")

    await expect(page.get_by_role("heading", level=1, name="Birch")).to_be_visible()


async def test_an_account_is_deleted_only_after_a_second_yes(world: AppWorld) -> None:
    page = await world.open("settings")
    await page.get_by_role("button", name="Delete my account").click()
    await page.get_by_role("dialog").get_by_role("button", name="Keep my account").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await page.get_by_role("button", name="Delete my account").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete my account").click()
    await expect(page.get_by_role("link", name="Sign in with GitHub")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("link", name="Sign in with GitHub")).to_be_visible()
    world.forgive("404")


async def test_a_recording_is_cancelled_from_the_keyboard(world: AppWorld) -> None:
    page = await world.open()
    await page.get_by_role("button", name="Hold to talk").press("Enter")
    await expect(page.get_by_text("0:01")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("alert")).to_have_text("Cancelled. Nothing was sent.")
    assert await commands(world) == 0
