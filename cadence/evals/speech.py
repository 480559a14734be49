"""Recordings heard one by one, written down, and compared with what was said: words, names and intents."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.progress import track
from rich.table import Table

from cadence.evals.gold import GoldLine, surroundings_of
from cadence.evals.predictions import predict
from cadence.evals.speech_corpus import SpeechCorpus, SpokenLine, SpokenNote, read_speech
from core.model.context import Vocabulary
from core.model.errors import NothingHeard, Refusal
from core.model.messages import AudioClip, Transcript
from core.senses import open_transcriber
from core.settings import HearingSettings
from core.voice.grammar import GrammarInterpreter
from core.voice.interpreter import Surroundings
from core.voice.loops import plain
from core.voice.names import find_mentions
from core.voice.spoken_numbers import with_digits
from core.voice.transcriber import Transcriber

_RIGHT: Final = "right"
_WRONG: Final = "wrong"
_NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Hearing:
    """What came of one recording. ``errors`` of ``words`` were misheard; ``repo`` is right, wrong or none."""

    file: str
    id: str
    spoken: str
    heard: str
    intent: str
    wanted: str | None
    repo: str | None
    words: int
    errors: int
    milliseconds: int
    confidence: float | None
    provider: str


async def run_speech(folder: Path, out: Path, console: Console, transcriber: str, cache: Path) -> None:
    """Hear every recording of the corpus, write down what came of it as one JSON object a line, and print figures."""
    corpus = read_speech(folder)
    settings = HearingSettings().model_copy(update={"transcriber": transcriber})
    hearings: list[Hearing] = []
    async with open_transcriber(settings, cache) as listener:
        with out.open("w", encoding="utf-8") as file:
            for note in track(corpus.notes, "Listening", console=console, transient=True):
                hearing = await _hear(note, corpus, folder, listener)
                file.write(json.dumps(asdict(hearing), ensure_ascii=False) + "\n")
                hearings.append(hearing)
    show_hearings(hearings, console)


async def _hear(note: SpokenNote, corpus: SpeechCorpus, folder: Path, listener: Transcriber) -> Hearing:
    surroundings = surroundings_of(corpus.context)
    hints = Vocabulary(repos=tuple(repo.name for repo in surroundings.repos))
    begun = time.perf_counter()
    try:
        transcript = await listener.transcribe(AudioClip(note.media_type, data=note.file.read_bytes()), hints)
    except NothingHeard:
        transcript = Transcript("", "", "nothing heard")
    except Refusal as refusal:
        transcript = Transcript("", "", f"refused: {refusal}")
    took = round((time.perf_counter() - begun) * 1000)
    intent, repo = await _understand(note.line, transcript, corpus, surroundings)
    wanted, said = words_of(note.line.spoken), words_of(transcript.text)
    return Hearing(
        file=str(note.file.relative_to(folder)),
        id=note.line.id,
        spoken=note.line.spoken,
        heard=transcript.text,
        intent=intent,
        wanted=note.line.intent,
        repo=repo,
        words=len(wanted),
        errors=Levenshtein.distance(wanted, said),
        milliseconds=took,
        confidence=transcript.confidence,
        provider=transcript.provider,
    )


async def _understand(
    line: SpokenLine, transcript: Transcript, corpus: SpeechCorpus, surroundings: Surroundings
) -> tuple[str, str | None]:
    understood = await GrammarInterpreter().interpret(transcript, surroundings)
    prediction = predict(GoldLine(id=line.id, transcript=transcript.text, context=corpus.context), understood)
    if line.repo is None:
        return prediction.intent, None
    if prediction.repo is not None:
        return prediction.intent, _judged(prediction.repo, line.repo)
    mentions = find_mentions(transcript.text, corpus.context.repos)
    clear = [mention.names[0] for mention in mentions if len(mention.names) == 1]
    return prediction.intent, _judged(clear[-1], line.repo) if clear else _NONE


def _judged(repo: str, wanted: str) -> str:
    return _RIGHT if repo.rsplit("/", 1)[-1] == wanted else _WRONG


def words_of(text: str) -> list[str]:
    """The words that count: small letters, numbers as digits, no punctuation; “wallet-frontend” is two words."""
    return plain(with_digits(plain(text.replace("-", " ").replace("/", " slash ")))).replace("colour", "color").split()


def show_hearings(hearings: Sequence[Hearing], console: Console) -> None:
    """The figures, a line for each folder of recordings and one for all."""
    table = Table("recordings", "notes", "WER", "repo right", "repo wrong", "repo none", "intent", "p50", "p95")
    folders: dict[str, list[Hearing]] = {}
    for hearing in hearings:
        folders.setdefault(str(Path(hearing.file).parent), []).append(hearing)
    for name, some in folders.items():
        table.add_row(name, *_figures(some))
    if len(folders) > 1:
        table.add_row("all", *_figures(hearings))
    console.print(table)
    silent = [hearing for hearing in hearings if not hearing.words]
    if silent:
        console.print(f"Nobody speaks in {len(silent)}; text from {sum(bool(each.heard) for each in silent)} of them.")


def _figures(hearings: Sequence[Hearing]) -> list[str]:
    spoken = [hearing for hearing in hearings if hearing.words]
    wer = sum(hearing.errors for hearing in spoken) / max(1, sum(hearing.words for hearing in spoken))
    named = [hearing.repo for hearing in spoken if hearing.repo is not None]
    repos = [_share(named.count(judged), len(named)) for judged in (_RIGHT, _WRONG, _NONE)]
    wanted = [hearing for hearing in spoken if hearing.wanted is not None]
    intents = _share(sum(hearing.intent == hearing.wanted for hearing in wanted), len(wanted))
    times = sorted(hearing.milliseconds for hearing in hearings)
    middle, late = times[len(times) // 2], times[len(times) * 95 // 100]
    return [str(len(hearings)), f"{wer:.1%}", *repos, intents, f"{middle} ms", f"{late} ms"]


def _share(some: int, of: int) -> str:
    return f"{some / of:.1%}" if of else "–"
