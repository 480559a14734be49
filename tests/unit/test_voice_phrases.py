"""Facts about language: how people put things, in each language and in each of the grammar's corners."""

from dataclasses import replace

import pytest

from core.model.command import (
    Act,
    CheckStatus,
    CreateAgent,
    Doubt,
    Intent,
    PauseAgent,
    ResumeAgent,
    StopAgent,
    Unclear,
)
from core.voice.languages.known import LANGUAGES, language_of
from core.voice.languages.language import Language, either, sentences
from tests.voice_world import BIRCH, CEDAR, MAPLE, ONE_AGENT, REPOS, WORLD, meaning, understand

PAUSE_3, STOP_1, RESUME_2 = PauseAgent((MAPLE.id,)), StopAgent((BIRCH.id,)), ResumeAgent((CEDAR.id,))
STATUS, STATUS_3 = CheckStatus(), CheckStatus((MAPLE.id,))
STOP_ALL = StopAgent((MAPLE.id, CEDAR.id, BIRCH.id))


@pytest.mark.parametrize(
    ("language", "said", "intent"),
    [
        ("es", "pausa el agente tres", PAUSE_3),
        ("es", "pon en pausa el tercer agente", PAUSE_3),
        ("es", "no detengas el agente de dark mode, solo páusalo", PAUSE_3),
        ("es", "detén el agente uno por favor", STOP_1),
        ("es", "para todos los agentes", STOP_ALL),
        ("es", "reanuda el agente dos", RESUME_2),
        ("es", "¿cómo va el agente tres?", STATUS_3),
        ("es", "cómo van mis agentes", STATUS),
        ("de", "pausiere Agent drei", PAUSE_3),
        ("de", "halte den dritten Agenten an", PAUSE_3),
        ("de", "brich Agent eins ab", STOP_1),
        ("de", "Agent eins bitte abbrechen", STOP_1),
        ("de", "brich alle Agenten ab", STOP_ALL),
        ("de", "mach mit Agent zwei weiter", RESUME_2),
        ("de", "setz den Rate-Limiting-Agenten fort", RESUME_2),
        ("de", "wie weit ist Agent drei", STATUS_3),
        ("fr", "mets l'agent trois en pause", PAUSE_3),
        ("fr", "arrête le premier agent", STOP_1),
        ("fr", "annule tout", STOP_ALL),
        ("fr", "reprends l'agent deux s'il te plaît", RESUME_2),
        ("fr", "est-ce que l'agent trois a fini", STATUS_3),
        ("fr", "où en sont mes agents", STATUS),
        ("pt", "coloca o agente três em pausa", PAUSE_3),
        ("pt", "pode parar o agente um", STOP_1),
        ("pt", "cancela todos os agentes", STOP_ALL),
        ("pt", "continua com o agente dois", RESUME_2),
        ("pt", "como está o agente três", STATUS_3),
    ],
)
async def test_agents_obey_in_five_languages(language: str, said: str, intent: Intent) -> None:
    assert language_of(said).code == language
    assert await meaning(said) == intent


@pytest.mark.parametrize(
    ("said", "number", "kept"),
    [
        ("crea un agente en wallet frontend para arreglar el login", 0, "login"),
        ("arregla el timeout en api service", 2, "timeout"),
        ("Starte einen Agenten für mobile app, der den Crash beim Login behebt", 4, "Crash beim Login"),
        ("Schreib bitte Tests für den Ledger im Wallet Backend", 1, "Tests"),
        ("lance un agent sur api gateway pour corriger les headers CORS", 3, "headers CORS"),
        ("cria um agente no api service para corrigir o timeout", 2, "timeout"),
    ],
)
async def test_work_is_asked_for_in_five_languages(said: str, number: int, kept: str) -> None:
    intent = await meaning(said)
    assert isinstance(intent, CreateAgent)
    assert intent.repo == REPOS[number]
    assert kept in intent.task


