"""A question of an agent's, answered by voice in the app while the agent waits."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.conftest import RequireTool
from tests.e2e.browser import person_at, spoken
from tests.e2e.running import Installation
from tests.plays import plans_lists_and_reports

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("box")]

YES = Path(__file__).parents[1] / "integration/audio/yes_go_ahead.ogg"
TASK = "start an agent on wallet frontend to write a note"
PATIENT_MS = 60_000


async def test_a_plan_is_agreed_to_by_voice_and_the_work_becomes_a_pull_request(
    cadence: Installation, require_tool: RequireTool, tmp_path: Path
) -> None:
    chromium = require_tool("chromium", "apt install chromium")
    cadence.model.play, before = plans_lists_and_reports, cadence.model.play
    try:
        async with person_at(cadence, chromium, speaking=spoken(YES, tmp_path)) as person:
            page = await person.open()
            await page.get_by_role("link", name="Settings").click()
            await page.get_by_label("Show me a plan before anything is changed").check()
            await page.get_by_role("button", name="Save").click()
            await expect(page.get_by_text("Saved")).to_be_visible()
            await page.get_by_role("link", name="Talk").click()
            await page.get_by_label("Or write it").fill(TASK)
            await page.keyboard.press("Enter")
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
            await expect(page.get_by_role("list").filter(has_text="Write the note")).to_be_visible()

            await page.get_by_role("link", name="Settings").click()
            await page.get_by_label("Show me a plan before anything is changed").uncheck()
            await page.get_by_role("button", name="Save").click()
            await expect(page.get_by_text("Saved")).to_be_visible()
    finally:
        cadence.model.play = before
    assert person.complaints == []
