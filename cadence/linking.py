"""Codes that make a chat account yours: anybody can find a bot, so it listens to nobody else."""

from rich.console import Console

from cadence.running import check, running_cadence


async def run_link(console: Console) -> None:
    """``cadence link``: get a code and say what to do with it."""
    console.print(f"Within ten minutes, send this to the bot:  /link {await _new_code()}", highlight=False)


async def first_code(channel: str) -> str | None:
    """A code to begin with, or None when an account of this channel is linked already."""
    async with running_cadence() as http:
        answer = await http.get("/api/links")
        check(answer)
    return None if channel in answer.json()["channels"] else await _new_code()


async def _new_code() -> str:
    async with running_cadence() as http:
        answer = await http.post("/api/links")
        check(answer)
    return answer.json()["code"]
