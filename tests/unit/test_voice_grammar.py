from dataclasses import replace

import pytest

from core.model.command import (
    CheckStatus,
    CreateAgent,
    Doubt,
    Intent,
    MessageAgent,
    PauseAgent,
    ResumeAgent,
    StopAgent,
    Unclear,
)
from core.voice.interpreter import Surroundings
from tests.voice_world import BIRCH, CEDAR, MAPLE, ONE_AGENT, REPOS, WORLD, meaning, understand


@pytest.mark.parametrize(
    ("said", "name", "task", "branch"),
    [
        ("start an agent on wallet frontend to fix the login redirect bug", 0, "fix the login redirect bug", None),
        ("Please spin up a new agent on the API service repo and add rate limiting.", 2, "add rate limiting.", None),
        ("start an agent on wallet frontend, no wait, on mobile app, to update the icons", 4, "update the icons", None),
        ("Hey uh can you start an agent on the wallet back end to um fix that crash", 1, "fix that crash", None),
        (
            "new agent, repo api gateway, base branch develop, task add token rotation",
            3,
            "add token rotation",
            "develop",
        ),
        ("Wallet frontend, branch feature slash new dash nav: fix the menu", 0, "fix the menu", "feature/new-nav"),
        ("fix the pause button on wallet frontend", 0, "fix the pause button on wallet frontend", None),
        ("stop sending the digest in api service", 2, "stop sending the digest in api service", None),
        ("mobile app, back button closes the article", 4, "back button closes the article", None),
        ("kill the flicker on the mobile app", 4, "kill the flicker on the mobile app", None),
        ("start an agent on mobile app to raise the limit to 500", 4, "raise the limit to 500", None),
    ],
)
async def test_new_work_is_understood(said: str, name: int, task: str, branch: str | None) -> None:
    assert await meaning(said) == CreateAgent(REPOS[name], task.rstrip("."), branch)


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("pause agent three", PauseAgent((MAPLE.id,))),
        ("Pause Birch, please.", PauseAgent((BIRCH.id,))),
        ("hold the wallet frontend agent for now", PauseAgent((BIRCH.id,))),
        ("put agent three on hold", PauseAgent((MAPLE.id,))),
        ("stop the dark mode agent for the moment, I'll pick it back up after lunch", PauseAgent((MAPLE.id,))),
        ("pause everything", PauseAgent((MAPLE.id, BIRCH.id))),
        ("pause everything except Birch", PauseAgent((MAPLE.id,))),
        ("resume agent number two", ResumeAgent((CEDAR.id,))),
        ("ok, the rate limiting one can continue, legal signed off", ResumeAgent((CEDAR.id,))),
        ("unpause everything", ResumeAgent((CEDAR.id,))),
        ("stop agent to", StopAgent((CEDAR.id,))),
        ("stop agent one, sorry, three", StopAgent((MAPLE.id,))),
        ("shut down one and three please", StopAgent((MAPLE.id, BIRCH.id))),
        ("stop, stop everything", StopAgent((MAPLE.id, CEDAR.id, BIRCH.id))),
        ("stop, no sorry, not stop, pause. Pause the dark mode one.", PauseAgent((MAPLE.id,))),
        ("Don't kill the dark mode agent, just freeze it till tomorrow.", PauseAgent((MAPLE.id,))),
        ("The rate limit agent has been sitting there since this morning, get it moving", ResumeAgent((CEDAR.id,))),
        ("tell agent one to also add a changelog entry", MessageAgent(BIRCH.id, "also add a changelog entry")),
        ("tell Maple that the palette is in the docs", MessageAgent(MAPLE.id, "the palette is in the docs")),
        ("how is agent three doing", CheckStatus((MAPLE.id,))),
        ("Agent three, progress?", CheckStatus((MAPLE.id,))),
        ("did the wallet frontend agent open a pull request yet", CheckStatus((BIRCH.id,))),
        ("status", CheckStatus()),
        ("list all my running agents", CheckStatus()),
        ("how much have I spent today", CheckStatus()),
    ],
)
async def test_a_command_to_agents_is_understood(said: str, intent: Intent) -> None:
    assert await meaning(said) == intent


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("pause it", PauseAgent((BIRCH.id,))),
        ("stop the agent", StopAgent((BIRCH.id,))),
        ("stop", StopAgent((BIRCH.id,))),
        ("is it done yet", CheckStatus((BIRCH.id,))),
    ],
)
async def test_it_is_the_only_live_agent(said: str, intent: Intent) -> None:
    assert await meaning(said, ONE_AGENT) == intent
    assert isinstance(await meaning(said), Unclear)


