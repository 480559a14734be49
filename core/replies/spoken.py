"""What can be listened to."""

import re
from typing import Final

_END: Final = re.compile(r"(?<=[.?!])\s+")


def sentences(text: str, most: int) -> str:
    """The first ``most`` sentences of a text, in one line."""
    return " ".join(_END.split(" ".join(text.split()))[:most])
