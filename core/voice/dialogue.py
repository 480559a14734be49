"""What a message means in its conversation: an answer to what we asked, a correction, or a command of its own."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from core.model.command import (
    Act,
    CheckStatus,
    CreateAgent,
    Doubt,
    Draft,
    Intent,
    MessageAgent,
    ModelUsage,
    PauseAgent,
    ResumeAgent,
    StopAgent,
    Unclear,
)
from core.model.dialogue import Asking, Confirming, Consequence, Pending, Pick, Step
from core.voice.answers import amended, chosen_agents, chosen_repo, is_echo, widened
from core.voice.assent import adds, after_yes, calls_off, negates, read_assent, small_words, without_lead, words_left
from core.voice.interpreter import Interpreter, Understanding
from core.voice.loops import invented
from core.voice.open_questions import in_words, is_no_task, open_question, says_nothing_new, stands_alone
from core.voice.policy import Grade, consequences_of, grade
from core.voice.references import Heard, OnAgents, agents_of, corrected, is_addition, likewise, other, spoken_of
from core.voice.several import split_commands

_LASTS: Final = timedelta(minutes=3)
_ACTS: Final = {Act.PAUSE: PauseAgent, Act.RESUME: ResumeAgent, Act.STOP: StopAgent, Act.STATUS: CheckStatus}


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Keeps nothing: what is known goes in with ``Heard`` and comes out with ``Step``."""

    interpreter: Interpreter
    lasts: timedelta = _LASTS

    async def step(self, heard: Heard) -> Step:
        """What the message comes to. Raises ProviderError when the interpreter does."""
        pending = heard.pending
        if invented(heard.text):
            return Step(heard.memory, asked=pending is not None)
        if pending is None:
            return await self._fresh(heard)
        if isinstance(pending.question, Confirming):
            step = await self._confirm(heard, pending, pending.question)
        else:
            step = await self._answer(heard, pending, pending.question)
        return replace(step, relies=True)

    def press(self, pressed: Intent | Pick, heard: Heard) -> Step:
        """What a button comes to. One below a question that is no longer open does nothing."""
        pending = heard.pending
        if not isinstance(pressed, Pick):
            step = self._decide(heard, (pressed,), 1.0)
            looks = isinstance(pressed, CheckStatus)
            return replace(step, memory=replace(step.memory, pending=pending)) if looks else step
        if pending is None or pending.id != pressed.pending:
            return Step(heard.memory, relies=True)
        return replace(self._pick(pressed, heard, pending), relies=True)

    def _pick(self, pressed: Pick, heard: Heard, pending: Pending) -> Step:
        if not pressed.agreed:
            return self._called_off(heard, pending)
        match pending.question:
            case Confirming(acts):
                return self._do(heard, acts)
            case Asking(_, draft, repos, agents) if pressed.option is not None:
                if pressed.option < len(repos):
                    repo = next(
                        (one for one in heard.surroundings.repos if one.full_name == repos[pressed.option]), None
                    )
                    return self._go_on(heard, replace(draft, repo=repo))
                if pressed.option < len(agents):
                    return self._decide(heard, (_on(draft.act, (agents[pressed.option],)),), 1.0)
            case Asking():
                pass
        return Step(heard.memory, asked=True)

    async def _confirm(self, heard: Heard, pending: Pending, asked: Confirming) -> Step:
        said = read_assent(heard.text)
        if said.yes and (said.bare or is_echo(heard.text, said.rest, asked.acts, heard.surroundings)):
            return self._do(heard, asked.acts)
        next_to_do = await self._next_to_do(heard) if said.yes else None
        if next_to_do is not None:
            later = (next_to_do, *heard.memory.later)
            return self._do(replace(heard, memory=replace(heard.memory, later=later)), asked.acts)
        if said.no or negates(heard.text):
            edited = amended(asked.acts, heard.text, said.rest, heard.surroundings)
        else:
            edited = widened(asked.acts, said.rest, heard.surroundings) if said.yes or adds(heard.text) else None
        if edited is not None:
            return self._ask(heard, Confirming(edited, _consequences(edited)))
        instead = await self._instead(heard)
        if instead is not None:
            return self._decide(replace(heard, memory=replace(heard.memory, pending=None, later=())), (instead,), 1.0)
        if said.no:
            return self._called_off(heard, pending)
        return await self._interrupt(heard, pending)

    async def _instead(self, heard: Heard) -> Intent | None:
        """The command in "no, pause it" and "better pause it": what is milder than what we asked about."""
        rest = without_lead(without_lead(heard.text, small_words().no) or heard.text, small_words().rather)
        rest = rest or without_lead(heard.text, small_words().no)
        if not rest:
            return None
        understood = await self._understand(replace(heard, transcript=replace(heard.transcript, text=rest)))
        return understood.intent if isinstance(understood.intent, PauseAgent | MessageAgent) else None

    async def _next_to_do(self, heard: Heard) -> Intent | None:
        """The command in "yes, and resume agent three"."""
        rest = without_lead(after_yes(heard.text), small_words().more)
        if not rest:
            return None
        understood = await self._understand(replace(heard, transcript=replace(heard.transcript, text=rest)))
        match understood.intent:
            case PauseAgent() | ResumeAgent() | StopAgent() | CreateAgent() | CheckStatus():
                return understood.intent
            case _:
                return None

    async def _answer(self, heard: Heard, pending: Pending, asked: Asking) -> Step:
        said = read_assent(heard.text)
        if (said.no and said.bare) or calls_off(heard.text):
            return self._called_off(heard, pending)
        understood = await self._understand(heard)
        if stands_alone(understood, heard, asked):
            return await self._interrupt(heard, pending, understood)
        draft = asked.draft
        if not words_left(heard.text):
            return Step(heard.memory, asked=True)
        if asked.doubt is Doubt.WHAT_TASK and is_no_task(understood):
            return Step(heard.memory, asked=True)
        if asked.doubt is Doubt.WHAT_TASK:
            return self._go_on(heard, replace(draft, task=understood.text))
        if asked.doubt in {Doubt.WHICH_AGENT, Doubt.NO_SUCH_AGENT}:
            agents = chosen_agents(heard.text, asked.agents, heard.surroundings, draft.act)
            if agents:
                return self._decide(heard, (_on(draft.act, agents),), 1.0)
        elif asked.doubt in {Doubt.WHICH_REPO, Doubt.UNKNOWN_REPO, Doubt.NO_REPOS}:
            repo = chosen_repo(heard.text, asked.repos, heard.surroundings)
            if repo is not None:
                return self._go_on(heard, replace(draft, repo=repo))
        if said.no:
            return self._called_off(heard, pending)
        return Step(heard.memory, asked=True)

    async def _interrupt(self, heard: Heard, pending: Pending, understood: Understanding | None = None) -> Step:
        """Not an answer: a question of the person's leaves ours open, a new command drops it."""
        understood = understood or await self._understand(heard)
        if isinstance(understood.intent, CheckStatus):
            step = self._decide(heard, (understood.intent,), understood.confidence)
            return replace(step, memory=replace(step.memory, pending=pending), asked=True)
        if isinstance(pending.question, Confirming) and says_nothing_new(understood.intent, heard.text):
            return self._still_asked(heard, pending.question)
        if says_nothing_new(understood.intent, heard.text):
            return Step(heard.memory, asked=True)
        fresh = replace(heard, memory=replace(heard.memory, pending=None, later=()))
        return await self._fresh(fresh)

    def _still_asked(self, heard: Heard, asked: Confirming) -> Step:
        """Neither yes nor no, nor a command: asked again, about whatever it says instead ("just the second one")."""
        edited = amended(asked.acts, heard.text, read_assent(heard.text).rest, heard.surroundings)
        return self._ask(heard, Confirming(edited, _consequences(edited))) if edited else Step(heard.memory, asked=True)

    async def _fresh(self, heard: Heard) -> Step:
        instead = corrected(heard)
        if instead is not None:
            meant, sure = instead
            step = self._do(heard, meant) if sure else self._ask(heard, Confirming(meant, _consequences(meant)))
            return replace(step, relies=True)
        acts: list[Intent] = []
        said: list[str] = []
        usage: ModelUsage | None = None
        confidence = 1.0
        for part in split_commands(heard.text):
            understood = await self._understand(replace(heard, transcript=replace(heard.transcript, text=part)))
            if isinstance(understood.intent, Unclear) and acts:
                break
            acts.append(_if_open(understood.intent, part))
            said.append(understood.text)
            usage = understood.usage.plus(usage) if understood.usage else usage
            confidence = min(confidence, understood.confidence)
        step = self._decide(heard, tuple(acts), confidence)
        return replace(step, confidence=confidence, said=" ".join(said), usage=usage)

    async def _understand(self, heard: Heard) -> Understanding:
        """Words that point back are read with what they point to as the only agent there is."""
        surroundings = replace(heard.surroundings, open_question=in_words(heard))
        understood = await self.interpreter.interpret(heard.transcript, surroundings)
        them = spoken_of(heard)
        if not them:
            return understood
        if isinstance(understood.intent, Unclear) or (
            understood.intent == CheckStatus() and small_words().it.search(heard.text) is not None
        ):
            another = other(heard) or likewise(heard)
            if another is not None:
                return Understanding(another, 0.9, understood.text)
            if len(them) == 1 and small_words().it.search(heard.text):
                again = await self.interpreter.interpret(heard.transcript, heard.among(them))
                if not isinstance(again.intent, Unclear | CreateAgent):
                    return again
        if len(them) == 1 and is_addition(heard, understood.intent):
            return Understanding(
                MessageAgent(them[0], without_lead(understood.text, small_words().more) or understood.text),
                0.8,
                understood.text,
            )
        return understood

    def _decide(self, heard: Heard, acts: tuple[Intent, ...], confidence: float) -> Step:
        """By the policy: what may be done is done, the first thing that may not is asked about, the rest waits."""
        now: list[Intent] = []
        waiting = list(acts)
        while waiting:
            act = waiting.pop(0)
            if isinstance(act, Unclear):
                return self._unclear(heard, act, tuple(now))
            if isinstance(act, CreateAgent) and any(isinstance(one, CreateAgent) for one in now):
                waiting.insert(
                    0, act
                )  # One message begins one agent: the next is asked about, and begun by the answer.
                return self._ask(heard, Confirming((act,)), tuple(now), tuple(waiting[1:]))
            match grade(act, heard.trust, confidence):
                case Grade.DO:
                    now.append(act)
                case Grade.CONFIRM:
                    asked = Confirming((act,), consequences_of(act))
                    return self._ask(heard, asked, tuple(now), tuple(waiting))
                case Grade.LINKED_DEVICE | Grade.NEVER_BY_VOICE:
                    return replace(self._do(heard, tuple(now)), refused=act)
        return self._do(heard, tuple(now))

    def _unclear(self, heard: Heard, unclear: Unclear, acts: tuple[Intent, ...] = ()) -> Step:
        asking = open_question(unclear, heard)
        if asking is None:
            # Only said when it is all that was said: nothing is open, and nothing is done.
            return Step(replace(heard.memory, pending=None), (*acts, unclear))
        return self._ask(heard, asking, acts)

    def _go_on(self, heard: Heard, draft: Draft) -> Step:
        """The next thing that is missing from a new agent, or else the agent."""
        if draft.repo is None:
            return self._ask(heard, Asking(Doubt.WHICH_REPO, draft))
        if not draft.task:
            return self._ask(heard, Asking(Doubt.WHAT_TASK, draft))
        return self._decide(heard, (CreateAgent(draft.repo, draft.task, draft.branch, draft.plan_first),), 1.0)

    def _ask(
        self, heard: Heard, question: Asking | Confirming, acts: tuple[Intent, ...] = (), later: tuple[Intent, ...] = ()
    ) -> Step:
        pending = Pending(uuid4(), question, heard.now + self.lasts)
        named = agents_of(question.acts) if isinstance(question, Confirming) else ()
        offered = question.agents if isinstance(question, Asking) else named
        done = self._do(heard, acts).memory if acts else replace(heard.memory, done=())
        memory = replace(
            done, pending=pending, later=later, agents=named or done.agents, offered=offered or done.offered
        )
        return Step(memory, acts, asked=True)

    def _do(self, heard: Heard, acts: tuple[Intent, ...]) -> Step:
        """Done, and whatever was waiting for it is next."""
        named = agents_of(acts)
        memory = replace(heard.memory, pending=None, later=(), done=acts, agents=named or heard.memory.agents)
        if not heard.memory.later:
            return Step(memory, acts)
        after = self._decide(replace(heard, memory=replace(memory, later=())), heard.memory.later, 1.0)
        return replace(after, acts=(*acts, *after.acts))

    def _called_off(self, heard: Heard, pending: Pending) -> Step:
        return Step(replace(heard.memory, pending=None, later=(), done=()), dropped=pending)


def _if_open(intent: Intent, said: str) -> Intent:
    """A yes or a no to nothing is told so."""
    answer = read_assent(said)
    to_nothing = intent == Unclear(Doubt.NOT_A_COMMAND) and (answer.yes or answer.no) and answer.bare
    return Unclear(Doubt.NOTHING_OPEN) if to_nothing else intent


def _on(act: Act, agents: tuple[UUID, ...]) -> OnAgents:
    return _ACTS[act](agents)


def _consequences(acts: tuple[Intent, ...]) -> frozenset[Consequence]:
    return frozenset[Consequence]().union(*(consequences_of(act) for act in acts))