@pytest.mark.parametrize(
    "said",
    [
        "no pares el agente uno",
        "ayer tuve que parar el agente uno",
        "stopp Agent eins nicht",
        "wenn Agent eins fertig ist, stoppe Agent drei",
        "ich hab gestern zwei Agenten gestoppt",
        "n'arrête pas l'agent un",
        "comment arrêter un agent",
        "não para o agente um",
        "ontem parei dois agentes",
    ],
)
async def test_talk_is_no_command_in_any_language(said: str) -> None:
    assert await meaning(said) == Unclear(Doubt.NOT_A_COMMAND)


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("can you put the dark mode one on ice", PAUSE_3),
        ("stop agent three for the time being", PAUSE_3),
        ("pause agent two, no, three", PAUSE_3),
        ("don't kill agent three, put it on hold instead", PAUSE_3),
        ("not the API service one, pause the dark mode one", PAUSE_3),
        ("pause agent tree", PAUSE_3),
        ("agent three should take a break", PAUSE_3),
        ("would you mind pausing the third one", PAUSE_3),
        ("pause all of them except the login one", PAUSE_3),
        ("the rate limiting one is good to go, resume it", RESUME_2),
        ("resume the paused one", RESUME_2),
        ("get the API service agent back to work", RESUME_2),
        ("skip the confirmation and stop agent one", STOP_1),
        ("we don't need the login redirect any more, bin that agent", STOP_1),
        ("stop agent won", STOP_1),
        ("stop both agent one and agent three", StopAgent((MAPLE.id, BIRCH.id))),
        ("kill everything that's paused", StopAgent((CEDAR.id,))),
        ("not the login one, stop the others", StopAgent((MAPLE.id, CEDAR.id))),
        ("stop everything on the API", StopAgent((CEDAR.id,))),
        ("is the login fix done yet", CheckStatus((BIRCH.id,))),
        ("how are one and three doing", CheckStatus((MAPLE.id, BIRCH.id))),
        ("how far along is the third one", STATUS_3),
        ("so what have they been doing all night", STATUS),
    ],
)
async def test_agents_are_meant_in_many_ways(said: str, intent: Intent) -> None:
    assert await meaning(said) == intent


@pytest.mark.parametrize(
    "said",
    [
        "tell me how to stop an agent",
        "is it okay to stop an agent while it's pushing",
        "will pausing an agent cost me anything",
        "when agent one finishes stop agent three",
        "pause agent one in ten minutes",
        "every morning at eight pause all agents",
        "pause agent one... no forget it",
        "hold the door please",
        "turn the heating down a bit",
        "cancel my five o'clock",
        "oh stop it you're making me laugh",
        "I really like how the mobile app turned out",
        "the kids are playing with the mobile app downstairs",
        "add milk to my shopping list",
        "order me a large pepperoni pizza",
        "change my default repo to mobile app",
        "Subtitles by the Amara.org community",
    ],
)
async def test_what_is_said_to_others_starts_and_stops_nothing(said: str) -> None:
    for around in (WORLD, ONE_AGENT, replace(WORLD, default_repo=REPOS[0])):
        intent = await meaning(said, around)
        assert isinstance(intent, Unclear | CheckStatus)


@pytest.mark.parametrize(
    ("said", "repo", "task"),
    [
        ("the mobile app is missing a back button on the profile", 4, "missing a back button"),
        ("API gateway should put the request id on every log line", 3, "request id on every log line"),
        ("I need somebody on mobile app to fix offline sync", 4, "fix offline sync"),
        ("there's an N plus one query in wallet backend, get rid of it", 1, "N plus one"),
        ("make mobile app resume playback after a phone call", 4, "resume playback"),
        ("write a script for wallet backend to kill the zombie workers", 1, "kill the zombie workers"),
        ("I don't want to pause anything, I want a new agent, api gateway, headers are missing", 3, "headers"),
        ("start an agent on wallet frontend, sorry, wallet backend, to fix the rounding", 1, "fix the rounding"),
        ("mike oscar bravo india lima echo app, rotate the icons", 4, "rotate the icons"),
    ],
)
async def test_work_is_asked_for_in_many_ways(said: str, repo: int, task: str) -> None:
    intent = await meaning(said)
    assert isinstance(intent, CreateAgent)
    assert intent.repo == REPOS[repo]
    assert task in intent.task


