"""The facts that every Interpreter keeps, asked of each of them."""

import pytest

from core.model.agent import Status
from core.model.command import CheckStatus, CreateAgent, Intent, PauseAgent, StopAgent, Unclear
from core.model.messages import Transcript
from core.voice.grammar import GrammarInterpreter
from core.voice.interpreter import Interpreter, Surroundings, Understanding
from tests.builders import REPO, agent

BIRCH = agent(Status.RUNNING)
AROUND = Surroundings(repos=(REPO,), agents=(BIRCH,))


@pytest.fixture(params=[GrammarInterpreter])
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    return request.param()


async def understand(interpreter: Interpreter, text: str, around: Surroundings = AROUND) -> Understanding:
    return await interpreter.interpret(Transcript(text=text, raw=text, provider="typed"), around)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("status", CheckStatus()),
        ("pause Birch", PauseAgent((BIRCH.id,))),
        ("stop Birch", StopAgent((BIRCH.id,))),
        ("stop agent three", StopAgent((BIRCH.id,))),
    ],
)
async def test_an_order_is_understood(interpreter: Interpreter, text: str, intent: Intent) -> None:
    assert (await understand(interpreter, text)).intent == intent


async def test_a_task_names_its_repo_and_what_to_do(interpreter: Interpreter) -> None:
    text = "start an agent on wallet frontend to fix the login redirect bug"
    intent = (await understand(interpreter, text)).intent

    assert isinstance(intent, CreateAgent)
    assert intent.repo == REPO
    assert "login redirect bug" in intent.task


@pytest.mark.parametrize(
    "text",
    ["", " ", "\0", "\N{PILE OF POO}" * 50, "what is the weather like", "start an agent on the moon base", "a" * 4000],
)
@pytest.mark.parametrize("around", [AROUND, Surroundings()])
async def test_what_cannot_be_understood_is_unclear_and_never_an_error(
    interpreter: Interpreter, text: str, around: Surroundings
) -> None:
    assert isinstance((await understand(interpreter, text, around)).intent, Unclear)


@pytest.mark.parametrize("text", ["status", "stop Birch", "hm", ""])
async def test_confidence_lies_between_nothing_and_one(interpreter: Interpreter, text: str) -> None:
    assert 0 <= (await understand(interpreter, text)).confidence <= 1
