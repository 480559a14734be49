"""Secrets are taken out of what is kept and logged, and nothing else is."""

import base64
import json
import sysconfig
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote, quote_plus
from uuid import UUID

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from core.log import configure_logging
from core.model.agent import Phase, PlannedTask, WorkReport
from core.model.event import Asked, Finished, Happening, PhaseEntered, Said, StepTaken, TasksListed, Told
from core.redaction.happenings import redacted
from core.redaction.known import forms, secrets_in
from core.redaction.redactor import Redactor
from core.sandbox.protocol import MAX_FRAME_BYTES, EventReport
from tests.innocent_corpus import innocents
from tests.secret_corpus import leaks, positives

MASK = "[redacted]"
KNOWN = 'p@ss "wörd"/+=&%7d\\x'
REDACT = Redactor([KNOWN, "sk-known-0123456789"])


@pytest.mark.parametrize(
    "encoded",
    [
        KNOWN,
        json.dumps(KNOWN),
        json.dumps({"a": [KNOWN]}, ensure_ascii=False),
        repr(KNOWN),
        repr(KNOWN + "'"),
        quote(KNOWN, safe=""),
        quote_plus(KNOWN),
        KNOWN.encode().hex(),
        KNOWN.encode().hex().upper(),
        *(base64.b64encode(b"x" * shift + KNOWN.encode() + b"yz").decode() for shift in range(4)),
        *(base64.urlsafe_b64encode(b"x" * shift + KNOWN.encode()).decode() for shift in range(4)),
    ],
)
def test_a_known_secret_is_found_however_it_is_written(encoded: str) -> None:
    text = REDACT(f"before {encoded} after")

    assert MASK in text
    assert text.startswith("before ")
    assert not any(piece in text for piece in (encoded[8:20], encoded[-20:-8]))


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_whatever_stands_around_a_known_secret_it_goes(before: str, after: str) -> None:
    assert KNOWN not in REDACT(before + KNOWN + after)


@given(st.text(max_size=60), st.sampled_from([*forms(KNOWN)]), st.data())
@settings(max_examples=300, deadline=None)
def test_wherever_a_text_is_cut_nothing_of_a_known_secret_is_left(before: str, form: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(min_value=8, max_value=len(form)))

    for end in ("", " …", "..."):
        assert form[:8] not in REDACT(before + form[:cut] + end).removeprefix(before)


@given(st.lists(st.sampled_from([*forms(KNOWN), "a b", "x", "\n", "="]), max_size=8), st.data())
@settings(max_examples=200, deadline=None)
def test_what_arrives_in_pieces_and_is_put_together_loses_every_secret(parts: list[str], data: st.DataObject) -> None:
    whole = " ".join(parts)
    borders = sorted(data.draw(st.lists(st.integers(min_value=0, max_value=len(whole)), max_size=6)))
    pieces = [whole[start:end] for start, end in zip([0, *borders], [*borders, len(whole)], strict=True)]
    clean = redacted(Said("".join(pieces)), REDACT)

    assert isinstance(clean, Said)
    assert not any(form in clean.text for form in forms(KNOWN))


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_looked_at_twice(text: str) -> None:
    once = REDACT(text)

    assert REDACT(once) == once


def test_secrets_of_others_are_known_by_their_shape_or_by_their_name() -> None:
    tried = list(positives(2026, 1))
    missed = [(kind, where) for kind, where, text, secret in tried if leaks(secret, REDACT(text))]

    assert len(tried) > 10_000
    assert len(missed) / len(tried) <= 0.01, missed


def test_what_only_looks_like_a_secret_is_left_as_it_is() -> None:
    lines = list(innocents(2026, 5))
    touched = [line for line in lines if REDACT(line) != line]

    assert len(touched) / len(lines) <= 0.005, touched


def test_code_and_locks_are_left_as_they_are() -> None:
    lines = [line for path in _innocent() for line in path.read_text(errors="replace").splitlines()]
    touched = [line for line in lines if REDACT(line) != line]

    assert len(lines) > 20_000
    assert len(touched) / len(lines) <= 0.0005, touched[:20]


