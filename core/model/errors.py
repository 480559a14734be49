"""What can go wrong, sorted by who can do something about it.

CadenceError
├── Refusal                the person can fix it; ``str(error)`` is what we tell them
│   ├── NothingHeard       the recording holds no speech
│   └── UnusableRecording  too large, too long, or not a recording at all
├── ProviderError          somebody else's failure: retry, then say "try again"
│   ├── TranscriptionFailed
│   └── DeliveryFailed     a chat platform would not take a reply just now
├── DatabaseUnavailable    our own database does not answer: nothing was done, so it can be done again
├── Overtaken              somebody was quicker: look again, and decide anew
└── Undeliverable          a chat platform will never take this reply (blocked, deleted)

Anything else is a bug and leaves loudly.
"""


class CadenceError(Exception):
    """The root of everything Cadence raises on purpose."""


class Refusal(CadenceError):
    """The person can fix this; the message says how, in words fit to be spoken."""


class NothingHeard(Refusal):
    """The recording holds no speech."""


class UnusableRecording(Refusal):
    """The recording is too large, too long, or not a recording at all."""


class ProviderError(CadenceError):
    """Someone else's system failed; trying again later may work."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        """``retry_after`` is the provider's own wish, in seconds."""
        super().__init__(message)
        self.retry_after = retry_after


class TranscriptionFailed(ProviderError):
    """The speech provider failed or answered too late."""


class DeliveryFailed(ProviderError):
    """A chat platform would not take a reply just now."""


class DatabaseUnavailable(CadenceError):
    """Our own database does not answer; the transaction has not happened, or nobody can say whether it has."""


class Overtaken(CadenceError):
    """What a decision was based on has changed meanwhile; nothing was done."""


class Undeliverable(CadenceError):
    """A chat platform will never take this reply: the person blocked us or the chat is gone."""
