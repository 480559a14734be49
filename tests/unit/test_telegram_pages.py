import re

from hypothesis import given
from hypothesis import strategies as st

from bots.telegram.pages import MAX_UNITS, Page, lay_out, shorten
from core.model.messages import Link, Reply


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def without_space(text: str) -> str:
    return re.sub(r"\s", "", text)


LONG = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"])), max_size=40).map(
    lambda parts: "\n".join(part * 40 for part in parts)
)


def test_what_was_heard_comes_first_and_in_italics() -> None:
    assert lay_out(Reply("Starting.", heard="fix the login", detail="Task: login")) == [
        Page("I heard: fix the login\n\nStarting.\n\nTask: login", italic=len("I heard: fix the login"))
    ]


def test_italics_are_measured_in_utf_16_units() -> None:
    (page,) = lay_out(Reply("Starting.", heard="🚀"))
    (entity,) = page.entities
    assert (entity.type, entity.offset, entity.length) == ("italic", 0, len("I heard: ") + 2)


def test_a_reply_that_answers_no_recording_has_no_formatting() -> None:
    assert lay_out(Reply("<b>*not bold*</b>")) == [Page("<b>*not bold*</b>")]


def test_links_are_written_out_below() -> None:
    assert lay_out(Reply("Done."), (Link("Open", "http://localhost:1/"),)) == [
        Page("Done.\n\nOpen: http://localhost:1/")
    ]


def test_a_long_text_is_cut_where_a_line_ends() -> None:
    line = "x" * 99
    pages = lay_out(Reply("\n".join([line] * 100)))
    assert [page.text for page in pages] == ["\n".join([line] * 40), "\n".join([line] * 40), "\n".join([line] * 20)]


def test_an_endless_detail_is_abridged_and_the_links_below_it_stay() -> None:
    pages = lay_out(Reply("Done.", detail="log " * 100_000), (Link("Open", "http://localhost:1/"),))
    assert len(pages) == 3
    assert pages[-1].text.endswith("…\n\nOpen: http://localhost:1/")


def test_a_long_recording_is_in_italics_on_every_page_it_reaches() -> None:
    pages = lay_out(Reply("Done.", heard="word " * 1500))
    assert [page.italic for page in pages] == [units(pages[0].text), units(pages[1].text) - len("\n\nDone.")]


def test_nothing_to_see_becomes_an_ellipsis_that_telegram_takes() -> None:
    assert lay_out(Reply(" \u200b\x00 ")) == [Page("…")]


@given(text=LONG, heard=st.none() | LONG)
def test_no_page_is_too_long_and_nothing_is_lost_but_space_between_pages(text: str, heard: str | None) -> None:
    pages = lay_out(Reply(text, heard=heard))
    assert all(0 < units(page.text) <= MAX_UNITS and page.italic <= units(page.text) for page in pages)
    said = "".join(without_space(page.text) for page in pages)
    assert said in {
        without_space((f"I heard: {heard}" if heard else "") + text),
        "…",
        without_space(f"I heard: {heard}"),
    }


@given(text=LONG)
def test_a_shortened_reply_fits_one_message_and_says_when_there_is_more(text: str) -> None:
    pages = lay_out(Reply(text))
    page = shorten(pages)
    assert units(page.text) <= MAX_UNITS
    assert page.text.endswith("…") or pages == [page]
