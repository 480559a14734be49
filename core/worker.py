"""The worker process: declares the jobs to Dramatiq, runs them on one event loop, and sweeps."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

import dramatiq
import structlog
from dramatiq.broker import Broker

from core.jobs import PUBLISH_PULL_REQUEST, READ_CODE, START_AGENT, open_broker
from core.settings import CoreSettings
from core.wiring import open_core

_log = structlog.get_logger(__name__)
_JOB_SECONDS: Final = 120.0
# Dramatiq polls, by default every second at the latest; but somebody is waiting for the job.
_LOOK_EVERY_MS: Final = 100


async def run_worker(settings: CoreSettings) -> None:
    """Work until cancelled. A job that fails is not retried by Dramatiq: the sweep rings for it again."""
    with open_broker(settings.redis_url) as broker:
        async with open_core(settings) as core:
            _declare(broker, START_AGENT, core.orchestrator.start)
            _declare(broker, PUBLISH_PULL_REQUEST, core.orchestrator.publish)
            _declare(broker, READ_CODE, core.librarian.read)
            worker = dramatiq.Worker(broker, worker_timeout=_LOOK_EVERY_MS, worker_threads=8)
            worker.start()
            _log.info("worker_ready")
            try:
                async with asyncio.TaskGroup() as loops:
                    loops.create_task(core.sweep.run())
                    loops.create_task(core.caretaker.run())
                    loops.create_task(core.scheduler.run())
                    loops.create_task(core.librarian.run())
                    if core.pool is not None:
                        loops.create_task(core.pool.run())
                    if core.servers is not None:
                        loops.create_task(core.servers.run())
            finally:
                await asyncio.to_thread(worker.stop)


def _declare(broker: Broker, name: str, job: Callable[[UUID], Awaitable[None]]) -> None:
    """Dramatiq's threads only carry ids; the work itself is done on the event loop, beside the database pool."""
    loop = asyncio.get_running_loop()

    def carry(agent_id: str) -> None:
        asyncio.run_coroutine_threadsafe(_run(name, job, UUID(agent_id)), loop).result()

    dramatiq.actor(actor_name=name, broker=broker)(carry)


async def _run(name: str, job: Callable[[UUID], Awaitable[None]], agent_id: UUID) -> None:
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(_JOB_SECONDS):
        await job(agent_id)
    took = asyncio.get_running_loop().time() - began
    _log.info("job_done", job=name, agent=str(agent_id), ms=round(took * 1000))
