"""The page that shows what is in the account."""

from urllib.parse import urlencode

from wallet.login import Response


def show_balance(person, path="/balance"):
    """Show the balance, or send the visitor to sign in and come back to this page."""
    if person is None:
        return Response(303, "/login?" + urlencode({"next": path}))
    return Response(200, body=f"{person} has 42.00 in the account.")
