from pathlib import Path

import pytest

from tests.e2e.running import Installation, eventually, processes_naming, up

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("no-such-note.ogg", "There is no file"),
        ("start an agent on the moon base to fix the airlock", "don't know that repo"),
        ("what is the weather like", "did not take that as a command"),
        ("stop agent ninety nine", "no such agent"),
    ],
)
async def test_words_that_lead_nowhere_get_a_sentence(cadence: Installation, what: str, sentence: str) -> None:
    _, printed = await cadence.run("say", what)
    # What was asked back is not to be answered by the next test.
    await cadence.run("say", "never mind")

    assert sentence in printed
    assert "Traceback" not in printed


async def test_a_text_file_named_ogg_is_told_apart(cadence: Installation, tmp_path: Path) -> None:
    note = tmp_path / "note.ogg"
    note.write_text("start an agent, please\n" * 100)
    _, printed = await cadence.run("say", str(note))

    assert "recording" in printed
    assert "Traceback" not in printed


async def test_thirty_megabytes_are_refused_before_they_are_sent(cadence: Installation, tmp_path: Path) -> None:
    note = tmp_path / "note.ogg"
    note.write_bytes(b"OggS" + bytes(30 << 20))
    code, printed = await cadence.run("say", str(note))

    assert code == 1
    assert "over 25 megabytes" in printed


@pytest.mark.parametrize(
    ("setting", "address", "sentence"),
    [
        ("DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/cadence", "DATABASE_URL names does not answer"),
        ("DATABASE_URL", "my secret database", "DATABASE_URL is not an address"),
        ("REDIS_URL", "redis://:secret@127.0.0.1:1", "REDIS_URL names does not answer"),
        ("REDIS_URL", "my secret server", "REDIS_URL is not an address"),
        ("CADENCE_BIND", "nonsense", "Set CADENCE_BIND to a free address"),
        ("CADENCE_BIND", "127.0.0.1:99999", "Set CADENCE_BIND to a free address"),
    ],
)
async def test_a_setting_that_cannot_work_is_named_before_anything_runs(
    fresh: Installation, setting: str, address: str, sentence: str
) -> None:
    fresh.environ[setting] = address
    code, printed = await fresh.run("up")

    assert code == 1
    assert sentence in printed
    assert "secret" not in printed
    assert len(printed.splitlines()) == 1
    assert processes_naming(str(fresh.home.path)) == []


async def test_a_folder_that_is_open_to_others_and_in_use_is_left_as_it_is(fresh: Installation, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    (shared / "somebody's file").touch()
    fresh.environ["CADENCE_HOME"] = str(shared)
    code, printed = await fresh.run("up")

    assert code == 1
    assert "not empty" in printed
    assert shared.stat().st_mode & 0o777 == 0o755


async def test_a_folder_is_no_recording(cadence: Installation, tmp_path: Path) -> None:
    code, printed = await cadence.run("say", str(tmp_path))

    assert code == 1
    assert "is not a file" in printed


async def test_a_second_up_says_where_the_first_is(cadence: Installation) -> None:
    code, printed = await cadence.run("up")

    assert code == 1
    assert f"already running at {cadence.url}" in printed


async def test_a_taken_port_of_the_forge_is_named_too_and_the_servers_are_stopped(
    fresh: Installation, cadence: Installation
) -> None:
    fresh.environ["CADENCE_FORGE_BIND"] = cadence.environ["CADENCE_FORGE_BIND"]
    code, printed = await fresh.run("up")

    assert code == 1
    assert "Set CADENCE_FORGE_BIND to a free address" in printed
    assert len(printed.splitlines()) == 1
    assert processes_naming(str(fresh.home.path)) == []


async def test_a_taken_port_is_named_with_the_setting_that_moves_it(fresh: Installation, cadence: Installation) -> None:
    fresh.environ["CADENCE_BIND"] = cadence.environ["CADENCE_BIND"]
    code, printed = await fresh.run("up")

    assert code == 1
    assert "Set CADENCE_BIND to a free address" in printed


async def test_say_with_nothing_to_say_is_refused(fresh: Installation) -> None:
    code, printed = await fresh.run("say", "  ")

    assert code == 1
    assert "nothing to send" in printed


async def test_doctor_tells_a_running_cadence_from_one_that_ran(fresh: Installation) -> None:
    async with up(fresh) as process:
        _, while_up = await fresh.run("doctor")
        process.kill()
        await process.wait()
        await eventually(lambda: _gone(fresh))
    _, after = await fresh.run("doctor")

    assert f"cadence up: answers at {fresh.url}" in while_up
    assert "cadence up: not running" in after


async def test_say_without_a_running_cadence_says_how_to_start_it(fresh: Installation) -> None:
    code, printed = await fresh.run("say", "status")

    assert code == 1
    assert "make up" in printed


async def test_without_git_the_way_to_get_it_is_said(fresh: Installation, tmp_path: Path) -> None:
    fresh.environ["PATH"] = str(tmp_path)
    code, printed = await fresh.run("up")

    assert code == 1
    assert "apt install git" in printed


async def test_a_home_that_cannot_be_written_is_named_with_the_setting_that_moves_it(fresh: Installation) -> None:
    fresh.environ["CADENCE_HOME"] = "/proc/cadence"
    code, printed = await fresh.run("up")

    assert code == 1
    assert "Set CADENCE_HOME to a folder that you can write to" in printed


async def _gone(installation: Installation) -> bool:
    return not processes_naming(str(installation.home.path))
