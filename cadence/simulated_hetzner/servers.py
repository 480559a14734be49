"""Servers of the simulated Hetzner: processes here that find what cloud-init would have written."""

import json
import tempfile
from pathlib import Path

from cadence.simulated_fly.machines import LocalMachine, bare_environment, start_daemon
from core.sandbox.hetzner.cloud_init import ENVIRONMENT

_FIRST_LINE = "#cloud-config\n"


async def boot(user_data: str) -> LocalMachine:
    """Do with the user data what a server does, except for installing what is installed here."""
    if not user_data.startswith(_FIRST_LINE):
        raise ValueError("cloud-init takes no user data that begins otherwise.")
    config = json.loads(user_data.removeprefix(_FIRST_LINE))
    folder = Path(tempfile.mkdtemp(prefix="cadence-hetzner-"))
    paths: dict[str, str] = {}
    given: dict[str, str] = {}
    for file in config["write_files"]:
        path = folder / Path(file["path"]).name
        path.write_text(file["content"])
        path.chmod(int(file["permissions"], 8) | 0o200)
        paths[file["path"]] = str(path)
        if file["path"] == ENVIRONMENT:
            given = dict(line.split("=", 1) for line in file["content"].splitlines())
    own = {name: paths.get(value, value) for name, value in given.items()}
    return await start_daemon(folder, bare_environment() | own)
