"""What is connected, in one line each: for the start page and for ``cadence up``."""

from collections.abc import Mapping

from cadence.stand_ins import STAND_IN_KEY


def describe_connections(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Every channel and provider that the settings in ``environ`` connect."""
    cloud = environ.get("CADENCE_TRANSCRIBER", "openai" if environ.get("OPENAI_API_KEY") else "local") == "openai"
    scripted = environ.get("ANTHROPIC_API_KEY") == STAND_IN_KEY
    lines = [
        f"Hearing: {'OpenAI' if cloud else 'Whisper on this computer'}",
        f"Model: {'a scripted stand-in, because ANTHROPIC_API_KEY is not set' if scripted else 'Claude'}",
        f"Code: {environ.get('GITHUB_URL', 'https://github.com')}",
        "Channel: this computer (a page in the browser, and cadence say)",
    ]
    if environ.get("TELEGRAM_BOT_TOKEN"):
        lines.append("Channel: Telegram")
    return tuple(lines)
