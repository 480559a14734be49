"""Serving a web application from a process of ours."""

import os
import socket
from collections.abc import Awaitable, Callable

from hypercorn.asyncio import serve as hypercorn_serve  # pyright: ignore[reportUnknownVariableType] (typed in part)
from hypercorn.config import Config
from hypercorn.middleware import ProxyFixMiddleware
from quart import Quart

from core.model.errors import Refusal
from core.sandbox.protocol import MAX_FRAME_BYTES


async def serve_app(app: Quart, bind: str, until: Callable[[], Awaitable[object]], *, proxies: int = 0) -> None:
    """Serve until ``until`` returns; requests that are under way are let finish.

    So many ``proxies`` are ours: what they say about who asks is believed, and nobody else's word is.
    """
    config = Config()
    config.bind = [bind]
    config.graceful_timeout = 3
    config.websocket_max_message_size = MAX_FRAME_BYTES
    config.h11_max_incomplete_size = 64 << 10
    config.errorlog = "-"
    config.loglevel = "WARNING"
    served = ProxyFixMiddleware(app, trusted_hops=proxies) if proxies else app
    await hypercorn_serve(served, config, shutdown_trigger=until)


def check_free(bind: str, setting: str) -> None:
    """Raises Refusal when somebody else listens there already."""
    host, _, port = bind.rpartition(":")
    try:
        with socket.create_server((host, int(port)), reuse_port=False):
            return
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "there is no such host"
    except (ValueError, OverflowError):
        reason = "that is not a host and a port"
    raise Refusal(f"Cadence cannot listen on {bind}: {reason}. Set {setting} to a free address like 127.0.0.1:8080.")


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
