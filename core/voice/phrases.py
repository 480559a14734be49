"""The phrases that Cadence understands without a model, as tables. To teach it a phrase, add a line here."""

import re
from typing import Final

from core.model.command import Act


def _any(*phrases: str) -> str:
    """One of these phrases, as whole words. A phrase may be a regular expression."""
    return rf"(?<![\w'])(?:{'|'.join(phrases)})(?![\w'])"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


def _starts(*phrases: str) -> re.Pattern[str]:
    return _compile("^" + _any(*phrases))


def _holds(*phrases: str) -> re.Pattern[str]:
    return _compile(_any(*phrases))


def _sentences(*templates: str) -> tuple[re.Pattern[str], ...]:
    """Whole sentences: ``{t}`` is where the target stands, ``{e}`` where the sentence may go on."""
    target, ending = "(?P<target>.+?)", r"(?P<ending>(?:[\s,.!].*)?)"
    return tuple(_compile(f"^{template.replace('{t}', target).replace('{e}', ending)}$") for template in templates)


ACTS: Final[dict[Act, tuple[re.Pattern[str], ...]]] = {
    Act.PAUSE: _sentences(
        r"(?:pause|paws|hit pause on|press pause on|hold off on|hold|freeze|park|suspend) {t}",
        r"(?:pause|freeze|suspend)",
        r"put {t} (?:on hold|on ice|to sleep){e}",
        r"(?:tell |have |let )?{t} (?:to )?take a break{e}",
    ),
    Act.RESUME: _sentences(
        r"(?:resume|résumé|unpause|un-pause|unfreeze|continue|restart|wake up) {t}",
        r"(?:resume|unpause|continue)",
        r"(?:keep going|carry on|go ahead|go on|continue|proceed) with {t}",
        r"pick up where (?:you|it|they) left off (?:on|with) {t}",
        r"start {t} (?:back up|again){e}",
        r"get {t} (?:moving|going|running){e}",
        r"(?:let )?{t} (?:can )?(?:carry on|continue|keep going|go on|proceed|resume){e}",
    ),
    Act.STOP: _sentences(
        r"(?:stop|kill|cancel|abort|terminate|end|bin|drop|scrap|nuke|delete|ditch|shut down|get rid of|turn off) {t}",
        r"stop",
        r"(?:shut|turn) {t} (?:down|off){e}",
    ),
}
ACT_VERB: Final = _starts(
    "pause", "hold", "freeze", "suspend", "resume", "unpause", "stop", "kill", "cancel", "abort", "terminate", "end",
    "bin", "drop", "scrap", "nuke", "delete", "shut down", "get rid of",
)  # fmt: skip
AGENTS: Final = _holds("agents?")
SEVERAL_AGENTS: Final = _holds("(?:two|three|four|five|several|a few|multiple|[2-9]) (?:new )?agents")
MESSAGE: Final = _compile(
    r"^(?:tell|ask|remind|let|inform|message)\s+(?P<target>.+?)"
    r"\s+(?:(?:that|know that|know|:)\s+|(?=to\s))(?P<text>.+)$"
)

# Words in front of a command that change nothing.
_POLITE: Final = _any(
    "hey", "hi", "hello", "ok", "okay", "alright", "right", "well", "so", "now", "and", "oh", "yeah", "yes", "yo",
    "like", "please", "kindly", "just", "actually", "quickly", "good morning", "hey cadence", r"cadence(?=\s*,)",
    "let's", "that's enough", "enough", "go and", "go ahead and",
    "(?:can|could|would|will) (?:you|we)(?: please| just| maybe)?", "(?:we|you) (?:can|could|should)",
    "i(?:'d| would) like (?:you )?to(?! know)", "i (?:want|need) (?:you )?to(?! know)",
    "i was wondering if (?:you could|it might be possible to)",
)  # fmt: skip
PREFIX: Final = _compile(rf"^(?:{_POLITE}[\s,.!]*)+")

