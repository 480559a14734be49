import pytest

from core.voice.loops import collapse, invented, suspicious


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("Fix the login page now. Fix the login page now. Fix the login page now.", "Fix the login page now."),
        ("Add a test for it and add a test for it and ship.", "Add a test for it and ship."),
        ("go go go go go go", "go"),
        ("stop, stop everything", "stop, stop everything"),
        ("the tests the tests are failing", "the tests the tests are failing"),
        ("no no no", "no no no"),
        ("", ""),
    ],
)
def test_only_a_repeated_sentence_is_cut(heard: str, meant: str) -> None:
    assert collapse(heard) == meant


def test_more_words_than_anybody_can_say_are_suspicious() -> None:
    assert suspicious("one two three four five six seven eight nine ten", seconds=1.0)
    assert not suspicious("start an agent on wallet frontend", seconds=2.5)


@pytest.mark.parametrize("text", ["Thanks for watching!", "you", "[BLANK_AUDIO]", "...", "", "Please subscribe."])
def test_words_made_up_in_silence_are_recognised(text: str) -> None:
    assert invented(text)


def test_a_recital_of_the_hints_is_no_speech() -> None:
    hints = ("wallet frontend", "api service", "docs site")
    assert invented("docs site, api service, wallet frontend.", hints)


def test_a_single_name_is_speech() -> None:
    hints = ("wallet frontend", "api service", "docs site")
    assert not invented("Wallet frontend.", hints)
    assert not invented("Pause the api service, the docs site and the wallet frontend.", hints)
