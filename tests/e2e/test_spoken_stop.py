"""A stop by voice, from the phone to the end of the agent: read back, and done by a plain yes only."""

import asyncio
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.running import Installation

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("box")]

_AUDIO: Final = Path(__file__).parents[1] / "integration" / "audio"
STOP_EVERYTHING: Final = (_AUDIO / "stop_everything.ogg").read_bytes()
YES_GO_AHEAD: Final = (_AUDIO / "yes_go_ahead.ogg").read_bytes()
TASK: Final = "start an agent on wallet frontend to fix the login redirect bug"


async def test_a_spoken_stop_is_read_back_and_a_spoken_yes_carries_it_out(cadence: Installation) -> None:
    handset = cadence.handset
    cadence.model.asked.clear()
    cadence.model.open.clear()
    try:
        agent = await cadence.command(TASK)
        name = agent["name"]
        await asyncio.wait_for(cadence.model.asked.wait(), 30)
        await handset.send_voice(STOP_EVERYTHING, 2)
        asked = await handset.next_message(lambda shown: f"Stop {name}" in shown.text)
        await handset.send_text("thank you")
        still_asked = await handset.next_message(lambda shown: f"Stop {name}" in shown.text)
        await handset.send_text(f"resume {name}")
        await handset.next_message(lambda shown: name in shown.text and "Stop" not in shown.text)
        await handset.send_voice(YES_GO_AHEAD, 1)
        too_late = await handset.next_message(lambda shown: "nothing open" in shown.text)
        untouched = (await cadence.agents())[0]["status"]
        await handset.send_voice(STOP_EVERYTHING, 2)
        await handset.next_message(lambda shown: f"Stop {name}" in shown.text)
        await handset.send_voice(YES_GO_AHEAD, 1)
        stopped = await handset.next_message(lambda shown: f"{name} on wallet-frontend is stopped" in shown.text)
    finally:
        cadence.model.open.set()

    assert [button.label for button in asked.buttons] == ["Stop", "No"]
    assert [button.label for button in still_asked.buttons] == ["Stop", "No"]
    assert too_late.buttons == ()
    assert untouched == "running"
    assert "It had pushed nothing." in stopped.text
    assert (await cadence.agents())[0]["status"] == "cancelled"