# What may follow a target. Anything else means that the words were no command to an agent.
_TAIL_WORDS: Final = _any(
    "please", "for (?:me|now|today|the moment|a (?:bit|while|minute|second))", "right (?:now|away)", "now", "again",
    "immediately", "at once", "until", "till", "while", "because", "thanks?", "thank you", "it'?s", "too", "as well",
    "then", "i(?:'m|'ll| am| will| need| have)", "we (?:don't|do not|need|can)", "and throw away",
    "(?:would|will) you",
)  # fmt: skip
TAIL: Final = _compile(rf"[\s,.!]*(?:$|[,.!].*|{_TAIL_WORDS}.*)|[,.!].*")
FOR_A_WHILE: Final = _holds(
    "for (?:now|the moment|a (?:bit|while|minute|second))", "until", "till", "pick (?:it|this|that) (?:back )?up"
)

# Conditions, schedules and second commands behind a target: a person has to look at these.
CONDITIONAL: Final = _holds(
    "if", "unless", "when", "whenever", "once", "after", "before", "as soon as", r"in \w+ (?:minutes?|hours?)",
    r"at \d+", "and (?:then )?(?:start|create|pause|resume|stop|kill|cancel|tell|open|spin|run|launch|fix|add)",
)  # fmt: skip
NEGATED: Final = _starts(
    "(?:please )?(?:don't|do not|dont|never|not|no need to)", "you (?:shouldn't|needn't|don't (?:have|need) to)"
)
INSTEAD: Final = _compile(r"^.*?[,.]\s*(?:just|instead|but|rather)\s+")
WITHDRAWN: Final = _compile(
    _any(
        "never ?mind", "forget (?:it|that|about it)", "leave (?:it|that|them)(?: alone)?",
        "cancel that", "scratch that", "ignore that",
    )
    + r"[\s.!,]*(?:it's fine|thanks?|sorry)?[\s.!]*$"
)  # fmt: skip
CORRECTION: Final = _compile(
    r"[\s,.]*"
    + _any(
        "no,? wait", "no way", "wait,? no", "no,? sorry", "sorry", "scratch that", "i mean", "i meant",
        "(?:no,? )?hang on", "correction", "make that", "no,? actually", "actually,? no", "no[ -]weight",
    )
    + r"[\s,.]*"
)  # fmt: skip

# Hesitation, and what recognisers write for noise.
FILLER: Final = _compile(
    r"(?:,\s*)?(?<![\w-])(?:u+m+|u+h+|e+r+m*|hm+|a+h+|eh|you know|kind of|sort of|basically)(?![\w-])(?:\.\.\.|…|,)?"
)
ARTEFACT: Final = _compile(r"^\W*[\[(].*[\])]\W*$")

# Talk, and orders for somebody else.
NARRATIVE: Final = _starts(
    "(?:ha)+", "yesterday", "last (?:week|night|month)", "earlier", "remember when", "suppose", "imagine",
    "i (?:told|said|was|had|went|used|think|thought|heard|guess|love|hate)",
    "(?:he|she|they|we) (?:said|told|was|were|had|went|used)", "if", "when", "whenever", "once", "tomorrow",
    "tonight", r"at \d+", "every (?:day|hour|week|morning|night)", r"in \w+ (?:minutes?|hours?)", "thanks?",
    "thank you", "remind", "text", "call", "play", "email", "order", "book", "upgrade (?:me|my|us)",
    "set (?:a|an|my) (?:reminder|timer|alarm)",
)  # fmt: skip
HELP: Final = _holds(
    "what happens", "what(?:'s| is) the difference", "how (?:do|can) i", "how does (?:it|this|cadence)",
    "what can (?:i|you)", "can i (?:pause|resume|stop|kill|cancel|undo)", "do i (?:have|need) to",
    "is it possible to", "system prompt",
)  # fmt: skip