@pytest.mark.parametrize(
    "said",
    [
        "don't stop it",
        "please don't stop agent one",
        "never stop agent one",
        "yesterday I had to stop three",
        "I think we should stop agent one",
        "if agent one isn't finished by five o'clock, kill it",
        "should I stop agent one?",
        "what happens if I kill an agent?",
        "can I resume an agent after I pause it?",
        "pause agent one... nah leave it it's fine",
        "what's the weather like in Berlin tomorrow",
        "play some lo-fi beats",
        "set a reminder for standup at ten",
        "text mom I'm running late",
        "Thanks for watching!",
        "[BLANK_AUDIO]",
        "um",
        "ok cool thanks",
        "yes, go ahead",
        "",
    ],
)
async def test_talk_is_no_command(said: str) -> None:
    assert await meaning(said) == Unclear(Doubt.NOT_A_COMMAND)
    assert await meaning(said, ONE_AGENT) == Unclear(Doubt.NOT_A_COMMAND)


@pytest.mark.parametrize(
    "said", ["stop agent one when it finishes", "stop agent one and start a new one on api service"]
)
async def test_an_order_with_a_condition_or_a_second_order_is_not_carried_out(said: str) -> None:
    assert isinstance(await meaning(said), Unclear)


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        (
            "start an agent on the wallet to bump node",
            Unclear(Doubt.WHICH_REPO, ("acme/wallet-frontend", "acme/wallet-backend")),
        ),
        ("start an agent on api service", Unclear(Doubt.WHAT_TASK)),
        ("pause agent seven", Unclear(Doubt.NO_SUCH_AGENT)),
        ("pause the agent", Unclear(Doubt.WHICH_AGENT, ("Maple", "Birch"))),
    ],
)
async def test_what_is_missing_is_asked_for(said: str, intent: Intent) -> None:
    assert await meaning(said) == intent


async def test_an_unknown_repository_is_never_replaced_by_the_default() -> None:
    intent = await meaning(
        "start an agent on the insurance repo to parse the files", replace(WORLD, default_repo=REPOS[0])
    )
    assert isinstance(intent, Unclear)
    assert intent.doubt is Doubt.UNKNOWN_REPO
    assert len(intent.options) == 3


async def test_without_a_name_the_default_or_the_only_repository_is_meant() -> None:
    task = CreateAgent(REPOS[1], "fix the failing build")
    assert await meaning("fix the failing build", replace(WORLD, default_repo=REPOS[1])) == task
    assert await meaning("fix the failing build", Surroundings(REPOS[1:2])) == task
    asked = await meaning("fix the failing build")
    assert isinstance(asked, Unclear)
    assert asked.doubt is Doubt.WHICH_REPO


async def test_without_repositories_there_is_nothing_to_work_on() -> None:
    assert await meaning("fix the failing build", Surroundings()) == Unclear(Doubt.NO_REPOS)


async def test_one_command_starts_one_agent() -> None:
    intent = await meaning("start two agents, one on api service to fix the timeout, and one on mobile app to show it")
    assert intent == Unclear(Doubt.WHICH_REPO, ("acme/api-service", "acme/mobile-app"))


async def test_orders_hidden_in_a_task_are_not_carried_out() -> None:
    intent = await meaning("Start an agent on API service to update the readme. Also stop every running agent.")
    assert intent == CreateAgent(REPOS[2], "update the readme. Also stop every running agent")


async def test_a_misheard_name_lowers_the_confidence() -> None:
    exact = await understand("start an agent on api service to fix the timeout")
    misheard = await understand("start an agent on a pie service to fix the timeout")
    assert exact.intent == misheard.intent
    assert exact.confidence >= 0.9 > misheard.confidence
