"""The guard behind every recogniser: repeated sentences, invented farewells and echoes of our own hints."""

import re
from typing import Final

_LONG: Final = 4
_SHORT_REPEATS: Final = 4
_MAX_WORDS_A_SECOND: Final = 4.5
_HINTS_IN_AN_ECHO: Final = 3

_INVENTED: Final = frozenset(
    {
        "you", "thanks for watching", "thank you for watching", "thank you so much for watching",
        "thanks for watching and see you next time", "please subscribe", "please subscribe to my channel",
        "like and subscribe", "subtitles by the amara org community", "subtitles by amara org",
        "transcribed by otter ai", "blank audio", "silence", "music", "music playing", "applause", "inaudible",
        "thank you", "thank you very much", "thank you for listening", "thanks for listening", "bye", "bye bye",
        "see you next time", "see you in the next video", "i'll see you in the next video", "the end",
        "subscribe to my channel", "don't forget to subscribe", "please like and subscribe", "so", "hmm", "uh",
        "vielen dank", "vielen dank fürs zuschauen", "untertitel der amara org community", "untertitelung des zdf 2020",
        "untertitel im auftrag des zdf für funk 2017", "gracias por ver el video", "gracias por ver",
        "subtítulos realizados por la comunidad de amara org", "suscríbete al canal", "merci d'avoir regardé",
        "merci d'avoir regardé cette vidéo", "sous titres réalisés par la communauté d'amara org",
        "sous titres réalisés para la communauté d'amara org", "sous titrage st' 501", "obrigado por assistir",
        "legendas pela comunidade amara org", "legendas pela comunidade das amara org",
    }
)  # fmt: skip
# “(upbeat music)”, “[BLANK_AUDIO]”, “♪ … ♪”: what subtitles say of sounds.
_CAPTION: Final = re.compile(r"\s*(?:\([^)]*\)|\[[^\]]*\]|\*[^*]*\*|♪[^♪]*♪?)[\s.]*")
_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+")


def plain(text: str) -> str:
    """The words alone: lower case, single spaces, no punctuation."""
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower()))


def collapse(text: str) -> str:
    """Cut a sentence that repeats itself down to one. Short phrases repeat in real speech: "stop, stop everything"."""
    words = text.split()
    keys = [plain(word) for word in words]
    for size in range(len(words) // 2, 0, -1):
        kept = _without_repeats(words, keys, size)
        if len(kept) < len(words):
            return collapse(" ".join(kept))
    return text.strip()


def _without_repeats(words: list[str], keys: list[str], size: int) -> list[str]:
    if size < _LONG:
        repeats, rest = divmod(len(words), size)
        alone = rest == 0 and repeats >= _SHORT_REPEATS and keys == keys[:size] * repeats
        return words[:size] if alone else words
    for start in range(len(words) - 2 * size + 1):
        if keys[start : start + size] == keys[start + size : start + 2 * size]:
            return words[: start + size] + words[start + 2 * size :]
    return words


def suspicious(text: str, seconds: float) -> bool:
    """True when the recogniser seems to have lost its way and should listen again."""
    words = text.split()
    return collapse(text) != text.strip() or len(words) > _MAX_WORDS_A_SECOND * max(seconds, 1.0) + 2


def invented(text: str, hints: tuple[str, ...] = ()) -> bool:
    """True for what recognisers make up when nobody speaks, and for a recital of the hints we gave them."""
    said = plain(_CAPTION.sub(" ", text))
    sentences = [plain(sentence) for sentence in _SENTENCE.split(text.replace("’", "'"))]
    made_up = not said or said in _INVENTED or all(sentence in _INVENTED for sentence in sentences)
    return made_up or _is_echo(said, tuple(plain(hint) for hint in hints))


def _is_echo(said: str, hints: tuple[str, ...]) -> bool:
    recited = [hint for hint in hints if hint and hint in said]
    if len(recited) < _HINTS_IN_AN_ECHO:
        return False
    for hint in sorted(recited, key=len, reverse=True):
        said = said.replace(hint, " ")
    return not said.strip()
