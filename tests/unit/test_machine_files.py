"""What a server of its own is told and given: cloud-init's user data, the service, and the rules for packets."""

import configparser
import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from core.sandbox.hetzner.cloud_init import BOOTSTRAP, ENVIRONMENT, Source, user_data
from tests.conftest import RequireTool

MACHINE = Path(__file__).parents[2] / "scripts/machine"
SOURCE = Source("https://example.org/cadence.tar.gz?a=b&c='$(reboot)'", "0" * 64)
LARGEST = 32 << 10


def config() -> dict[str, Any]:
    first, rest = user_data(SOURCE, "https://cadence.example.org", "enrol-me", "cadence-test-1").split("\n", 1)
    assert first == "#cloud-config"
    return json.loads(rest)


def test_user_data_fits_and_names_only_modules_that_cloud_init_has() -> None:
    text = user_data(SOURCE, "https://cadence.example.org", "enrol-me", "cadence-test-1")

    assert len(text.encode()) < LARGEST
    assert config().keys() == {
        *("ssh_pwauth", "disable_root", "package_update", "package_upgrade", "packages", "write_files", "runcmd")
    }


def test_user_data_holds_the_enrolment_and_no_other_secret() -> None:
    text = json.dumps(config())

    assert text.count("enrol-me") == 1
    assert not re.search(r"token|password|secret|ssh_authorized_keys", text, re.IGNORECASE)


def test_files_with_the_enrolment_are_roots_alone() -> None:
    files = {file["path"]: file for file in config()["write_files"]}

    assert files[BOOTSTRAP]["permissions"] == files[ENVIRONMENT]["permissions"] == "0400"
    assert f"CADENCE_ENROLMENT={BOOTSTRAP}" in files[ENVIRONMENT]["content"]
    assert all(re.fullmatch(r"0[0-7]{3}", file["permissions"]) for file in files.values())


def test_an_address_is_never_read_as_a_command() -> None:
    (fetch,) = [command for command in config()["runcmd"] if "fetch" in command]

    assert fetch[-2:] == [SOURCE.url, SOURCE.sha256]
    assert "reboot" not in fetch[2]


def test_what_was_fetched_is_checked_before_it_is_unpacked() -> None:
    (fetch,) = [command[2] for command in config()["runcmd"] if "fetch" in command]

    assert fetch.index("set -eu") < fetch.index("sha256sum --check") < fetch.index("tar --extract")


def test_security_updates_install_themselves() -> None:
    files = {file["path"]: file["content"] for file in config()["write_files"]}

    assert 'Unattended-Upgrade "1"' in files["/etc/apt/apt.conf.d/52cadence"]
    assert "unattended-upgrades" in config()["packages"]


def service() -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=True, interpolation=None)
    unit.optionxform = str  # pyright: ignore[reportAttributeAccessIssue] (systemd's names have capitals)
    unit.read_string((MACHINE / "cadence-daemon.service").read_text())
    return unit


def test_the_service_starts_the_daemon_with_what_cloud_init_has_written() -> None:
    unit = service()["Service"]

    assert unit["EnvironmentFile"] == ENVIRONMENT
    assert shlex.split(unit["ExecStart"]) == ["/opt/cadence/bin/cadence", "daemon"]
    assert unit["Restart"] == "always"
    assert f"/var/lib/{unit['StateDirectory']}" == str(Path(BOOTSTRAP).parent)


def test_the_service_gives_up_what_it_does_not_need() -> None:
    unit = service()["Service"]

    assert unit["NoNewPrivileges"] == unit["PrivateTmp"] == unit["ProtectHome"] == "yes"
    assert unit["ProtectSystem"] == "strict"
    assert "CAP_SYS_MODULE" not in unit["CapabilityBoundingSet"]


def test_systemd_understands_the_service(tmp_path: Path, require_tool: RequireTool) -> None:
    require_tool("systemd-analyze", "apt install systemd")
    unit = tmp_path / "cadence-daemon.service"
    # The program is not installed here, and systemd looks for it.
    unit.write_text((MACHINE / "cadence-daemon.service").read_text().replace("/opt/cadence/bin/cadence", "/bin/true"))
    said = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)

    assert [line for line in said.stderr.splitlines() if unit.name in line] == []


def test_the_installer_is_a_shell_script_whose_files_exist(require_tool: RequireTool) -> None:
    require_tool("sh", "apt install dash")
    script = MACHINE / "install.sh"
    subprocess.run(["sh", "-n", script], check=True)
    named = re.findall(r"(?:scripts|requirements|pyproject)[\w./-]*\.(?:lock|toml|service|conf)", script.read_text())

    assert named
    assert all((MACHINE.parents[1] / name).is_file() for name in named)


@pytest.mark.parametrize("chain", ["input", "forward"])
def test_nothing_comes_in(chain: str) -> None:
    rules = (MACHINE / "nftables.conf").read_text()

    assert re.search(rf"chain {chain} {{\s+type filter hook {chain} priority filter; policy drop;", rules)


def test_agents_reach_neither_the_world_nor_the_metadata_service_past_their_box() -> None:
    rules = (MACHINE / "nftables.conf").read_text()

    assert rules.index('oifname "lo" accept') < rules.index("meta skuid 10003 reject")
    assert "ip daddr 169.254.0.0/16 meta skuid != 0 reject" in rules
