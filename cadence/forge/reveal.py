"""Characters that would make text look like other text, written out so that a reviewer sees them."""

import re
from typing import Final

# Controls, and the marks that reorder text: a diff that uses them reads differently from what it does.
_HIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def reveal(text: str) -> str:
    """Write hidden characters as ⟨U+202E⟩."""
    return _HIDDEN.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text)
