"""English around the orders to agents: courtesies, talk, questions about Cadence, and orders about code."""

from typing import Final

from core.voice.languages.language import Phrases

_YOU_CAN: Final = r"(?:can|could|would|will) (?:you|we)(?: please| just| maybe| possibly)?"

COURTESIES: Final[Phrases] = (
    "hey", "hi", "hello", "ok", "okay", "alright", "all right", "right", "well", "so", "now", "and", "oh", "yeah",
    "yes", "yep", "yo", "sure", "great", "perfect", "cool", "like", "please", "kindly", "just", "actually",
    "quickly", "quick", "good (?:morning|afternoon|evening)", "hey cadence", r"cadence(?=\s*[,.])", "let's", "let us",
    "that's enough", "enough", "listen", "look(?=,)", "also", "then", "you know what", "maybe", "go and",
    "go ahead and", "i'm sure", "no(?=,)", _YOU_CAN, "(?:we|you) (?:can|may)", "do me a favou?r and", "i said",
    "how hard would it be to", "be so kind (?:and|as to)", "would you mind", "any chance you (?:can|could)",
    "is there any way you (?:can|could)", "feel free to", "i(?:'d| would) like (?:you |us )?to(?! know)",
    "i (?:want|need) (?:you )?to(?! know)", "i'd (?:prefer|love) (?:it )?(?:if you|you to)", "it's time to",
    r"mind(?= \w+ing)", "we (?:need|have|want) to", "(?:someone|somebody) (?:should|needs to|has to|ought to)",
    "time to", "make sure (?:you|to)",
    "i was wondering (?:if|whether) (?:you could|it might be possible to|it would be possible to)",
    "(?:i think )?(?:we|you) (?:may|might) (?:want|need) to",
    "when(?:ever)? you (?:get|have|find) (?:a|the|some)? ?(?:sec|second|minute|moment|chance|time)",
    (
        "if you (?:can|could|get a chance|have (?:a|the) (?:time|minute|second|moment)|don't mind|would|like|"
        "please)"
    ),
    "if (?:possible|it's not too much trouble)",
)  # fmt: skip

OVERVIEW: Final[Phrases] = (
    "status(?:es)?", "progress", "in flight", "rundown", "running", "paused", "finished", "pending",
    "going(?: on| so far)?", "still going", "stuck", "spent", "spend(?:ing)?", "cost(?:s|ing)?", "pull requests?",
    "prs?", "agents?", "everything", "update", "overview", "summary", "how's it (?:going|looking|coming)",
    "how (?:are )?(?:things|we|they|they're)",
    "what'?s (?:up|new|happening|left|cooking|the (?:situation|state|story))",
    "where (?:are|do) (?:we|things|they|you all)(?: (?:at|stand))?", "did i miss", "finish", "active",
    "anything (?:new|finished|done|ready|broken|failed|stuck|waiting|blocked)",
    "(?:are|is) (?:everything|everyone|anything|anyone|any of)", "up to speed", "up to date", "catch me up",
    "waiting (?:on|for) (?:me|us)", "needs? (?:me|us|my|anything|input)",
    "fill me in", "the team", "attention", "everyone", "everybody", "working on",
    "anything (?:i should know|to report|interesting)", "who(?:'s|se| is)", "(?:they|we) all", "all of them",
    "alive", "done yet", "(?:they|you|we)(?: all)? (?:been|doing|up to|done|working|got)",
)  # fmt: skip

HELP: Final[Phrases] = (
    "what happens (?:if|when|to)", "what would happen", "what(?:'s| is) the difference",
    "how (?:do|can|would|should|could) (?:i|you|we|one)(?! (?:getting|doing|coming|looking|going))",
    "how does (?:it|this|cadence|pausing|resuming|stopping)",
    "what (?:can|do|could|should) (?:i|you) (?:do|say|ask)?",
    "can i (?:pause|resume|stop|kill|cancel|undo|talk|use|add|say|get my)", "do (?:i|you) (?:have|need) to",
    "(?:do you think|think) (?:i|we) should", "should (?:i|we) (?:stop|pause|kill|cancel|resume)",
    r"can i (?!start|have|get|create)\w+ (?:an?|two|multiple|several|more) agents?",
    "is it (?:possible|okay|ok|safe|fine|bad|dangerous) to", "system prompt", "what does .* (?:mean|do)",
    "is there an?", "can you (?:explain|also|speak|understand|hear)", "what are you",
    "who (?:are|made) you", "are you able to", "what do you", "do you (?:support|know|speak|understand|remember)",
    "does (?:pausing|stopping|killing|it cost)", "(?:will|would|does|do) .* (?:lose|lost|keep|survive)",
    "how many agents can", "should i (?:stop|pause|kill|cancel|resume)",
    (
        "(?:will|would|does|is|can|do) (?:i lose .*|.* by )?(?:pausing|stopping|killing|cancell?ing|resuming|"
        "deleting)"
    ),
)  # fmt: skip

