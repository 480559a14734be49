"""The app as a person uses it: by voice and by hand, on a phone and on a desk, with a connection and without."""

import os
import re
import signal
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.conftest import RequireTool
from tests.e2e.browser import DESKTOP, PHONE, Person, person_at, spoken
from tests.e2e.running import Installation, children, up
from tests.plays import QUESTION, asks_first, plans_lists_and_reports

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("box")]

TASK = "start an agent on wallet frontend to fix the login redirect bug"
NOTE = Path(__file__).parents[2] / "cadence/demo/note.ogg"
# Ears differ: "login", "log in", "log-in".
HEARD = re.compile(r"log.?in redirect")
YES = Path(__file__).parents[1] / "integration/audio/yes_go_ahead.ogg"
AXE = Path(__file__).parent / "vendor/axe.min.js"
SCREENS = ("talk", "agents", "usage", "settings")
PATIENT_MS = 60_000


@pytest.fixture(scope="session")
def chromium(require_tool: RequireTool) -> Path:
    return require_tool("chromium", "apt install chromium")


@pytest_asyncio.fixture(loop_scope="session")
async def person(cadence: Installation, chromium: Path) -> AsyncGenerator[Person, None]:
    async with person_at(cadence, chromium) as person:
        yield person
    assert person.complaints == []


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Or write it").fill(text)
    await page.keyboard.press("Enter")


async def picture(page: Page, name: str) -> None:
    """Kept where CADENCE_PICTURES says, for people to look at."""
    if folder := os.environ.get("CADENCE_PICTURES"):
        await page.screenshot(path=f"{folder}/{name}.png")


async def test_what_is_said_becomes_an_agent_and_a_pull_request(
    cadence: Installation, chromium: Path, tmp_path: Path
) -> None:
    async with person_at(cadence, chromium, speaking=spoken(NOTE, tmp_path)) as person:
        page = await person.open()
        button = page.get_by_role("button", name="Hold to talk")
        box = await button.bounding_box()
        assert box is not None
        await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await page.mouse.down()
        await expect(page.get_by_text("0:06")).to_be_visible(timeout=PATIENT_MS)
        await picture(page, "listening")
        await page.mouse.up()
        heard = page.get_by_role("listitem").filter(has_text="Heard")
        await expect(heard).to_contain_text(HEARD, timeout=PATIENT_MS)
        await expect(heard).to_contain_text("is starting on wallet-frontend", timeout=PATIENT_MS)
        await picture(page, "heard")
        await expect(heard.get_by_role("link", name="Pull request")).to_be_visible(timeout=PATIENT_MS)
        await heard.locator("a.mini").click()
        await expect(page.get_by_role("link", name="Open the pull request")).to_be_visible(timeout=PATIENT_MS)
        await picture(page, "pull-request")

    assert person.complaints == []


async def test_a_plan_is_agreed_to_by_voice_and_becomes_a_pull_request(
    cadence: Installation, chromium: Path, tmp_path: Path
) -> None:
    cadence.model.play, before = plans_lists_and_reports, cadence.model.play
    try:
        async with person_at(cadence, chromium, speaking=spoken(YES, tmp_path)) as person:
            page = await person.open()
            await page.get_by_role("link", name="Settings").click()
            await page.get_by_label("Show me a plan before anything is changed").check()
            await page.get_by_role("button", name="Save").click()
            await expect(page.get_by_text("Saved")).to_be_visible()
            await page.get_by_role("link", name="Talk").click()
            await write(page, TASK)
            agent = page.locator("a.mini")
            await expect(agent).to_contain_text("Needs you", timeout=PATIENT_MS)

            await page.get_by_role("button", name="Hold to talk").click()
            await expect(page.get_by_text("0:03")).to_be_visible(timeout=PATIENT_MS)
            await page.get_by_role("button", name="Send the recording").click()
            heard = page.get_by_role("listitem").filter(has_text="Heard")
            await expect(heard).to_contain_text("go ahead", ignore_case=True, timeout=PATIENT_MS)
            await expect(agent.first).to_contain_text("Done", timeout=PATIENT_MS)
            await agent.first.click()
            await expect(page.get_by_role("link", name="Open the pull request")).to_be_visible(timeout=PATIENT_MS)
            await expect(page.locator(".tasks .done")).to_have_text("Write the note")
    finally:
        cadence.model.play = before
        await cadence.patch("/api/me", {"planFirst": False})
    assert person.complaints == []


async def test_what_was_heard_can_be_put_right_before_it_is_sent(
    cadence: Installation, chromium: Path, tmp_path: Path
) -> None:
    async with person_at(cadence, chromium, speaking=spoken(NOTE, tmp_path)) as person:
        page = await person.open()
        before = len(await cadence.agents())
        await page.get_by_label("Check before sending").check()
        await page.get_by_role("button", name="Hold to talk").click()
        await expect(page.get_by_text("0:06")).to_be_visible(timeout=PATIENT_MS)
        await page.get_by_role("button", name="Send the recording").click()
        box = page.get_by_label("Or write it")
        await expect(box).to_have_value(HEARD, timeout=PATIENT_MS)
        await expect(box).to_be_focused()
        assert len(await cadence.agents()) == before
        await write(page, "status")
        await expect(page.locator(".turn")).to_have_count(1)
        await expect(page.locator(".turn .you")).to_contain_text("status")

    assert person.complaints == []


async def test_a_recording_from_which_one_slides_away_is_not_sent(person: Person) -> None:
    page = await person.open()
    box = await page.get_by_role("button", name="Hold to talk").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 40, box["y"] + 40)
    await page.mouse.down()
    await expect(page.get_by_text("0:01")).to_be_visible()
    await page.mouse.move(box["x"] + 40, box["y"] - 200)
    await expect(page.get_by_text("Let go to cancel")).to_be_visible()
    await page.mouse.up()

    await expect(page.get_by_role("alert")).to_have_text("Cancelled. Nothing was sent.")
    await expect(page.get_by_role("list").filter(has_text="Heard")).to_have_count(0)


