"""Machines of the simulated Fly: processes on this computer that get what a machine at Fly would get."""

import asyncio
import base64
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cadence.simulated_fly.state import Json

_GRACE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class LocalMachine:
    """One process, with a folder of its own for its files."""

    process: asyncio.subprocess.Process
    folder: Path

    async def end(self) -> None:
        """Ask it to end, and see that it does."""
        if self.process.returncode is None:
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), _GRACE_SECONDS)
            except TimeoutError:
                self.process.kill()
        await self.ended()

    async def ended(self) -> None:
        """Its folder goes with it: nothing of one run is seen by the next."""
        await self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def bare_environment() -> dict[str, str]:
    """What any program on this computer needs, and nothing of ours."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SSL_CERT_FILE") if name in os.environ}


async def launch(config: Json) -> LocalMachine:
    """Start ``cadence daemon`` with the files and the environment of a machine's configuration."""
    folder = Path(tempfile.mkdtemp(prefix="cadence-fly-"))
    environment = bare_environment() | config.get("env", {})
    for file in config.get("files", []):
        path = folder / Path(file["guest_path"]).name
        path.write_bytes(base64.b64decode(file["raw_value"]))
        path.chmod(file.get("mode", 0o600))
        environment = {name: str(path) if value == file["guest_path"] else value for name, value in environment.items()}
    return await start_daemon(folder, environment)


async def start_daemon(folder: Path, environment: dict[str, str]) -> LocalMachine:
    """``cadence daemon``, as the one program of a machine whose files are in ``folder``."""
    state = folder / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "cadence.cli", "daemon"),
        env=environment | {"CADENCE_MACHINE_DIR": str(state)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return LocalMachine(process, folder)
