"""Where platforms deliver to when we have a public address. The channel checks the signature before anything else."""

from collections.abc import Awaitable, Callable

from quart import Blueprint, Response, ResponseReturnValue, request

TelegramWebhook = Callable[[bytes, str | None], Awaitable[int]]


def webhook_routes(telegram: TelegramWebhook | None) -> Blueprint:
    """The webhooks of the channels that are connected."""
    routes = Blueprint("webhooks", __name__, url_prefix="/webhooks")

    if telegram is not None:

        @routes.post("/telegram")
        async def receive_telegram() -> ResponseReturnValue:
            body = await request.get_data(cache=False, as_text=False, parse_form_data=False)
            return Response(status=await telegram(body, request.headers.get("X-Telegram-Bot-Api-Secret-Token")))

    return routes
