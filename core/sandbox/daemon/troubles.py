"""Turns the ways in which a Claude session ends badly into sentences for the person."""

from typing import Final

from core.model.errors import CadenceError, ProviderError, Refusal

_UNAUTHORIZED: Final = 401
_TOO_MANY: Final = 429
_OVERLOADED: Final = 529


class OutOfMoney(Refusal):
    """A model call was not paid for. What the run has done so far is worth keeping."""


def trouble(kind: str | None, status: int | None, reason: str | None, model: str) -> CadenceError:
    """``kind`` is the CLI's name for the error, ``status`` the API's answer, ``reason`` why the turn ended."""
    if kind == "authentication_failed" or status == _UNAUTHORIZED:
        return Refusal("Claude did not accept the API key: check the Anthropic key that Cadence was given.")
    if kind == "billing_error":
        return OutOfMoney("There is no money left for this agent: top up the Anthropic account or raise the budget.")
    if kind == "model_not_found":
        return Refusal(f"Claude has no model called {model}: choose another one.")
    if kind == "rate_limit" or status in (_TOO_MANY, _OVERLOADED):
        return ProviderError("Claude is overloaded just now. Try again in a few minutes.")
    if kind == "server_error":
        return ProviderError("Claude's servers are having trouble. Try again in a few minutes.")
    if reason == "max_turns":
        return Refusal(
            "The agent took very many steps without coming to an end, so it was stopped. Try a smaller task."
        )
    return ProviderError("The session with Claude broke off. Try again.")


def silence(minutes: float) -> CadenceError:
    """Nothing has happened in a run for too long."""
    return ProviderError(f"Nothing has happened for {minutes:g} minutes, so the agent was stopped. Try again.")
