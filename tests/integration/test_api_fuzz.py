"""The API's own description, turned against it by Schemathesis: no crash, and no answer that is not described."""

import asyncio
import sys
from pathlib import Path

from cadence.listening import free_port, serve_app
from tests.integration.api_world import TOKEN, api_world

# Streams have no end, and whoever deletes the account locks themselves out.
_LEFT_OUT = "/events$|/api/me$"


async def test_whatever_is_sent_is_answered_as_described(database_url: str, redis_url: str, tmp_path: Path) -> None:
    port, over = free_port(), asyncio.Event()
    async with api_world(database_url, redis_url, tmp_path) as world:
        loops = [
            asyncio.create_task(world.reception.run()),
            asyncio.create_task(serve_app(world.app, f"127.0.0.1:{port}", over.wait)),
        ]
        fuzzing = await asyncio.create_subprocess_exec(
            *(str(Path(sys.executable).with_name("schemathesis")), "run", f"http://127.0.0.1:{port}/openapi.json"),
            *("-H", f"Authorization: Bearer {TOKEN}", "--exclude-path-regex", _LEFT_OUT, "--mode", "all"),
            *("--phases", "coverage,fuzzing,stateful", "--max-examples", "8", "--seed", "1", "--no-color"),
            *("--request-timeout", "25", "--generation-deterministic"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=tmp_path,
        )
        said, _ = await fuzzing.communicate()
        over.set()
        loops[0].cancel()
        await asyncio.gather(*loops, return_exceptions=True)

    assert fuzzing.returncode == 0, said.decode()[-8000:]
