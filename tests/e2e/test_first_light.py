import asyncio
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from cadence.demo.script import next_turn
from cadence.demo.telegram_handset import Handset
from tests.e2e.running import Installation, eventually, processes_naming, says, up
from tests.plays import QUESTION, asks_first

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("box")]

NOTE = (resources.files("cadence.demo") / "note.ogg").read_bytes()
TASK = "start an agent on wallet frontend to fix the login redirect bug"


async def test_a_spoken_note_becomes_one_pull_request_and_the_chat_is_told(cadence: Installation) -> None:
    handset = cadence.handset
    await handset.send_voice(NOTE, 4)
    await handset.sees_typing()
    answer = await handset.next_message(lambda shown: "heard" in shown.text)
    progress = await handset.next_message(lambda shown: "percent" in shown.text)
    final = await handset.next_message(lambda shown: "is done on wallet-frontend" in shown.text, timeout=60)
    agent = (await cadence.agents())[0]

    assert "ogin redirect" in answer.text
    assert [button.label for button in answer.buttons] == ["Stop"]
    assert answer.answers is not None
    assert progress.message_id != final.message_id
    assert final.text.startswith(f"{agent['name']} is done")
    assert await cadence.pulls_of(agent) == 1
    link = next(word for word in final.text.split() if word.startswith("http"))
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(link)
    assert urlsplit(link).netloc == cadence.environ["CADENCE_FORGE_BIND"]
    assert page.status_code == 200
    assert "wallet/login.py" in page.text
    assert "next_page" in page.text


async def test_the_progress_message_is_edited_to_its_end_and_loses_its_buttons(cadence: Installation) -> None:
    agent = await cadence.command(TASK)
    ending = f"{agent['name']} on wallet-frontend: completed"
    edit = await cadence.handset.next_edit(lambda shown: ending in shown.text, timeout=60)
    await cadence.until_done(agent)

    assert "100 percent" in edit.text
    assert edit.buttons == ()


async def test_a_message_that_is_delivered_again_starts_nothing_more(cadence: Installation) -> None:
    before = await cadence.agents()
    agent = await cadence.command(TASK)
    cadence.exchange.repeat_last_update()
    await cadence.until_done(agent)
    await cadence.handset.send_text("status")
    await cadence.handset.next_message(lambda shown: "agents" in shown.text)

    assert len(await cadence.agents()) == len(before) + 1


async def test_the_stop_button_ends_a_working_agent_and_nothing_is_opened(cadence: Installation) -> None:
    cadence.model.asked.clear()
    cadence.model.open.clear()
    try:
        await cadence.handset.send_text(TASK)
        answer = await cadence.handset.next_message(lambda shown: "is starting on" in shown.text)
        await asyncio.wait_for(cadence.model.asked.wait(), 30)
        press = await cadence.handset.press(answer.message_id, "Stop")
        await cadence.handset.is_answered(press)
        stopped = await cadence.handset.next_message(lambda shown: "is stopped" in shown.text)
    finally:
        cadence.model.open.set()

    assert "It had pushed nothing." in stopped.text
    agent = (await cadence.agents())[0]
    assert agent["status"] == "cancelled"
    assert await cadence.pulls_of(agent) == 0


async def test_a_question_is_asked_in_the_chat_and_its_button_lets_the_agent_go_on(cadence: Installation) -> None:
    cadence.model.play = asks_first
    try:
        agent = await cadence.command(TASK)
        asked = await cadence.handset.next_message(lambda shown: QUESTION in shown.text)
        press = await cadence.handset.press(asked.message_id, "Spaces")
        await cadence.handset.is_answered(press)
        thanks = await cadence.handset.next_message(lambda shown: "Thanks" in shown.text)
        await cadence.until_done(agent)
    finally:
        cadence.model.play = next_turn

    assert asked.text.startswith(f"{agent['name']} on wallet-frontend asks: ")
    assert [button.label for button in asked.buttons] == ["Tabs", "Spaces"]
    assert thanks.text == f"Thanks, {agent['name']} goes on with that."
    assert await cadence.pulls_of(agent) == 1


async def test_a_stranger_is_refused_and_becomes_known_by_a_code(cadence: Installation) -> None:
    stranger = Handset(cadence.exchange, user_id=999_001, name="Eve")
    before = len(await cadence.agents())
    await stranger.send_text(TASK)
    refusal = await stranger.next_message()
    await stranger.send_text("/link WRONGCODE1")
    wrong = await stranger.next_message()
    _, printed = await cadence.run("link")
    await stranger.send_text("/link " + printed.rpartition("/link ")[2].strip())
    linked = await stranger.next_message()
    await stranger.send_text("status")
    status = await stranger.next_message()

    assert "don't know this Telegram account" in refusal.text
    assert "not good" in wrong.text
    assert linked.text.startswith("Linked")
    assert "agents" in status.text
    assert len(await cadence.agents()) == before


async def test_up_prints_a_code_for_as_long_as_telegram_knows_nobody(fresh: Installation) -> None:
    del fresh.environ["CADENCE_TELEGRAM_USERS"]
    async with up(fresh) as process:
        await fresh.handset.send_text("/link " + (await says(process, "/link")).rpartition("/link ")[2].strip())
        linked = await fresh.handset.next_message()

    assert linked.text.startswith("Linked")


async def test_the_page_that_up_prints_shows_the_agents_to_whoever_has_its_token(cadence: Installation) -> None:
    token = cadence.home.secrets().local_token
    async with httpx.AsyncClient(base_url=cadence.url, trust_env=False, follow_redirects=True) as browser:
        locked = await browser.get("/api/about")
        page = await browser.get("/", params={"token": token})
        about = await browser.get("/api/about")

    assert locked.status_code == 401
    assert locked.headers["content-type"] == "application/problem+json"
    assert page.status_code == 200
    assert token not in str(page.url)
    assert about.json()["machines"]


async def test_say_follows_a_written_command_to_its_pull_request(cadence: Installation) -> None:
    code, printed = await cadence.run("say", TASK)

    assert code == 0
    assert "is starting on wallet-frontend" in printed
    assert "Pull request: http://" in printed


async def test_say_follows_a_recording_to_its_pull_request(cadence: Installation, tmp_path: Path) -> None:
    note = tmp_path / "note.ogg"
    note.write_bytes(NOTE)
    code, printed = await cadence.run("say", str(note))

    assert code == 0
    assert "I heard" in printed
    assert "Pull request: http://" in printed


async def test_the_demo_goes_from_the_note_to_the_pull_request_and_leaves_nothing_running(fresh: Installation) -> None:
    code, printed = await fresh.run("demo")

    assert code == 0
    assert "I heard: Start an agent on wallet frontend" in printed
    assert "pull request   http://" in printed
    assert '+    page = query.get("next", HOME)' in printed
    assert processes_naming(str(fresh.home.path)) == []


async def test_nothing_that_the_agent_saw_or_made_holds_the_real_key(cadence: Installation) -> None:
    await eventually(lambda: _none_live(cadence))
    held = [
        path
        for path in (cadence.home.path / "machine").rglob("*")
        if path.is_file() and b"the-real-key" in path.read_bytes()
    ]

    assert held == []


async def _none_live(cadence: Installation) -> bool:
    return all(agent["completedAt"] for agent in await cadence.agents())
