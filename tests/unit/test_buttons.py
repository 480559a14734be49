from uuid import UUID

import pytest

from core.model.agent import Question
from core.model.command import AnswerQuestion, Choice, Doubt, Unclear
from core.replies.buttons import answer_buttons, read_button

AGENT = UUID(int=2**128 - 1)


@pytest.mark.parametrize(
    ("option", "label"),
    [
        ("Postgres", "Postgres"),
        ("", "Option 1"),
        ("x" * 60, "Option 1"),
        ("Keep the old table and copy every row over", "Keep the old table and copy every row…"),
    ],
)
def test_an_answers_button_says_something_short(option: str, label: str) -> None:
    assert answer_buttons(AGENT, Question(1, 2, "Which?", (option,)))[0].label == label


def test_an_answers_button_is_read_back_and_fits_into_telegrams_limit() -> None:
    _, button = answer_buttons(AGENT, Question(1234, 123_456, "Which?", ("a", "b")))

    assert read_button(button.token) == AnswerQuestion(AGENT, Choice(1234, 123_456, 1))
    assert len(button.token.encode()) <= 64


@pytest.mark.parametrize(
    "token", ["answer", f"answer:{AGENT}", f"answer:{AGENT}:1.2", f"answer:{AGENT}:a.b.c", "x:y:z"]
)
def test_a_button_that_we_never_made_asks_for_nothing(token: str) -> None:
    assert read_button(token) == Unclear(Doubt.NOT_A_COMMAND)
