"""Runs in a box and plays the rows that it is given, once for every stage that it is told to begin.

It stands on the standard library alone: it is handed to another Python as text. ``rows.json`` in its folder holds, by
id, what to send to the gate, and the program that tries to get out past it.
"""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

FOLDER, STAGES = Path(sys.argv[1]), int(sys.argv[2])
GATE = ("127.0.0.1", 8377)
PATIENCE = 12


def head_of(gate: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (chunk := gate.recv(1)):
        head += chunk
    return head


def ask_tunnel(request: str, then: str | None) -> list[str]:
    """The status line's end, and in hexadecimal what came back through the tunnel."""
    try:
        with socket.create_connection(GATE, PATIENCE) as gate:
            gate.sendall(bytes.fromhex(request))
            status = head_of(gate).decode("latin-1").split("\r\n")[0].partition(" ")[2]
            answered = b""
            if then is not None:
                with suppress(ConnectionError):
                    gate.sendall(bytes.fromhex(then))
                    answered = gate.recv(1 << 16)
    except OSError as problem:
        return [type(problem).__name__, ""]
    return [status or "closed", answered.hex()]


def ask_gateway(method: str, path: str, key: str) -> list[str]:
    """The status, and what was said."""
    body = b"{}" if method == "POST" else None
    request = urllib.request.Request(f"http://127.0.0.1:{GATE[1]}{path}", body, {"x-api-key": key}, method=method)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
            return [str(answer.status), answer.read(200).decode("latin-1")]
    except urllib.error.HTTPError as refusal:
        return [str(refusal.code), ""]
    except OSError as problem:
        return [type(problem).__name__, ""]


def escape(program: str, *arguments: str) -> dict[str, str]:
    done = subprocess.run(["python3", "-I", "-c", program, *arguments], capture_output=True, check=False)
    return json.loads(done.stdout or b"{}") | ({"failed": done.stderr.decode()} if done.returncode else {})


def play(rows: dict[str, Any]) -> dict[str, Any]:
    with ThreadPoolExecutor(24) as pool:
        escaping = pool.submit(escape, *rows["escape"])
        tunnel = {row: pool.submit(ask_tunnel, *said) for row, said in rows["tunnel"].items()}
        gateway = {row: pool.submit(ask_gateway, *said) for row, said in rows["gateway"].items()}
        asked = {row: coming.result() for row, coming in {**tunnel, **gateway}.items()}
        return {"asked": asked, "escape": escaping.result()}


def main() -> None:
    rows = json.loads((FOLDER / "rows.json").read_text())
    for stage in range(STAGES):
        while not (FOLDER / f"begin-{stage}").exists():
            time.sleep(0.01)
        (FOLDER / "writing").write_text(json.dumps(play(rows)))
        (FOLDER / "writing").rename(FOLDER / f"done-{stage}")


main()
