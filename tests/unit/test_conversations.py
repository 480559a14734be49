"""A file of labelled conversations, in five languages, held as every channel holds them."""

from pathlib import Path
from typing import Final

from cadence.evals.dialogues import fault, hold, read_dialogues
from core.voice.dialogue import Dialogue
from core.voice.grammar import GrammarInterpreter

_FILE: Final = Path(__file__).parents[1] / "conversations.jsonl"
_RIGHT: Final = 0.95


async def test_nearly_all_turns_are_right_and_nothing_is_done_without_a_yes() -> None:
    turns = wrong = 0
    undue: list[str] = []
    for gold in read_dialogues(_FILE):
        for turn, said in zip(gold.turns, await hold(gold, Dialogue(GrammarInterpreter())), strict=True):
            assert turn.expected is not None
            turns += 1
            wrong += fault(turn, turn.expected, said) is not None
            undue += [f"{gold.id}: {turn.user}"] if said.executes and not turn.expected.executes else []

    assert undue == []
    assert wrong <= (1 - _RIGHT) * turns
