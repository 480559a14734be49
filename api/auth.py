"""The one person at this computer, by the installation's local token, and what every answer says to browsers."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pydantic import SecretStr
from quart import Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from core.model.messages import Channel
from core.model.people import Identity

# The one person at this computer, whoever they are.
LOCAL: Final = Identity(Channel.APP, "local")
LOCAL_COOKIE: Final = "cadence_local"
# No secret: it tells our page that somebody has signed in here, so that it need not ask in vain.
HERE_COOKIE: Final = "cadence_here"
SIGNED_IN_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LocalSignIn:
    """Lets in whoever can read the installation's files: ``cadence up`` prints a link with the token in it."""

    token: SecretStr | None

    def knows_cookie(self) -> bool:
        """Whether the request carries the token in our cookie."""
        return self.knows(request.cookies.get(LOCAL_COOKIE, ""))

    def sign_in(self) -> WerkzeugResponse | None:
        """Trade ``?token=`` for a cookie and get the token out of the address bar. None when there is none."""
        offered = request.args.get("token")
        if offered is None or not self.knows(offered):
            return None
        response = redirect(request.path)
        response.set_cookie(LOCAL_COOKIE, offered, httponly=True, samesite="Strict", max_age=SIGNED_IN_FOR)
        response.set_cookie(HERE_COOKIE, "yes", samesite="Strict", max_age=SIGNED_IN_FOR)
        return response

    def knows(self, offered: str) -> bool:
        """Whether this is the token."""
        return self.token is not None and hmac.compare_digest(offered.encode(), self.token.get_secret_value().encode())


def add_security_headers(response: Response) -> Response:
    """Nothing on our pages comes from elsewhere, and nobody may frame them."""
    response.headers.setdefault(
        "Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
