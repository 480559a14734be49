"""Understanding without a model: the tables of ``languages`` read in an order that makes the safe reading win."""

import re
from functools import cache
from typing import Final

from core.model.command import AnswerQuestion, Doubt, Intent, Unclear
from core.model.messages import Transcript
from core.model.people import Repo
from core.voice.branches import find_branch
from core.voice.clauses import clean, is_artefact, strip_courtesies
from core.voice.interpreter import Surroundings, Understanding
from core.voice.languages.known import LANGUAGES, language_of
from core.voice.languages.language import Language, ends, holds, starts
from core.voice.loops import invented
from core.voice.orders import read_half_order, read_message, read_order
from core.voice.plan_first import read_plan_first
from core.voice.questions import is_question, read_question
from core.voice.repo_choice import mentions_repo
from core.voice.requests import asks_outright, read_request, reports_with_a_condition
from core.voice.schedules import read_schedule
from core.voice.targets import find_target

CLAUSE_END: Final = re.compile(r"[,.;]\s+")
_SURE: Final = 0.95
_ASKING: Final = 0.6
_NOTHING: Final = Unclear(Doubt.NOT_A_COMMAND)


class GrammarInterpreter:
    """Ordinary commands. Whatever does not fit from end to end is Unclear: better asked twice than wrong."""

    def __init__(self) -> None:
        _make_ready()

    async def interpret(self, transcript: Transcript, surroundings: Surroundings) -> Understanding:
        """As Interpreter; needs no provider and never fails."""
        language = language_of(transcript.text)
        text = clean(transcript.text, language)
        intent, confidence = understand(text, surroundings, language)
        return Understanding(intent, confidence, text)


@cache
def _make_ready() -> None:
    """Compile every phrase of every language now (0.3 s), so that nobody's first command has to wait for it."""
    around = Surroundings(repos=(Repo("", "a-name", "", ""),))
    for language in LANGUAGES:
        find_target("nobody", (), None, language)
        understand("a name, somebody, nobody", around, language)
        read_request("on a name", around, language)
        find_branch("", language)


def understand(text: str, surroundings: Surroundings, language: Language) -> tuple[Intent, float]:
    """The intent of a clean text and how sure we are of it."""
    if is_artefact(text) or invented(text) or ends(language.withdrawals).search(text):
        return _NOTHING, _SURE
    standing = read_plan_first(text, language) or read_schedule(text, surroundings, language)
    if standing is not None:
        return standing, _ASKING if isinstance(standing, Unclear) else _SURE
    if _is_for_others(text, language):
        return _NOTHING, 0.8
    text = _after_refusal(text, language)
    order = read_order(text, surroundings.agents, language) or read_message(text, surroundings.agents, language)
    if order is not None:
        return order, _ASKING if isinstance(order, Unclear) else _SURE
    outright = asks_outright(text, language)
    answer = None if outright else _read_answer(text, surroundings, language)
    if answer is not None:
        return answer, _ASKING
    if _is_talk(text, language, outright=outright) and not reports_with_a_condition(text, surroundings, language):
        return _NOTHING, 0.8
    half = (
        None if outright or mentions_repo(text, surroundings) else read_half_order(text, surroundings.agents, language)
    )
    return (half, _ASKING) if half is not None else _understand_new(text, surroundings, language, outright=outright)


def _after_refusal(text: str, language: Language) -> str:
    """What is wanted in "I don't want to pause anything, I want a new agent …"; the text itself if it is no such."""
    said = strip_courtesies(text, language)
    if starts(language.negations).match(said):
        for clause in CLAUSE_END.finditer(said):
            if holds(language.launches).search(said, clause.end()):
                return said[clause.end() :]
    return text


def _is_for_others(text: str, language: Language) -> bool:
    """True for what is said to a person, to another machine, or to Cadence about itself."""
    said = strip_courtesies(text, language)
    return starts(language.settings).match(said) is not None


def _is_talk(text: str, language: Language, *, outright: bool) -> bool:
    said = strip_courtesies(text, language)
    if any(starts(phrases).match(one) for phrases in (language.talk, language.negations) for one in (text, said)):
        return True
    return not outright and holds(language.help).search(text) is not None


def _read_answer(text: str, surroundings: Surroundings, language: Language) -> AnswerQuestion | None:
    """What is neither an order, a request nor a question of the person's own answers the one agent that has asked."""
    asking = [agent for agent in surroundings.agents if agent.live and agent.question is not None]
    if len(asking) != 1 or read_question(text, surroundings.agents, language) is not None:
        return None
    return AnswerQuestion(asking[0].id, text)


def _understand_new(
    text: str, surroundings: Surroundings, language: Language, *, outright: bool
) -> tuple[Intent, float]:
    said = strip_courtesies(text, language)
    if not outright:
        question = read_question(text, surroundings.agents, language)
        if question is not None:
            return question, _ASKING if isinstance(question, Unclear) else 0.9
        if is_question(said, language) and not starts(language.diagnosis).match(said):
            return _NOTHING, _ASKING
    request = read_request(text, surroundings, language)
    return (_NOTHING, _ASKING) if request is None else (request.intent, request.confidence)
