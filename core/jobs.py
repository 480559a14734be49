"""The names of the jobs, and the way to ring for one by name. A message carries an id and nothing else."""

import asyncio
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import dramatiq
from dramatiq.broker import Broker
from dramatiq.brokers.redis import RedisBroker
from redis import Redis

START_AGENT: Final = "start_agent"
PUBLISH_PULL_REQUEST: Final = "publish_pull_request"
READ_CODE: Final = "read_code"


@contextmanager
def open_broker(redis_url: str) -> Generator[RedisBroker]:
    """A broker that gives a killed worker's message to another one within about eleven seconds.

    With Dramatiq's defaults it did not come back within nine minutes. It leaves its connections open, so we close them.
    """
    # A Redis that hangs must not hold a thread for good.
    with closing(Redis.from_url(redis_url, socket_timeout=5, socket_connect_timeout=2)) as client:
        yield RedisBroker(client=client, middleware=[], maintenance_chance=1_000_000, heartbeat_timeout=10_000)


@dataclass(frozen=True, slots=True)
class JobBell:
    """Rings for jobs."""

    broker: Broker

    async def ring(self, job: str, agent_id: UUID) -> None:
        """Ask a worker to do ``job`` for an agent."""
        message: dramatiq.Message[object] = dramatiq.Message(
            queue_name="default", actor_name=job, args=(str(agent_id),), kwargs={}, options={}
        )

        def enqueue() -> None:
            self.broker.enqueue(message)

        # Dramatiq's brokers block.
        await asyncio.to_thread(enqueue)