# Questions. OVERVIEW is what a question must speak of when it names no agent.
QUESTION: Final = _starts(
    "how(?:'s)?", "what(?:'s)?", "which", "where(?:'s)?", "who", "why", "when", "did", "does", "do (?:i|we)",
    "check", "is", "are", "has", "have", "any", "anything", "anyone", "was", "were", "status", "progress",
    "update on", "list", "show", "give me", "tell me", "read me", "let me know", "whether",
    "i (?:would like|'d like|want) to know", "talk to me", "report",
)  # fmt: skip
OVERVIEW: Final = _holds(
    "status", "progress", "in flight", "rundown", "running", "paused", "finished", "pending", "going on",
    "still going", "stuck", "spent", "spend", "costs?", "costing", "pull requests?", "agents?", "everything",
)  # fmt: skip
STATUS_TAIL: Final = _compile(
    _any("progress", "status", "still (?:going|running)", "done", "finished", "any (?:news|updates?)")
    + r"(?: yet| now| so far)?[\s.?!]*$"
)

# A new agent, in so many words.
_WORKER: Final = (
    r"(?:(?:new |another |one |two |2 |1 |coding )*(?:agents?|tasks?|somebody|someone|one|something|workers?))"
)
LAUNCH: Final = _holds(
    "(?:start|create|spin|kick|fire|launch|run|make|get|put|have|need|want|open|begin|deploy|add|assign|use|like|tard)"
    rf"(?: up| off| me| going)?(?: an?| the)? {_WORKER}(?: up| off| going)?",
    "(?:new|another) (?:agent|task)",
    r"an? agent(?=\s+(?:on|for|in|to)\b)",
    "agent please",
)

# Orders about code. Each opens a task by itself; the second list could also be meant for an agent, or is small talk.
_WORK: Final = (
    "add", "fix", "update", "upgrade", "bump", "write", "rewrite", "implement", "refactor", "remove", "rename",
    "replace", "change", "migrate", "investigate", "debug", "build", "improve", "optimi[sz]e", "clean up",
    "document", "make(?! it)", "convert", "enable", "disable", "support", "set up", "wire", "hook up", "whip up",
    "swap", "switch", "find", "figure out", "look (?:into|at)", "review", "create", "generate", "extract", "merge",
    "revert", "hide", "allow", "prevent", "handle", "validate", "cache", "speed up", "reduce", "increase", "raise",
    "lower", "tidy", "translate", "parse", "port", "split",
)  # fmt: skip
_OTHER_WORK: Final = (
    "put", "turn", "test", "move", "plan", "drop", "delete", "stop", "kill", "cancel", "pause", "resume", "bring",
    "show", "log", "sort", "get", "make", "check (?:why|whether|if)",
)  # fmt: skip
PLAIN_WORK: Final = _starts(*_WORK)
WORK: Final = _starts(*_WORK, *_OTHER_WORK)
POLITE_WORK: Final = _compile(
    r"\b(?:can|could|would|will) (?:you|somebody|someone)(?:,[^,]*,| please| just)*\s+" + _any(*_WORK)
)
DIAGNOSIS: Final = _starts("(?:check|see|find out|figure out|look at) (?:why|whether|if|what)")
WISH: Final = _holds(
    "(?:somebody|someone) (?:needs|has|ought) to", "(?:have|get) (?:somebody|someone) (?:to )?(?:look|fix|check)",
    "help me", r"(?:we|i) need(?!\s+(?:it|that|them))", r"needs?(?!\s+(?:it|that|to talk))",
)  # fmt: skip
EMPTY_TASK: Final = _compile(
    r"^(?:(?:fix|do|handle|change|make|update|try|get)?\s*(?:it|this|that|something|stuff|things?|some work|work)?"
    r"|same as (?:last time|before)|the same(?: thing)?|again|please|for me|thanks?|thank you|on it|now)[\s.,!?]*$"
)
