import pytest

from core.model.agent import LIVE, Move, Status, destination, sources


@pytest.mark.parametrize("move", [move for move in Move if move is not Move.GO_ON])
def test_no_move_but_going_on_leaves_an_end(move: Move) -> None:
    assert sources(move) <= LIVE


def test_what_was_stopped_never_goes_on() -> None:
    assert Status.CANCELLED not in {status for move in Move for status in sources(move)}


def test_a_paused_agent_may_go_on_be_stopped_finish_or_fail_but_not_start() -> None:
    allowed = {move for move in Move if Status.PAUSED in sources(move)}

    assert allowed == {Move.RESUME, Move.COMPLETE, Move.FAIL, Move.CANCEL}


def test_only_starting_and_resuming_lead_to_running() -> None:
    assert {move for move in Move if destination(move) is Status.RUNNING} == {Move.START, Move.RESUME}