def _innocent() -> Iterator[Path]:
    yield from sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))[:60]
    yield Path(__file__).parents[2] / "requirements.lock"


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a",
            "a1",
            "0",
            "=",
            ":",
            "-",
            "_",
            "/",
            "'",
            '"',
            "\\",
            " ",
            "\n",
            "key=",
            "token: ",
            "password=a1",
            "://a:b1",
        ),
        *("-----BEGIN PRIVATE KEY-----", "eyJhbGci.", "Authorization: Bearer ", "cookie: a=b; ", "-u a:", "mysql a "),
        *(
            "sk-",
            "secret_",
            "LS0tLS1CRUdJTiB",
            "MTabc.",
            "token = $",
            "token = a.b.",
            "%3A%2F%2Fa%3A",
            "Aa1-",
            "https://",
        ),
    ],
)
def test_twice_the_text_takes_no_more_than_thrice_the_time(piece: str) -> None:
    # Of several tries, so that whatever else the computer does at the time does not count.
    short, long = (min(_seconds(piece * (size // len(piece))) for _ in range(3)) for size in (20_000, 40_000))

    assert long < max(3 * short, 0.02)


def _seconds(text: str) -> float:
    began = time.process_time()
    REDACT(text)
    return time.process_time() - began


@pytest.mark.parametrize(
    "happening",
    [
        Said(f"I found {KNOWN}\0"),
        StepTaken("Bash", f"runs curl -H 'X: {KNOWN}'"),
        Asked(f"Is {KNOWN} right?", (KNOWN, "no")),
        TasksListed((PlannedTask(f"remove {KNOWN}"),)),
        Finished("Done", changed=True, report=WorkReport("t", f"what {KNOWN}", "why", "tested", "spoken")),
    ],
)
def test_happenings_keep_their_form_and_lose_their_secrets(happening: Happening) -> None:
    clean = redacted(happening, REDACT)

    assert type(clean) is type(happening)
    assert MASK in str(clean)
    assert KNOWN not in str(clean)
    assert "\0" not in str(clean)


def test_what_is_beyond_all_measure_is_cut_to_fit_into_a_frame() -> None:
    question = Asked("\x01" * 3_000_000, tuple("\x02" * 100_000 for _ in range(50)))
    tasks = TasksListed(tuple(PlannedTask("\x03" * 10_000) for _ in range(5000)))
    for happening in (redacted(question, REDACT), redacted(tasks, REDACT)):
        event = EventReport(agent_id=UUID(int=1), leg=1, seq=1, at=datetime.now(UTC), happening=happening)
        assert len(event.model_dump_json()) < MAX_FRAME_BYTES


def test_what_is_no_secret_passes_unchanged() -> None:
    told = Told(followup_id=UUID(int=7))
    for happening in (told, PhaseEntered(Phase.CLONING), StepTaken("Edit", "edits src/login.py")):
        assert redacted(happening, REDACT) == happening


def test_the_settings_of_a_process_say_what_is_secret() -> None:
    environ = {
        "ANTHROPIC_API_KEY": "sk-0123456789",
        "TELEGRAM_BOT_TOKEN": "1234567890:abc",
        "DATABASE_URL": "postgresql://me:long-password@db/x",
        "PUBLIC_URL": "https://cadence.example.org",
        "CADENCE_SECRET_KEY": "short",
        "PATH": "/usr/bin:/bin",
    }

    assert secrets_in(environ) == {"sk-0123456789", "1234567890:abc", "long-password"}


def _fail() -> NoReturn:
    raise ValueError(KNOWN)


def test_nothing_secret_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    monkeypatch.setattr("sys.stdout", out)
    configure_logging(REDACT)
    try:
        structlog.get_logger("test").bind(url=f"http://x:{KNOWN}@y").warning("it_broke", key=KNOWN)
        structlog.get_logger("test").warning("deep", error=ValueError(KNOWN), at=[{KNOWN: (KNOWN, {"b": KNOWN})}])
        try:
            _fail()
        except ValueError:
            structlog.get_logger("test").exception("it_broke_again")
    finally:
        structlog.reset_defaults()

    assert "it_broke_again" in out.getvalue()
    assert KNOWN not in json.loads(out.getvalue().splitlines()[0])["key"]
    assert "wörd" not in out.getvalue().encode().decode("unicode_escape", errors="ignore")
    assert MASK in out.getvalue()
