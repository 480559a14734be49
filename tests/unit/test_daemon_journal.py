"""What the journal keeps across restarts."""

from pathlib import Path
from uuid import uuid4

from core.model.event import Finished, Said, Started
from core.sandbox.daemon.journal import Journal, RunKey


def _journal(folder: Path) -> Journal:
    journal = Journal(folder)
    journal.load()
    return journal


def test_what_was_not_acknowledged_survives_a_restart_without_a_gap(tmp_path: Path) -> None:
    key = RunKey(uuid4(), 1)
    first = _journal(tmp_path)
    first.record(key, Started("m"))
    first.record(key, Said("hello"))
    with (tmp_path / str(key)).open("ab") as file:
        file.write(b'{"kind": "event", "ag')
    second = _journal(tmp_path)
    second.record(key, Said("again"))
    assert [event.seq for event in second.waiting()] == [1, 2, 3]


def test_a_run_that_is_over_and_acknowledged_is_dropped_but_not_begun_again(tmp_path: Path) -> None:
    key = RunKey(uuid4(), 1)
    journal = _journal(tmp_path)
    journal.record(key, Finished("done", changed=False))
    journal.record(key, Said("too late"))
    journal.acknowledge(key, 1)
    again = _journal(tmp_path)
    assert again.waiting() == []
    assert again.over(key)
