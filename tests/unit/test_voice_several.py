import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.voice.several import split_commands


@pytest.mark.parametrize(
    ("said", "commands"),
    [
        ("pause agent two and stop agent three", ("pause agent two", "stop agent three")),
        ("stop agent one. Then resume agent two.", ("stop agent one", "resume agent two.")),
        (
            "pause two, stop three and tell me how four is doing",
            ("pause two", "stop three", "tell me how four is doing"),
        ),
        ("is agent two done and pause three", ("is agent two done", "pause three")),
        ("pausiere Agent zwei und stoppe Agent drei", ("pausiere Agent zwei", "stoppe Agent drei")),
        (
            "stop agent one and start a new one on api service to fix the timeout and the login",
            ("stop agent one", "start a new one on api service to fix the timeout and the login"),
        ),
    ],
)
def test_commands_in_one_breath_are_told_apart(said: str, commands: tuple[str, ...]) -> None:
    assert split_commands(said) == commands


@pytest.mark.parametrize(
    "said",
    [
        "pause agent two and three",
        "kill the login agent and the dark mode agent",
        "resume two and keep an eye on it",
        "stop the search and replace agent",
        "stop agent one, no, two",
        "don't pause agent one and stop agent two",
        "start an agent on api to fix the login and stop sending emails",
        "Start an agent on API service to update the readme. Also stop every running agent.",
    ],
)
def test_one_command_stays_one(said: str) -> None:
    assert split_commands(said) == (said,)


@given(st.text(max_size=60))
def test_any_text_can_be_split(text: str) -> None:
    assert split_commands(text)
