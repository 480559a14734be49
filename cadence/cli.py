"""The command line. Each command imports what it needs when it is called, so that help is instant."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from cadence.evals.app import app as eval_app
from core.model.errors import CadenceError

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
repo_app = typer.Typer(no_args_is_help=True, help="Repositories of the local forge.")
app.add_typer(repo_app, name="repo")
app.add_typer(eval_app, name="eval")


@app.command()
def up(
    *,
    host: Annotated[
        Literal["local", "fly", "fly-simulated", "hetzner", "hetzner-simulated"] | None,
        typer.Option(help="Where agents run; simulated, a machine is a process here.", envvar="CADENCE_HOST"),
    ] = None,
) -> None:
    """Run everything on this computer; prints one URL. No account is needed."""
    from cadence.up import run_up  # noqa: PLC0415

    _run(run_up(Console(), os.environ | ({"CADENCE_HOST": host} if host else {})))


@app.command()
def demo(
    *, keep: Annotated[bool, typer.Option(help="Stay up afterwards, to look at the pull request.")] = False
) -> None:
    """Play a spoken note into a running system and show how it becomes a pull request."""
    from cadence.demo.guide import run_demo  # noqa: PLC0415

    _run(run_demo(Console(), keep=keep))


@app.command()
def say(what: Annotated[str, typer.Argument(metavar='FILE|"TEXT"')]) -> None:
    """Send one command, spoken in a file or written, and show what comes of it."""
    from cadence.say import run_say  # noqa: PLC0415

    _run(run_say(what, Console()))


@app.command()
def link() -> None:
    """Print a code that links a chat account to you."""
    from cadence.linking import run_link  # noqa: PLC0415

    _run(run_link(Console()))


@app.command()
def doctor() -> None:
    """Say what is there, what is missing, and the one command or link that fixes it."""
    from cadence.doctor import run_doctor  # noqa: PLC0415

    _run(run_doctor(Console()))


@app.command()
def serve() -> None:
    """Serve the API, the daemons' socket and the channels (a process of its own, for self-hosting)."""
    from cadence.home import open_home  # noqa: PLC0415
    from cadence.serve import run_serve  # noqa: PLC0415
    from core.settings import load_core_settings  # noqa: PLC0415

    _log_without_secrets()
    settings = load_core_settings()
    cache = Path(os.environ["CADENCE_CACHE"]) if "CADENCE_CACHE" in os.environ else open_home(os.environ).cache
    _run(run_serve(settings, cache))


@app.command()
def worker() -> None:
    """Do the jobs (a process of its own, for self-hosting)."""
    from core.settings import load_core_settings  # noqa: PLC0415
    from core.worker import run_worker  # noqa: PLC0415

    _log_without_secrets()
    _run(run_worker(load_core_settings()))


@app.command()
def daemon() -> None:
    """Run agents on this machine, for the control plane named by CADENCE_DAEMON_URL."""
    from cadence.machine import run_machine  # noqa: PLC0415

    _log_without_secrets()
    _run(run_machine(os.environ))


@app.command("migrate")
def migrate_command() -> None:
    """Bring the schema of DATABASE_URL up to date."""
    from core.settings import load_core_settings  # noqa: PLC0415
    from core.store.migrate import migrate  # noqa: PLC0415

    async def run() -> None:
        for name in await migrate(load_core_settings().database_url):
            Console().print(f"applied {name}")

    _run(run())


@app.command()
def replay(
    delivery: Annotated[str, typer.Argument(help="Its id, as GitHub lists it under Recent Deliveries.")],
) -> None:
    """Handle a webhook delivery of the last fourteen days once more; what it has led to already is not done twice."""
    from cadence.deliveries import replay_delivery  # noqa: PLC0415
    from core.settings import load_core_settings  # noqa: PLC0415

    _run(replay_delivery(load_core_settings(), delivery, Console()))


@repo_app.command("add")
def repo_add(path: Annotated[Path, typer.Argument(help="A git repository on this computer.")]) -> None:
    """Copy a repository of yours into the local forge, so that agents can work on it."""
    from cadence.forge.seed import import_repo  # noqa: PLC0415
    from cadence.home import open_home  # noqa: PLC0415
    from cadence.stand_ins import SAMPLE_OWNER  # noqa: PLC0415

    async def run() -> None:
        await import_repo(open_home(os.environ).forge, SAMPLE_OWNER, path)
        Console().print(f"{path.resolve().name} is there. Agents can be put to work on it within half a minute.")

    _run(run())


def main() -> None:
    """The entry point of the ``cadence`` program."""
    try:
        app()
    except CadenceError as error:
        _give_up(error)
    except KeyboardInterrupt:
        sys.exit(130)


def _log_without_secrets() -> None:
    """For processes whose logs are kept."""
    from core.log import configure_logging  # noqa: PLC0415
    from core.redaction.known import secrets_in  # noqa: PLC0415
    from core.redaction.redactor import Redactor  # noqa: PLC0415

    configure_logging(Redactor(secrets_in(os.environ)))


def _run(work: Coroutine[None, None, None]) -> None:
    try:
        asyncio.run(_until_told_to_stop(work))
    except asyncio.CancelledError:
        raise typer.Exit(130) from None
    except CadenceError as error:
        _give_up(error)


async def _until_told_to_stop(work: Coroutine[None, None, None]) -> None:
    """The first signal unwinds everything with care; more of them change nothing."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, lambda: None)
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    await task


def _give_up(error: CadenceError) -> NoReturn:
    Console(stderr=True).print(f"[bold red]cadence:[/] {escape(str(error))}", soft_wrap=True, highlight=False)
    sys.exit(1)


if __name__ == "__main__":
    main()
