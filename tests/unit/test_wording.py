import re

import pytest

from core.model.agent import AgentMetadata, Parking, Status
from core.model.command import (
    AgentCreated,
    Doubt,
    NotUnderstood,
    Outcome,
    PauseAgent,
    StatusReported,
    StopAgent,
    Unclear,
    Wish,
    WishRecorded,
)
from core.model.messages import Reply, Transcript
from core.replies import interruptions, results, wording
from core.replies.buttons import read_button
from tests.builders import agent

HEARD = Transcript("start an agent", "start an agent", "test")
DONE = agent(Status.COMPLETED, metadata=AgentMetadata(1, 2, 3, "http://forge.example/pull/1"))
REPLIES = [
    *(wording.answer(NotUnderstood(Unclear(doubt)), HEARD) for doubt in Doubt),
    *(wording.answer(WishRecorded(wish, (agent(),)), HEARD) for wish in Wish),
    *(wording.answer(WishRecorded(wish, (), (DONE,)), HEARD) for wish in Wish),
    wording.answer(AgentCreated(agent(Status.PENDING)), HEARD),
    wording.answer(StatusReported(()), HEARD),
    wording.answer(StatusReported((agent(),)), HEARD),
    wording.answer(StatusReported((agent(), DONE)), HEARD),
    results.finished(DONE, "I fixed it."),
    results.nothing_changed(DONE, "It was fine."),
    results.failed(agent(Status.FAILED), "The model refused the key.", kept=False),
    results.failed(agent(Status.FAILED), "The model refused the key.", kept=True),
    results.stopped(agent(Status.CANCELLED), ("read a.py",)),
    *(
        interruptions.parked(agent(Status.PAUSED, parked=why), saved=saved)
        for why in Parking
        for saved in (True, False)
    ),
    interruptions.restored(agent(), 0),
    interruptions.restored(agent(), 3),
    interruptions.started_over(agent(), "Its memory could not be brought back."),
    wording.stranger("Telegram"),
    wording.welcome(),
    wording.try_again(),
    wording.gave_up(),
]


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: reply.text[:40])
def test_what_is_said_can_be_spoken(reply: Reply) -> None:
    assert reply.text
    assert not re.search(r"https?://|[0-9a-f]{8}-|`|\n|_", reply.text)
    assert len(re.findall(r"[.?!](?:\s|$)", reply.text)) <= 2


@pytest.mark.parametrize("status", Status)
def test_buttons_offer_only_what_the_status_allows(status: Status) -> None:
    labels = [action.label for action in wording.progress(agent(status), ()).actions]

    assert labels == {
        Status.PENDING: ["Stop"],
        Status.RUNNING: ["Pause", "Stop"],
        Status.PAUSED: ["Resume", "Stop"],
    }.get(status, [])


def test_a_button_asks_for_what_it_says_within_telegrams_limit() -> None:
    birch = agent()
    pause, stop = wording.progress(birch, ()).actions

    assert read_button(pause.token) == PauseAgent((birch.id,))
    assert read_button(stop.token) == StopAgent((birch.id,))
    assert max(len(pause.token), len(stop.token)) <= 64


@pytest.mark.parametrize("token", ["", "stop:", "stop:me", "delete:00000000-0000-0000-0000-000000000001", "\0"])
def test_a_button_that_we_never_made_asks_for_nothing(token: str) -> None:
    assert read_button(token) == Unclear(Doubt.NOT_A_COMMAND)


def test_the_final_reply_carries_the_pull_requests_link_and_figures() -> None:
    reply = results.finished(DONE, "I fixed it.")

    assert [link.url for link in reply.links] == ["http://forge.example/pull/1"]
    assert reply.detail == "1 file changed, +2 −3\n\nI fixed it."


def test_an_outcome_says_what_it_heard() -> None:
    outcome: Outcome = AgentCreated(agent(Status.PENDING))

    assert wording.answer(outcome, HEARD).heard == "start an agent"
    assert wording.answer(outcome, None).heard is None