async def test_a_microphone_that_is_refused_is_explained(person: Person) -> None:
    page = await person.open()
    await page.evaluate(
        "void (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError')))"
    )
    await page.get_by_role("button", name="Hold to talk").press("Enter")

    await expect(page.get_by_role("alert")).to_contain_text("does not let Cadence use the microphone")


async def test_a_question_is_answered_with_one_press(cadence: Installation, person: Person) -> None:
    cadence.model.play, before = asks_first, cadence.model.play
    try:
        page = await person.open()
        await write(page, TASK)
        await page.locator("a.mini").click()
        await expect(page.locator(".question")).to_contain_text(QUESTION, timeout=PATIENT_MS)
        await expect(page.get_by_role("navigation")).to_contain_text("1")
        await picture(page, "question")
        await page.get_by_role("button", name="Spaces").click()
        await expect(page.get_by_role("link", name="Open the pull request")).to_be_visible(timeout=PATIENT_MS)
    finally:
        cadence.model.play = before


async def test_two_browsers_show_the_same(cadence: Installation, person: Person) -> None:
    cadence.model.open.clear()
    try:
        one, other = await person.open(), await person.open(viewport=DESKTOP)
        await write(one, TASK)
        await one.locator("a.mini").click()
        await other.get_by_role("link", name="Agents").click()
        await other.get_by_role("main").get_by_role("listitem").first.click()
        await expect(
            other.get_by_role("heading", level=1, name=await one.locator("#agent-name").inner_text())
        ).to_be_visible()
        await one.get_by_role("button", name="Pause").click()
        await expect(one.get_by_text("It pauses before its next step.")).to_be_visible()
        cadence.model.open.set()
        await expect(other.get_by_role("button", name="Resume")).to_be_visible(timeout=PATIENT_MS)
        await picture(other, "desktop")
        await other.get_by_role("button", name="Stop").click()
        await other.get_by_role("dialog").get_by_role("button", name="Stop").click()
    finally:
        cadence.model.open.set()
    for page in (one, other):
        await expect(page.get_by_role("region").get_by_text("Stopped").first).to_be_visible(timeout=PATIENT_MS)


async def test_what_is_said_without_a_connection_is_sent_once_when_it_is_back(
    cadence: Installation, chromium: Path
) -> None:
    async with person_at(cadence, chromium) as person:
        page = await person.open()
        before = len(await cadence.agents())
        await page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        await page.context.set_offline(True)
        await expect(page.get_by_text("No connection.")).to_be_visible()
        await write(page, TASK)
        await expect(page.get_by_text("Kept on this device")).to_be_visible()
        await page.reload()
        await expect(page.get_by_text("Kept on this device")).to_be_visible()
        await page.context.set_offline(False)
        await expect(page.locator(".reply")).to_be_visible(timeout=PATIENT_MS)
        await expect(page.get_by_text("Kept on this device")).to_have_count(0)
        await page.reload()
        await expect(page.locator(".reply")).to_have_count(1)

        assert len(await cadence.agents()) == before + 1


async def test_a_cadence_that_dies_is_waited_for(fresh: Installation, chromium: Path) -> None:
    async with up(fresh) as process, person_at(fresh, chromium) as person:
        page = await person.open()
        await page.get_by_role("link", name="Agents").click()
        os.kill(children(process.pid)["serve"], signal.SIGKILL)
        await expect(page.get_by_text("Connecting again")).to_be_visible(timeout=PATIENT_MS)
        await expect(page.get_by_text("Connecting again")).to_be_hidden(timeout=PATIENT_MS)
        agent = await fresh.command(TASK)

        await expect(page.get_by_role("listitem").filter(has_text=agent["name"])).to_contain_text(
            "Done", timeout=PATIENT_MS
        )


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_screen_can_be_used_by_everybody(cadence: Installation, person: Person, theme: str) -> None:
    if not await cadence.agents():
        await cadence.until_done(await cadence.command(TASK))
    newest = (await cadence.agents())[0]["id"]
    for size, viewport in (("phone", PHONE), ("desk", DESKTOP)):
        page = await person.open(viewport=viewport, theme=theme)
        # The page's own policy lets nothing else in: this comes through the browser's own door.
        axe = AXE.read_text()
        for screen in (*SCREENS, f"agents/{newest}"):
            await page.evaluate("(hash) => (location.hash = hash)", f"/{screen}")
            await expect(page.get_by_text("Loading…")).to_have_count(0)
            await expect(page.get_by_role("heading", level=1).first).to_be_attached()
            await page.evaluate(axe)
            found = await page.evaluate("axe.run()")
            wrong = [(each["id"], [node["target"] for node in each["nodes"]]) for each in found["violations"]]
            too_wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            small = await page.evaluate(_TOO_SMALL)
            await picture(page, f"{size}-{screen.partition('/')[0] + ('-one' if '/' in screen else '')}-{theme}")

            assert wrong == [], screen
            assert not too_wide, screen
            assert small == [], screen
        await page.context.close()


# What can be pressed is at least 44 pixels high, links within a text aside.
_TOO_SMALL = """[...document.querySelectorAll('button, a, select, input:not([type=checkbox]), summary, label.check')]
  .filter((it) => it.checkVisibility({ visibilityProperty: true }) && getComputedStyle(it).display !== 'inline')
  .filter((it) => it.getBoundingClientRect().height < 43.5)
  .map((it) => it.outerHTML.slice(0, 80))"""