TALK: Final[Phrases] = (
    "(?:ha)+", "yesterday", "last (?:week|night|month|time|year)", "earlier", "remember when", "suppose",
    "imagine", "apparently", "did you (?:see|hear|watch|know|read)",
    "i'm (?!sure|wondering|curious|done|not sure|happy|thinking)", "the kids", "i really",
    "my (?:phone|wife|husband|mom|mum|dad|son|daughter|boss|friend|doctor|head|back)",
    (
        "i (?:told|said|was(?! wondering| thinking it)|had|went|used|think (?:we|it|that|i)|thought|heard|"
        "guess|love|hate|just (?:had|saw|got)|already|almost|never|once|remember|saw|can't believe|wish|"
        "paused|stopped|killed|started|cancelled)"
    ),
    "i(?:'ve| have) (?:just |already )?(?:stopped|paused|killed|started)",
    (
        "(?:he|she|they|we) (?:said|told|was|were|had|went|used|stopped|killed|paused|already|"
        "should (?:probably|maybe|really)|always|never)"
    ),
    "(?:then|and then|so) (?:he|she|they|i)(?:'s| is| was| said| told)?", "(?:he|she|they)(?:'s|'re| is| are)?",
    "if", "when(?! will)", "whenever", "once", "tomorrow", "as soon as", "after", "the moment",
    "on (?:mon|tues|wednes|thurs|fri|satur|sun)day", "tonight",
    r"at (?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midnight)(?! )",
    "every (?:day|hour|week|morning|night)", r"in (?:an?|\w+|half an) (?:minutes?|hours?|hour|days?)", "thanks?",
    "thank you", "sorry", "mom(?:my)?", "dad(?:dy)?", "honey", "darling", "sweetie", "dude", "guys", "speaking of",
    "so anyway", "anyway", "by the way", "funny", "good (?:job|work|one|night)", "nice", "well done",
    "great (?:job|work)", "bye", "see you",
)  # fmt: skip

SETTINGS: Final[Phrases] = (
    "remind(?! me (?:what|how|which|where|who))", "(?:wake|ping|alert) me",
    "(?:tell|notify) me (?:when|once|as soon as) .*(?:done|finished|ready|over)",
    r"(?:text|call|email) (?:me|my|him|her|them|mom|mum|dad|\w+ (?:that|and))",
    "play (?:some|the|my|a)",
    "(?:order|book) (?:me|us|an?|some|the)", "upgrade (?:me|my|us)", "downgrade (?:me|my|us)", "buy",
    "add .* to (?:my|the) (?:shopping|grocery|to ?do) list", "add .* to my calendar",
    "set (?:an?|my|the) (?:reminder|timer|alarm|default|language|time ?zone|notifications?|voice)",
    "change (?:my|your)", "switch (?:me|my|to (?:english|german|french|spanish|portuguese))",
    "(?:mute|unmute|silence)",
    (
        "turn (?:on|off|down|up) (?:the )?(?:lights?|music|volume|tv|radio|heating|heater|notifications?|"
        "alarm|oven|ac|air)"
    ),
    "talk (?:slower|faster|louder)", "speak",
    "(?:make|change|set|keep) (?:your|the) (?:voice|tone|answers?|repl(?:y|ies)|volume)", "repeat",
    "say that again", "link my", "unlink my", "connect my", "log me (?:in|out)", "sign me", "delete my account",
    "cancel my (?:subscription|plan|account|meeting|appointment|order|flight|gym)",
    (
        "stop (?:the (?:car|music|video|recording|timer|alarm)|recording|listening|talking|the music|it,? you|"
        "that,? (?:you|right))"
    ),
    "pause the (?:music|video|movie|song|game|podcast)", "use (?:a|your) (?:different|other|male|female)",
    "send me", "notify me", "message (?:me|my)", "open (?:the )?(?:window|door|spotify|youtube|maps?)",
    "what(?:'s| is) (?:the )?(?:weather|time|date|capital)", "tell me a joke", "sing",
)  # fmt: skip

TIMES: Final[Phrases] = (
    "tomorrow(?: (?:morning|afternoon|evening|night))?", "next (?:week|month|\\w+day)", "on \\w+day(?: \\w+)?",
    "at (?:\\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midnight)",
    "in (?:(?:an?|half an|\\w+) )+(?:minutes?|hours?|days?|weeks?)", "later(?: today)?",
)  # fmt: skip

WORK: Final[Phrases] = (
    "how about (?:an?|some|adding|we)", "do something about", r"(?:have|take) a look(?!.*\bagents?\b)",
    r"make sure(?! (?:you|to)\b|.*\bagents?\b)", "see to it that",
    "start (?:on|work(?:ing)? on)",
    "add", "fix(?! (?:me|us|dinner|lunch|breakfast))",
    "update(?! (?:me|please|on|us))(?= )", "upgrade", "bump", "write", "rewrite", "implement", "refactor",
    "remove", "rename", "replace", "change(?! my)", "migrate", "investigate", "debug", "build", "improve",
    "optimi[sz]e", "clean up", "document", "make(?! (?:it stop|me|us|your))", "convert", "enable", "disable",
    "support", "set up", "wire", "hook up", "whip up", "swap", "switch(?! to)", "find(?! out how)", "figure out",
    "look (?:into|at)", "review", "create", "generate", "extract", "merge", "revert", "hide", "allow", "prevent",
    "handle", "validate", "cache", "speed up", "reduce", "increase", "raise", "lower", "tidy", "translate",
    "parse", "port", "split", "expose", "return", "introduce", "integrate", "configure", "correct", "scale",
    "rotate", "publish", "release", "ensure", "align", "center", "centre", "polish", "simplify", "patch", "repair",
    "resolve", "solve", "track down", "dig into", "pin", "profile", "benchmark", "encrypt", "sanitize", "escape",
    "paginate", "sort", "filter", "group", "format", "lint", "audit", "backport", "rework", "redesign",
    "restructure", "deduplicate", "localize", "show(?! me| my| all)", "display", "draft", "prototype", "explore",
    "research", "analyse", "analyze", "trim", "shorten", "limit", "throttle", "unify", "inline", "deprecate",
    r"get rid of the \w+ (?:in|from|on)", "throw together", "put together", "move", "teach", "take care of",
    "deal with", "go through", "see (?:why|whether|if|what)", "plan out", "cut", "store", "save", "render",
    "log(?! me)", "print", "rebase", "squash", "sync", "import", "export", "send(?! me)", "test", "mock", "bundle",
    "animate",
)  # fmt: skip
