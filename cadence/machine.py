"""``cadence daemon``: this computer as a machine that runs agents."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

from cadence.enrolment import Given, enrol
from cadence.folders import private_folder
from core.model.errors import Refusal
from core.sandbox.daemon.app import DaemonConfig, run_daemon
from core.sandbox.daemon.hosts import Denied, allow_list
from core.sandbox.daemon.limits import limits_for


async def run_machine(environ: Mapping[str, str]) -> None:
    """Dial out and work until cancelled. Raises Refusal when a setting is missing."""
    state_dir = private_folder(Path(environ.get("CADENCE_MACHINE_DIR", "/var/lib/cadence/machine")))
    enrolment = environ.get("CADENCE_ENROLMENT")
    given = await enrol(Path(enrolment), state_dir) if enrolment else _given(environ)
    agent_uid = int(environ.get("CADENCE_AGENT_UID", "10003")) if os.geteuid() == 0 else None
    await run_daemon(
        DaemonConfig(
            url=given.url,
            token=given.token,
            state_dir=state_dir,
            machine=given.machine,
            one_shot=environ.get("CADENCE_ONE_SHOT") == "1",
            firewall=environ.get("CADENCE_FIREWALL") == "1",
            agent_uid=agent_uid,
            hosts=_hosts(environ),
            limits=limits_for(
                _number(environ, "CADENCE_AGENT_MEMORY_MB"),
                _number(environ, "CADENCE_AGENT_CPUS"),
                _number(environ, "CADENCE_AGENT_DISK_MB"),
            ),
        )
    )


def _given(environ: Mapping[str, str]) -> Given:
    """What whoever made this machine has left in a file, which is gone once it was read; or else the settings."""
    file = Path(environ.get("CADENCE_BOOTSTRAP", ""))
    if file.is_file():
        given = Given.model_validate_json(file.read_bytes())
        file.unlink()
        return given
    missing = [name for name in ("CADENCE_DAEMON_URL", "CADENCE_MACHINE_TOKEN") if not environ.get(name)]
    if missing:
        raise Refusal(f"Set {' and '.join(missing)}; `cadence up` starts a daemon of its own and needs neither.")
    name = environ.get("CADENCE_MACHINE_NAME", socket.gethostname())
    return Given(url=environ["CADENCE_DAEMON_URL"], token=environ["CADENCE_MACHINE_TOKEN"], machine=name)


def _hosts(environ: Mapping[str, str]) -> frozenset[str]:
    try:
        return allow_list(environ.get("CADENCE_AGENT_HOSTS", ""))
    except Denied:
        raise Refusal(
            "CADENCE_AGENT_HOSTS lists the names of hosts, such as api.example.com, and nothing else: no addresses,"
            " no ports, no wildcards."
        ) from None


def _number(environ: Mapping[str, str], name: str) -> float | None:
    """A limit that was set; None when it was not."""
    try:
        value = float(environ[name]) if environ.get(name) else None
    except ValueError:
        value = -1.0
    if value is not None and not value > 0:
        raise Refusal(f"{name} has to be a number above zero.")
    return value
