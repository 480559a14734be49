"""Signing in, and where people go from there."""

from dataclasses import dataclass

HOME = "/"


@dataclass(frozen=True)
class Response:
    """What the browser gets."""

    status: int
    location: str | None = None
    body: str = ""


def is_ours(page):
    """True for a path of this site, and false for anything that would lead away from it."""
    return page.startswith("/") and not page.startswith(("//", "/\\"))


def landing_page(query):
    """The page the person was on the way to, or the home page."""
    page = query.get("next_page", HOME)
    return page if is_ours(page) else HOME


def sign_in(accounts, name, password, query):
    """Check the password and send the person on."""
    if accounts.get(name) != password:
        return Response(401, body="That name and password do not belong together.")
    return Response(303, landing_page(query))
