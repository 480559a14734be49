"""The folder in which Postgres keeps its data: making it, and telling whether its server is up."""

import os
import pwd
import shutil
from pathlib import Path

from cadence import binaries
from core.commands import run_command
from core.model.errors import Refusal

_STATUS_LINE = 7


async def prepare_data(data_dir: Path, *, durable: bool) -> None:
    """Make the folder, completely or not at all. Raises Refusal when what is there cannot be used."""
    await _check_user()
    if _is_made(data_dir):
        return
    unfinished = data_dir.with_name(data_dir.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    await _initialise(unfinished, durable=durable)
    unfinished.rename(data_dir)


def as_server(*command: str) -> tuple[str, ...]:
    """Postgres refuses to run as root or as a user without a name, so there it runs in a namespace as somebody else.

    It still is us to everyone outside: its files are ours, and no folder has to be opened to another user.
    """
    names = {account.pw_uid for account in pwd.getpwall()}
    if os.geteuid() != 0 and os.geteuid() in names:
        return command
    somebody = min(names - {0})
    return ("unshare", "--user", f"--map-user={somebody}", f"--map-group={somebody}", "--", *command)


def is_ready(data_dir: Path) -> bool:
    """True when the server says in its pid file, as pg_ctl reads it, that it accepts connections."""
    lines = _pid_file_lines(data_dir)
    return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"


def disown_pid_file(data_dir: Path) -> None:
    """Make the pid file of a dead server name us.

    Its number may be another process's by now, and Postgres would then refuse to start. Removing the file would also
    remove the guard against an earlier server's last children, who hold the shared memory that it names; a pid file
    that names the parent is passed over while that guard stands.
    """
    lines = _pid_file_lines(data_dir)
    if lines:
        kept = [str(os.getpid()), *lines[1:_STATUS_LINE]]
        (data_dir / "postmaster.pid").write_text("\n".join(kept) + "\n")


def _pid_file_lines(data_dir: Path) -> list[str]:
    try:
        return (data_dir / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


async def _check_user() -> None:
    trial = await run_command(*as_server("true"))
    if trial.status != 0:
        raise Refusal(
            "Postgres runs neither as root nor as a user without a name, and this machine does not let Cadence be"
            f" somebody else for it ({trial.complaints.decode(errors='replace').strip()})."
            " Start Cadence as an ordinary user, or set DATABASE_URL to a Postgres of yours."
        )


def _is_made(data_dir: Path) -> bool:
    if not data_dir.exists() or not any(data_dir.iterdir()):
        return False
    if data_dir.stat().st_uid != os.geteuid():
        raise Refusal(f"{data_dir} belongs to another user. Start Cadence as that user or choose another folder.")
    if not (data_dir / "PG_VERSION").exists():
        raise Refusal(f"{data_dir} holds something other than a database. Move it away or choose another folder.")
    _check_version(data_dir)
    return True


def _check_version(data_dir: Path) -> None:
    found, brought = (data_dir / "PG_VERSION").read_text().strip(), binaries.postgres_version()
    if found != brought:
        raise Refusal(
            f"{data_dir} was made by Postgres {found}, and this Cadence brings Postgres {brought}."
            f" Set DATABASE_URL to a Postgres {found} that serves it, or move the folder away to start empty."
        )


async def _initialise(data_dir: Path, *, durable: bool) -> None:
    options = ("--auth=trust", "-U", "postgres", "--no-locale", "--encoding=UTF8", "--no-instructions")
    initdb = await run_command(
        *as_server(str(binaries.postgres_folder() / "initdb"), *options, *(() if durable else ("--no-sync",))),
        "-D",
        str(data_dir),
    )
    if initdb.status != 0:
        why = _reason(initdb.complaints.decode(errors="replace"))
        raise Refusal(f"Postgres could not make its data folder {data_dir}: {why}")


def _reason(output: str) -> str:
    """What initdb died of, out of all that it tells."""
    lines = output.strip().splitlines()
    fatal = [line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line]
    return (fatal or lines[-1:] or ["it did not say why"])[0]
