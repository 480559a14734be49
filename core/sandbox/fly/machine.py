"""What a machine at Fly is made of: one run's, that dials out, listens on nothing and destroys itself."""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

BOOTSTRAP: Final = "/run/cadence/bootstrap.json"


@dataclass(frozen=True, slots=True)
class FlyMachineKind:
    """``image`` is named by its digest. ``environment`` tells installations of one organisation apart."""

    image: str
    environment: str
    socket_url: str
    cpu_kind: str = "shared"
    cpus: int = 2
    memory_mb: int = 4096

    @property
    def generation(self) -> str:
        """Machines of another image or size are of another generation."""
        return hashlib.sha256(json.dumps(self._config({}, "")).encode()).hexdigest()[:12]

    @property
    def prefix(self) -> str:
        """What the names of our apps begin with, and nobody else's."""
        return f"cad-{self.environment}-"

    def config(self, token: str, app: str) -> dict[str, Any]:
        """The configuration of a machine that dials in with ``token``."""
        bootstrap = {"url": self.socket_url, "token": token, "machine": app}
        labels = {"managed_by": "cadence", "environment": self.environment, "generation": self.generation}
        return self._config(labels, base64.b64encode(json.dumps(bootstrap).encode()).decode())

    def _config(self, labels: dict[str, str], bootstrap: str) -> dict[str, Any]:
        return {
            "image": self.image,
            "auto_destroy": True,
            "restart": {"policy": "no"},
            "guest": {
                "cpu_kind": self.cpu_kind,
                "cpus": self.cpus,
                "memory_mb": self.memory_mb,
                "persist_rootfs": "never",
            },
            "dns": {"skip_registration": True},
            "stop_config": {"signal": "SIGTERM", "timeout": "30s"},
            "files": [{"guest_path": BOOTSTRAP, "raw_value": bootstrap, "mode": 0o400}],
            "env": {"CADENCE_BOOTSTRAP": BOOTSTRAP, "CADENCE_ONE_SHOT": "1"},
            "metadata": labels,
        }
