"""Understanding without a model: the tables of ``phrases`` read in an order that makes the safe reading win."""

import re
from typing import Final

from core.model.command import AnswerQuestion, Doubt, Intent, Unclear
from core.model.messages import Transcript
from core.voice.interpreter import Surroundings, Understanding
from core.voice.loops import invented
from core.voice.orders import read_message, read_order
from core.voice.phrases import (
    ACT_VERB,
    AGENTS,
    ARTEFACT,
    DIAGNOSIS,
    FILLER,
    HELP,
    NARRATIVE,
    NEGATED,
    PREFIX,
    QUESTION,
    WITHDRAWN,
)
from core.voice.plan_first import read_plan_first
from core.voice.questions import read_question
from core.voice.repo_choice import mentions_repo
from core.voice.requests import asks_outright, read_request
from core.voice.schedules import read_schedule
from core.voice.targets import offer

_SURE: Final = 0.95
_ASKING: Final = 0.6
_SPACES: Final = re.compile(r"\s{2,}")
_NOTHING: Final = Unclear(Doubt.NOT_A_COMMAND)


class GrammarInterpreter:
    """Ordinary commands in English. Whatever does not fit from end to end is Unclear: better asked twice than wrong."""

    async def interpret(self, transcript: Transcript, surroundings: Surroundings) -> Understanding:
        """As Interpreter; needs no provider and never fails."""
        text = clean(transcript.text)
        intent, confidence = understand(text, surroundings)
        return Understanding(intent, confidence, text)


def clean(text: str) -> str:
    """The text without hesitation."""
    return _SPACES.sub(" ", FILLER.sub("", text)).strip(" ,")


def understand(text: str, surroundings: Surroundings) -> tuple[Intent, float]:
    """The intent of a clean text and how sure we are of it."""
    if ARTEFACT.match(text) or invented(text) or WITHDRAWN.search(text):
        return _NOTHING, _SURE
    standing = read_plan_first(text) or read_schedule(text, surroundings)
    if standing is not None:
        return standing, _ASKING if isinstance(standing, Unclear) else _SURE
    order = read_order(text, surroundings.agents) or read_message(text, surroundings.agents)
    if order is not None:
        return order, _ASKING if isinstance(order, Unclear) else _SURE
    outright = asks_outright(text)
    answer = None if outright else _read_answer(text, surroundings)
    if answer is not None:
        return answer, _ASKING
    if NARRATIVE.match(text) or NEGATED.match(text) or (HELP.search(text) and not outright):
        return _NOTHING, 0.8
    if not outright and _half_an_order(text, surroundings):
        return offer(agent for agent in surroundings.agents if agent.live), _ASKING
    return _understand_new(text, surroundings)


def _read_answer(text: str, surroundings: Surroundings) -> AnswerQuestion | None:
    """What is neither an order, a request nor a question of the person's own answers the one agent that has asked."""
    asking = [agent for agent in surroundings.agents if agent.live and agent.question is not None]
    if len(asking) != 1 or read_question(text, surroundings.agents) is not None:
        return None
    return AnswerQuestion(asking[0].id, text)


def _half_an_order(text: str, surroundings: Surroundings) -> bool:
    """True for "cancel the thingy": an agent's verb, but nothing that says which agent, nor a repository to work on."""
    said = PREFIX.sub("", text)
    if not ACT_VERB.match(said):
        return False
    return AGENTS.search(said) is not None or not mentions_repo(said, surroundings)


def _understand_new(text: str, surroundings: Surroundings) -> tuple[Intent, float]:
    if not asks_outright(text):
        question = read_question(text, surroundings.agents)
        if question is not None:
            return question, _ASKING if isinstance(question, Unclear) else 0.9
        if QUESTION.match(PREFIX.sub("", text)) and not DIAGNOSIS.match(PREFIX.sub("", text)):
            return _NOTHING, _ASKING
    request = read_request(text, surroundings)
    return (_NOTHING, _ASKING) if request is None else (request.intent, request.confidence)
