#!/bin/sh
# Makes a fresh Debian into a machine for agents, from the unpacked source this lies in: the daemon and what it needs,
# version and hash from the lock, as a service. cloud-init calls it once, as root; calling it again does no harm.
set -eu
cd "$(dirname "$0")/../.."

getent group agent > /dev/null || groupadd --gid 10003 agent
id agent > /dev/null 2>&1 \
  || useradd --uid 10003 --gid 10003 --no-create-home --home-dir /home/agent --shell /usr/sbin/nologin agent

export UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_NO_CACHE=1
python3 -m venv /opt/uv
/opt/uv/bin/pip install --quiet --no-cache-dir --require-hashes -r scripts/requirements-uv.lock
PATH=/opt/uv/bin:$PATH

uv venv --clear --python /usr/bin/python3 /opt/cadence
uv pip install --python /opt/cadence --verify-hashes --constraint requirements.lock \
  --requirement pyproject.toml --extra daemon
uv venv --clear --python /usr/bin/python3 /opt/builder
uv pip install --python /opt/builder --verify-hashes --constraint requirements.lock hatchling editables
/opt/builder/bin/hatchling build --target wheel --directory /tmp/cadence-wheel
uv pip install --python /opt/cadence --no-deps /tmp/cadence-wheel/*.whl
/opt/cadence/bin/python -c "from core.redaction.redactor import Redactor; Redactor()"

install -m 0644 scripts/machine/cadence-daemon.service /etc/systemd/system/cadence-daemon.service
install -m 0644 scripts/machine/nftables.conf /etc/nftables.conf
systemctl daemon-reload
systemctl enable --now nftables.service
systemctl enable cadence-daemon.service
systemctl restart cadence-daemon.service