@pytest.mark.parametrize(
    "said", ["kick off an agent on the payments repo to add refunds", "on the loyalty service add points expiry"]
)
async def test_another_name_is_never_the_default(said: str) -> None:
    intent = await meaning(said, replace(WORLD, default_repo=REPOS[0]))
    assert isinstance(intent, Unclear)
    assert intent.doubt is Doubt.UNKNOWN_REPO


async def test_what_was_understood_is_kept_while_the_rest_is_asked_for() -> None:
    ambiguous = await meaning("start an agent on the wallet, branch feature slash login, to bump node")
    assert isinstance(ambiguous, Unclear)
    assert ambiguous.draft is not None
    assert (ambiguous.draft.act, ambiguous.draft.branch) == (Act.CREATE, "feature/login")
    assert "bump node" in (ambiguous.draft.task or "")
    unknown = await meaning("stop agent twelve")
    assert isinstance(unknown, Unclear)
    assert unknown.draft is not None
    assert unknown.draft.act is Act.STOP


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_every_language_can_say_every_act(language: Language) -> None:
    for act in (Act.PAUSE, Act.RESUME, Act.STOP):
        assert any("target" in sentence.groupindex for sentence in sentences(language.orders[act]))
    assert len(language.ordinals) == 10
    assert either(language.work)


@pytest.mark.parametrize("said", ["move the car before six", "we need more chairs in the office", "find my phone"])
async def test_what_may_be_for_somebody_else_is_hardly_sure(said: str) -> None:
    around = replace(WORLD, default_repo=REPOS[0])
    assert (await understand(said, around)).confidence < 0.5
    assert (await understand("move the logout button to the header", around)).confidence > 0.5


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("we don't need the login one any more, drop it", STOP_1),
        ("I don't want you to kill three, just pause it", PAUSE_3),
        ("not two, three, pause three", PAUSE_3),
        ("the dark mode one, on ice please", PAUSE_3),
        ("let agent three cool down for now", PAUSE_3),
        ("Halt mal Agent drei an", PAUSE_3),
        ("pausa el agente tres un momento", PAUSE_3),
        ("how much did three burn", STATUS_3),
        ("talk me through what three has done", STATUS_3),
        ("¿qué tal va el tres?", STATUS_3),
        ("any of them waiting on me", STATUS),
    ],
)
async def test_agents_are_meant_in_passing(said: str, intent: Intent) -> None:
    assert await meaning(said) == intent


@pytest.mark.parametrize(
    "said",
    [
        "start one tomorrow at eight on api service",
        "start an agent on api service if the build breaks",
        "lance un agent sur mobile app demain matin",
        "wake me up when three is finished",
    ],
)
async def test_what_is_for_later_is_no_order_for_now(said: str) -> None:
    intent = await meaning(said)

    assert isinstance(intent, Unclear)
    assert intent.doubt is Doubt.NOT_A_COMMAND


@pytest.mark.parametrize(
    ("said", "repo"),
    [
        ("on the gateway for the API, add tracing to every call", "api-gateway"),
        ("quiero un agente en el gateway de la API que registre los errores", "api-gateway"),
        ("the mobile application needs a splash screen", "mobile-app"),
        ("could we get the A P I gateway to log request ids", "api-gateway"),
    ],
)
async def test_a_repository_is_known_by_other_words_and_orders(said: str, repo: str) -> None:
    intent = await meaning(said)

    assert isinstance(intent, CreateAgent)
    assert intent.repo.name == repo


@pytest.mark.parametrize(
    "said",
    [
        "start an agent on wallet frontend, no waste on mobile app to update the onboarding screen",
        "the wallet needs a health check endpoint",
    ],
)
async def test_a_repository_that_may_be_another_is_asked_about(said: str) -> None:
    intent = await meaning(said)

    assert isinstance(intent, Unclear)
    assert intent.doubt is Doubt.WHICH_REPO
