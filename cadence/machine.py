"""``cadence daemon``: this computer as a machine that runs agents."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

from cadence.folders import private_folder
from core.model.errors import Refusal
from core.sandbox.daemon.app import DaemonConfig, run_daemon


async def run_machine(environ: Mapping[str, str]) -> None:
    """Dial out and work until cancelled. Raises Refusal when a setting is missing."""
    missing = [name for name in ("CADENCE_DAEMON_URL", "CADENCE_MACHINE_TOKEN") if not environ.get(name)]
    if missing:
        raise Refusal(f"Set {' and '.join(missing)}; `cadence up` starts a daemon of its own and needs neither.")
    state_dir = Path(environ.get("CADENCE_MACHINE_DIR", "/var/lib/cadence/machine"))
    agent_uid = int(environ.get("CADENCE_AGENT_UID", "10003")) if os.geteuid() == 0 else None
    await run_daemon(
        DaemonConfig(
            url=environ["CADENCE_DAEMON_URL"],
            token=environ["CADENCE_MACHINE_TOKEN"],
            state_dir=private_folder(state_dir),
            machine=environ.get("CADENCE_MACHINE_NAME", socket.gethostname()),
            agent_uid=agent_uid,
        )
    )
