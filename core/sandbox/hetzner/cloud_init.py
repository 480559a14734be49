"""What a new server is told to make of itself: cloud-init's user data."""

import json
from dataclasses import dataclass
from typing import Any, Final

_STATE: Final = "/var/lib/cadence"
BOOTSTRAP: Final = f"{_STATE}/enrolment.json"
ENVIRONMENT: Final = "/etc/cadence/daemon.env"
_PACKAGES: Final = (
    *("bubblewrap", "build-essential", "ca-certificates", "curl", "git", "iproute2", "nftables", "nodejs", "npm"),
    *("procps", "python3", "python3-pip", "python3-venv", "unattended-upgrades"),
)
_FETCH: Final = """\
set -eu
umask 022
curl --fail --silent --show-error --location --retry 5 --proto '=https' --output /root/cadence.tar.gz "$1"
echo "$2  /root/cadence.tar.gz" | sha256sum --check --quiet
mkdir -p /opt/cadence-source
tar --extract --gzip --file /root/cadence.tar.gz --directory /opt/cadence-source --strip-components 1 --no-same-owner
exec /opt/cadence-source/scripts/machine/install.sh
"""
_UPGRADES: Final = """\
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-Time "03:30";
"""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a server gets Cadence from: an archive of its source, and what the archive's SHA-256 has to be."""

    url: str
    sha256: str


def user_data(source: Source, control_url: str, enrolment: str, name: str) -> str:
    """A cloud-config. JSON is YAML, so no value can be taken for anything but a value.

    Everything in it can be read on the server for ever: ``enrolment`` is good for one server, once, for minutes.
    """
    bootstrap = {"enrol_at": f"{control_url}/machines/enrol", "enrolment": enrolment, "machine": name}
    environment = f"CADENCE_ENROLMENT={BOOTSTRAP}\nCADENCE_MACHINE_DIR={_STATE}\nPYTHONSAFEPATH=1\nPYTHONUNBUFFERED=1\n"
    config: dict[str, Any] = {
        "ssh_pwauth": False,
        "disable_root": True,
        "package_update": True,
        "package_upgrade": True,
        "packages": list(_PACKAGES),
        "write_files": [
            {"path": BOOTSTRAP, "permissions": "0400", "content": json.dumps(bootstrap)},
            {"path": ENVIRONMENT, "permissions": "0400", "content": environment},
            {"path": "/etc/apt/apt.conf.d/52cadence", "permissions": "0644", "content": _UPGRADES},
        ],
        "runcmd": [
            ["systemctl", "disable", "--now", "ssh.service", "ssh.socket"],
            ["sh", "-c", _FETCH, "fetch", source.url, source.sha256],
        ],
    }
    return f"#cloud-config\n{json.dumps(config, indent=1)}\n"
