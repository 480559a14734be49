"""How quickly the app is there, and how quickly it shows what happens, in headless Chromium on this computer.

The baseline of its start is the same page without scripts; that of a change, how long the change itself takes to store.
"""

import asyncio
import os
import shutil
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page, async_playwright
from redis.asyncio import Redis

from benchmarks.figures import report
from benchmarks.fleet import bench_agent, bench_home, bench_message
from cadence.given import nobody_listens
from cadence.owner import OWNER
from cadence.system import run_system
from core.bell import Bell
from core.store.database import Database, open_database
from core.watch import watch_topic

LIVE: Final = 50
AGENTS: Final = 500
STARTS: Final = 10
CHANGES: Final = 40
SLOWER: Final = 4
PHONE: Final = {"width": 390, "height": 844}

_FIRST_PAINT: Final = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
# The moment at which an agent's step stands in the list, and every task that held up the page for longer than 100 ms.
_WATCH: Final = """() => {
  window.shown = {};
  window.longTasks = [];
  const keep = (list) => longTasks.push(...list.getEntries().map((it) => it.duration));
  new PerformanceObserver(keep).observe({ type: 'longtask' });
  new MutationObserver(() => {
    for (const step of document.querySelectorAll('.card .cut')) shown[step.textContent] ??= Date.now();
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
_SCROLL: Final = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += 300) {
    scrollTo(0, y);
    await new Promise(requestAnimationFrame);
  }
}"""


async def open_page(browser: Browser, *, scripts: bool = True) -> Page:
    context = await browser.new_context(
        viewport={"width": PHONE["width"], "height": PHONE["height"]},
        java_script_enabled=scripts,
        service_workers="block",
    )
    page = await context.new_page()
    control = await context.new_cdp_session(page)
    await control.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


async def measure_start(browser: Browser, link: str) -> None:
    """From a cold cache, on a computer a quarter as quick, until it is painted and until the button can be held."""
    plain: list[float] = []
    painted: list[float] = []
    ready: list[float] = []
    for _ in range(STARTS):
        page = await open_page(browser, scripts=False)
        began = time.perf_counter()
        await page.goto(link)
        plain.append(time.perf_counter() - began)
        await page.context.close()
        page = await open_page(browser)
        began = time.perf_counter()
        await page.goto(link)
        await page.get_by_role("button", name="Hold to talk").wait_for()
        ready.append(time.perf_counter() - began)
        painted.append(await (await page.wait_for_function(_FIRST_PAINT)).json_value() / 1000)
        await page.context.close()
    report(f"first paint, CPU {SLOWER}x slower", painted, plain)
    report(f"interactive, CPU {SLOWER}x slower", ready, plain)


async def measure_changes(browser: Browser, link: str, database: Database, bell: Bell) -> None:
    context = await browser.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]})
    page = await context.new_page()
    await page.goto(link)
    await page.get_by_role("link", name="Agents").click()
    await page.locator(".card").nth(LIVE - 1).wait_for(state="attached")
    await page.evaluate(_WATCH)
    stored: list[float] = []
    sent: dict[str, float] = {}
    for number in range(CHANGES):
        began = time.perf_counter()
        async with database.transaction() as tx:
            await tx.connection.execute(
                "update agents set step = $1, updated_at = now() where number = $2", f"change {number}", AGENTS - number
            )
        stored.append(time.perf_counter() - began)
        sent[f"change {number}"] = time.time()
        await bell.ring(watch_topic(OWNER))
        await page.wait_for_function("(step) => step in shown", arg=f"change {number}")
    shown: dict[str, int] = await page.evaluate("shown")
    report(f"a change → visible, {LIVE} agents at work", [shown[step] / 1000 - at for step, at in sent.items()], stored)
    cards = page.locator(".card")
    while (count := await cards.count()) < AGENTS:
        await page.get_by_role("button", name="Show older").click()
        await cards.nth(count).wait_for(state="attached")
    # What loading has cost is told a moment later; it is not what is asked here.
    await page.evaluate("new Promise((done) => setTimeout(done, 1000))")
    await page.evaluate("longTasks.length = 0")
    await page.evaluate(_SCROLL)
    tasks: list[float] = await page.evaluate("longTasks")
    print(f"{f'longest task while {AGENTS} agents are scrolled':<46} {max(tasks, default=0):8.1f} ms (bar 100)")


async def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("apt install chromium")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cadence-bench-")))
        home, environ = bench_home(folder)
        system = await stack.enter_async_context(run_system(home, environ))
        database = await stack.enter_async_context(open_database(system.environment["DATABASE_URL"], nobody_listens))
        redis = await stack.enter_async_context(Redis.from_url(system.environment["REDIS_URL"]))
        player = await stack.enter_async_context(async_playwright())
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await player.chromium.launch(executable_path=chromium, args=["--disable-gpu", *as_root])
        link = f"{system.url}/?token={home.secrets().local_token}"
        await measure_start(browser, link)
        async with database.transaction() as tx:
            for number in range(AGENTS):
                message = bench_message()
                await tx.inbox.settle(await tx.inbox.accept(message))
                await tx.agents.create(bench_agent(message, number))
            # Nobody is to begin their work: they only look as if they were at it.
            await tx.connection.execute("update agents set phase = 'working', status = 'completed'")
            await tx.connection.execute("update agents set status = 'running' where number > $1", AGENTS - LIVE)
        await measure_changes(browser, link, database, Bell(redis))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
