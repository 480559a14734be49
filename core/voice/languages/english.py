"""English. What stands around the orders to agents is in ``english_talk``."""

from typing import Final

from core.model.agent import Status
from core.model.command import Act
from core.voice.languages.english_talk import COURTESIES, HELP, OVERVIEW, SETTINGS, TALK, TIMES, WORK
from core.voice.languages.language import Language

_AGENTS: Final = ("(?:coding |ai )?agents?(?:'s)?", "jobs?", "bots?", "workers?")
_WORKER: Final = (
    r"(?:(?:new |another |one |two |2 |1 |coding |fresh |second )*"
    r"(?:agents?|tasks?|somebody|someone|one(?! of)|something|workers?|bots?))"
)

ENGLISH: Final = Language(
    code="en",
    marks=(
        "do does where when why who will would should not no yes me us our your its as at by from be been was were "
        "but so if they them he she his her there then than just some any more about after before up down out off "
        "over back get one two three four five six seven eight nine ten number first second third last continue "
        "did has have is the a an my please agent agents are it on to with for what how stop pause resume kill "
        "cancel start fix add and of in that this don't can could you i we everything all status "
    ),
    fillers=(
        "u+m+", "u+h+", "e+r+m*", "hm+", "a+h+", "eh", "you know", "kind of", "sort of", "basically",
    ),
    courtesies=COURTESIES,
    endings=(
        "please", "for (?:me|now|today|the (?:moment|time being)|a (?:bit|while|minute|second|sec|few minutes))",
        r"for (?:a|an|one|two|the|\d+) \w+", "right (?:now|away)", "now", "again", "immediately", "at once", "asap",
        "real quick", "quickly", "quick", "until", "till", "while", "because", "cause", "since", "thanks?",
        "thank you", "it'?s", "they'?re", "too", "as well", "a (?:moment|bit|second|sec|minute|while)", "then",
        "i(?:'m|'ll|'ve| am| will| need| have| want| don't)", "we(?:'re|'ll| don't| do not| need| can)",
        "and throw away", "and (?:don't|forget|leave|that's)", "(?:would|will|could) you", "so (?:i|we|that)",
        "if you (?:can|could|would)", "instead", "for good", "completely", "entirely", "will you", "already", "first",
        "as soon as (?:you can|possible)", "to save", "this (?:instant|minute|second)", "overnight", "tonight",
        "today", "over (?:lunch|the weekend)", "mate", "buddy", "there'?s", "that'?s", "before", "in the meantime",
        "where (?:it|they|you) left off", "from where",
    ),
    corrections=(
        "no,? wait", "no way", "wait,? no", "wait", "no,? sorry", "sorry,? no", "sorry", "scratch that", "i mean",
        "i meant(?: to say)?", "(?:no,? )?hang on", "correction", "make that", "no,? actually", "actually,? no",
        "no[ -]weight", "or rather", "rather", "let me rephrase", "my (?:bad|mistake)", "no, no", "(?<=,) no(?=,)",
        "(?<=,) actually(?=,)", "excuse me", "oops",
    ),
    negations=(
        "(?:you|we) should (?:never|not)", "(?:please )?(?:don't|do not|dont|never|not|no need to)",
        "(?:please )?(?:you|we) (?:shouldn't|needn't|mustn't|don't (?:have|need) to|do not (?:have|need) to)",
        "i (?:don't|do not) (?:want|need) (?:you|us|it|anyone|anybody) to",
        "i(?:'d| would) rather (?:you|we) (?:didn't|not)", "under no circumstances", "whatever you do,? don't",
        "avoid", "there's no need to", "i (?:don't|do not) (?:want|think|need)",
    ),
    instead=("just", "instead", "but", "rather", "only"),
    withdrawals=(
        "never ?mind", "forget (?:it|that|about (?:it|that)|what i said)",
        "leave (?:it|that|them)(?: alone| be| running)?(?:,? it'?s (?:fine|ok|okay|good|all right))?", "cancel that",
        "scratch that", "ignore (?:that|me)", "don't (?:bother|worry(?: about it)?)", "not (?:important|now|yet)",
        "but (?:let's|we'll|i'll|please|we)? ?(?:not|don't|won't)", "disregard(?: that)?",
        "forget i (?:asked|said anything)",
    ),
    conditions=(
        "if(?! you (?:can|could|would|don't mind))", "unless", "when", "whenever", "once", "after", "before it",
        "as soon as(?! (?:you can|possible))", r"in (?:\w+ )?(?:\w+ )?(?:seconds?|minutes?|hours?|days?|weeks?)",
        "in half an hour", r"at (?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midnight)",
        "(?:tomorrow|tonight|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)(?! morning i)",
        r"every (?:day|hour|week|morning|night|evening|\w+day)",
        (
            "and (?:then )?(?:start|create|pause|resume|stop|kill|cancel|tell|open|spin|run|launch|fix|add|put|"
            "let|continue)"
        ),
    ),
    times=TIMES,
    for_a_while=(
        "for (?:now|the (?:moment|time being)|a (?:bit|while|minute|second|sec|few minutes))", "until", "till",
        "pick (?:it|this|that|them) (?:back )?up", "temporarily", "continue (?:it|this|that)? ?(?:later|tomorrow)",
        "come back to (?:it|this|that)", "later", "over lunch", "while (?:i|we)",
    ),
    orders={
        Act.PAUSE: (
            (
                "(?:pause|paws|pose|paus|hit pause on|press pause on|hold off on|hold on to|hold on with|hold|"
                "freeze|park|suspend|halt|wait with|take a break (?:on|with|from)|pausing|holding|parking) {t}"
            ),
            "(?:pause|freeze|suspend)",
            "(?:put|place|set) {t} (?:on (?:hold|ice|pause|standby|the back burner)|to sleep|aside){e}",
            "put (?:on hold|on ice) {t}",
            (
                "(?:can |could |have |let |tell )?{t} (?:should |needs to |can |must |"
                "has to )?(?:to )?(?:take (?:a break|five)|cool (?:down|off)|"
                "pause|rest|chill|sit tight|stand down|wait|hold(?: on| off)?|"
                "stand by)(?: for (?:a bit|a while|now|me|the moment))?{e}"
            ),
            "give {t} a (?:break|rest|pause){e}", "{t}, (?:put )?on (?:hold|ice|pause|standby){e}",
            "(?:stop|halt) {t} (?:for now|for the moment|for a bit|for a while|for a minute|temporarily){e}",
        ),
        Act.RESUME: (
            (
                "(?:resume|résumé|unpause|un-pause|unfreeze|continue|restart|wake up|reactivate|revive|unpark|"
                "resuming) {t}"
            ),
            "(?:resume|unpause|continue|keep going|carry on|go on|proceed)",
            "(?:keep going|carry on|go ahead|go on|continue|proceed|keep (?:on )?working) (?:with|on) {t}",
            "pick (?:back )?up where (?:you|it|they|we) left off (?:on|with) {t}", "pick {t} (?:back up|up again){e}",
            "pick up {t}", "(?:bring|take|get) back {t}", "start {t} (?:back up|up again|again){e}",
            "(?:get|set) {t} (?:moving|going|running|rolling|started)(?: again| back)?{e}",
            (
                "(?:bring|take|get) {t} (?:back(?: (?:up|online|to life|to work|on track))?|off (?:hold|pause|"
                "ice)){e}"
            ),
            "kick {t} (?:back )?(?:into gear|off again){e}",
            (
                "(?:let )?{t} (?:can |may |should )?(?:carry on|continue|keep going|go on|go ahead|proceed|resume|"
                "keep working|start (?:back )?(?:up )?again|run again){e}"
            ),
            "let go of the pause on {t}", "release {t} from (?:hold|pause|ice){e}", "wake {t} (?:back )?up{e}",
            "unfreeze {t}", "turn {t} back on{e}",
        ),
        Act.STOP: (
            (
                "(?:stop|kill|cancel|abort|terminate|end|bin|drop|scrap|nuke|delete|ditch|shut down|get rid of|"
                "axe|destroy|quit|remove|dump|discard|call off|stopping|killing|put an end to|pull the plug on|"
                "finish off|throw away|throw out|wipe|trash|close down|kill off|take down|tear down) {t}"
            ),
            "stop", "(?:shut|turn|take|tear) {t} (?:down|off){e}", "call {t} off{e}", "put {t} out of its misery{e}",
            "(?:shut|turn) off {t}{e}", "make {t} stop{e}", "throw {t} (?:away|out){e}",
            (
                "{t} (?:can|should|must|needs to|has to) (?:be (?:stopped|killed|cancell?ed|deleted|shut down|"
                "terminated)|go|stop|die){e}"
            ),
        ),
    },
    agents=_AGENTS,
    articles=(
        "the", "a", "an", "my", "our", "your", "that", "this", "these", "those", "on", "for", "in", "of", "to", "and",
        "with", "at", "about", "working", "doing", "which", "who", "is", "are", "was", "who's", "that's", "which's",
        "repo", "repository", "repo's", "one", "ones", "1", "thing", "stuff", "work", "run", "job", "task", "fix",
        "fixed", "fixing", "bug", "issue", "called", "named", "from", "both", "current", "currently", "by", "it",
        "guy", "business", "going",
    ),
    everything=(
        "everything", "everyone", "everybody",
        (
            "(?:all|every|each)(?: (?:single|of|my|the|our|your|those|these|active|live|current|one|ones|1|thing|"
            r"agents?|bots?|jobs?|them|work|currently)\b)*"
        ),
        "(?:them|'em|em) all", "the (?:whole )?(?:lot|bunch)",
        "both(?: of (?:them|the agents|my agents)| the| my)?(?: (?:agents|ones|of them))?",
        r"(?:the |my )?agents(?!\s*,?\s*(?:#|number|\d))",
    ),
    several=(
        "all", "any", "anything", "everything", "which", "list", "agents", "them", "do i have", "how many",
    ),
    exceptions=(
        "except(?:ing)?(?: for)?", "but(?: not)?", "apart from", "other than", "besides", "aside from", "bar",
        "save for", "without", "and leave", "leaving", "excluding", "minus", "not",
    ),
    pronouns=(
        "it", "that", "this", "him", "her", "them", "these", "those",
        "(?:the|that|this|my) (?:agent|bot|one|1|job|task|thing|worker)",
    ),
    newest=(
        (
            "(?:the |my |that )?(?:very )?(?:last|latest|newest|most recent|most recently (?:started|"
            "created))(?: (?:one|1|thing|agent|job|bot))?(?: (?:i|we|you) (?:started|created|launched|made|"
            "kicked off|spun up))?"
        ),
        "the (?:one|agent) (?:i|we|you) just (?:started|created|launched|made|kicked off|spun up)",
    ),
    ordinals=(
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    ),
    states={
        Status.RUNNING: ("running", "active", "working", "busy", "in progress", "still going"),
        Status.PAUSED: ("paused", "on hold", "on ice", "frozen", "parked", "suspended", "sleeping"),
        Status.PENDING: ("pending", "queued", "waiting", "not started"),
        Status.FAILED: ("failed", "broken", "crashed"),
        Status.COMPLETED: ("completed", "finished", "done"),
    },
    joints=("and", "plus", "as well as", "&", "or"),
    places=(
        "on", "in", "for", "at", "inside", "from", "over", "across", "through", "onto", "into", "working on",
        "that's on", "that are on", "to do with",
    ),
    questions=(
        (
            "any(?:one|body|thing)?(?: of (?:them|you|the agents|my agents))?"
            "(?= (?:waiting|still|done|stuck|blocked|need))"
        ),
        "how(?:'?s|'re)?", "how(?:'d)?", "what(?:'s|'re|s)?", "which", "where(?:'s)?", "who(?:'s)?", "why",
        "when(?:'s| will| is| are| did| was| does| can)",
        "did", "does", "do (?:i|we|any|you)",
        "check(?: (?:on|up|in))?", "is", "are", "has", "have (?:they|any|all|my|the)", "any", "anything", "anyone",
        "was", "were", "status", "progress", "update(?: me)? on", "updates?(?= on| please|$)", "list", "show me",
        "show(?= (?:my|all|the (?:status|agents)|agents|status))",
        r"give me (?:\w+ ){0,3}?(?:updates?|status|rundown|summary|overview|reports?|list|news|breakdown)", "tell me",
        "read me", "let me know", "whether", "i(?:'d| would)? (?:would )?(?:like|want|need) to know",
        "i'm (?:curious|wondering)", "i wonder", "talk to me", "report",
        "everything (?:ok|okay|all ?right|alright|fine|good|on track)", "all good",
        "remind me(?= (?:what|how|which|where|who))", "do (?:an?|the) (?:quick )?(?:status|check|round)",
        "let me (?:see|know|hear)", "summary", "overview", "(?:run|walk|talk|take) me through", "compare",
        "catch me up", "fill me in", "bring me up to (?:speed|date)", "keep me posted",
        (
            "can i (?:get|have|see) (?:an?|the|some)? ?(?:quick )?(?:update|status|rundown|summary|overview|"
            "report|list|look)"
        ),
        "summari[sz]e", "can you (?:tell|show|give) me", "get me (?:an?|the) (?:update|status)",
        "see (?:how|what|if|whether)", "find out (?:how|what|if|whether)", "should i", "can (?:it|that|they|the)",
        "will", "shall",
    ),
    overview=OVERVIEW,
    overall=(
        (
            "^(?:quick |short |brief |full |status )?(?:updates?|rundown|summary|status|"
            r"report)(?: please)?(?=[\s.?!]*$)"
        ),
        (
            "how(?:'s| is| are) (?:it|that|this|things?|everything|we|they) (?:all )?(?:going|looking|"
            r"coming(?: along)?|doing)(?=[\s.?!]*$)"
        ),
        "how(?:'s| is) it going with (?:everything|all|the agents|my agents)",
    ),
    progress=(
        "progress", "status", "still (?:going|running|working|alive|on it|pending|paused|waiting|stuck|open)", "done",
        "finished", "ready", "any (?:news|updates?|luck|progress)", "how (?:far|long|much|is|are|did|does).*",
        "what'?s (?:up|new|going on|happening|the (?:status|news|word)|it (?:doing|done)|left)",
        "where (?:is|are) (?:it|we|they|you)(?: (?:at|up to))?", "(?:quick |any )?updates?", "did it .*", "is it .*",
        "has it .*", "what (?:did|has|is) (?:it|he|she|they) .*", "coming along", "looking", "doing", "how's .*",
    ),
    help=HELP,
    talk=TALK,
    settings=SETTINGS,
    launches=(
        (
            "(?:start|create|spin|kick|fire|launch|run|make|get|put|have|need|want|open|begin|deploy|add|assign|"
            "use|like|tard|set|throw|stick|dispatch|boot|send|spawn|bring)"
            rf"(?: up| off| me| going| us| in)?(?: an?| the)? {_WORKER}(?: up| off| going| started|"
            rf" running)?(?! (?:to sleep|on (?:hold|ice)|again|back up|status|number|one|two|three|four|five|six|"
            rf"seven|eight|nine|ten|\d))"
        ),
        "(?:new|another|fresh) (?:agent|task|job|bot)", r"an? (?:new )?agent(?=\s+(?:on|for|in|to)\b)",
        "get (?:going|started|to work|cracking) on", "agent please", r"(?:spin|fire|start) up(?: \w+){0,3} on",
        r"agent(?= (?:for|on) (?!\d|is|how))", "one more agent", "new one(?=[,.:])",
    ),
    asking=(
        "(?:can|could|would|will) (?:you|we|somebody|someone|anyone)(?:,[^,]*,| please| just| maybe)*",
    ),
    work=WORK,
    other_work=(
        "put", "turn", "plan", "drop", "delete", "stop", "kill", "cancel", "pause", "resume", "bring", "sort out",
        "get", "check(?: (?:why|whether|if))?", "restart", "let", "should",
        "don't (?:show|log|send|allow|let|use|crash)",
    ),
    diagnosis=(
        (
            "(?:check|see|find out|figure out|look (?:at|into)|can you tell me|any idea|do you know) (?:why|"
            "whether|if|what|how come)"
        ),
        "why (?:does|do|is|are|did|isn't|doesn't|don't|won't)",
    ),
    others=(
        r"(?:all )?(?:the|my) (?:others?(?: (?:one|ones|thing|agents?|\d+))?|rest(?: of (?:them|the agents))?)",
        "(?:everything|everyone) else", "all (?:the )?others",
    ),
    defects=(
        "there(?:'s| is| are)", r"\w+n't", "not", "no longer", "never", "broken?", "wrong(?:ly)?", "missing",
        "fail(?:s|ed|ing|ure)?", "crash(?:es|ed|ing)?", "errors?", "bugs?", "leak(?:s|ing)?", "slow(?:ly)?", "twice",
        "off by", "stuck", r"too \w+", "flak(?:y|es)", "flickers?", "loses?", "los(?:t|ing)", "throws?", "hangs?",
        "freezes?", "duplicates?", "cut off", "outdated", "could use", "needs?", "should", "must", "instead of",
        "after", "when(?:ever)?", "still", "worse", "slower", "degrad\\w+",
    ),
    subjects=(
        "i", "i'm", "i've", "we", "we're", "he", "she", "they", "it's", "you", "your", "his", "her", "their", "so",
        "no", "yeah", "mom", "someone", "who", "what", "one", "people", "everyone", "that was", "this is",
    ),
    wishes=(
        r"(?:get|have) (?:the|our|my) (?:\w+ ){1,5}?to(?= \w)",
        "(?:somebody|someone) (?:needs|has|ought|should) to?",
        "(?:have|get) (?:somebody|someone|an agent) (?:to )?(?:look|fix|check)", "help me",
        r"(?:we|i) (?:really )?(?:need|want)(?!\s+(?:to|it|that|them|an update|a status)\b)",
        r"needs(?!\s+(?:it|that|to talk|to (?:wait|pause|stop))\b)", "i(?:'d| would) (?:like|love)(?! to know)",
        "i want(?! to know)", "(?:i|we) could (?:really )?use",
        "it would be (?:good|great|nice|cool|lovely) (?:if|to)",
        "(?:should|ought to|has to|must|could use|wants|is missing|are missing|lacks)",
        "can (?:you|we|someone|somebody) (?:do|fix(?! me| us)|look|check|sort|handle|take)",
        "would be (?:good|great|nice)", "what if we", "how about (?:adding|we)",
        "why (?:does|is|are|do|did|isn't|doesn't)",
    ),
    messages=(
        r"(?:tell|ask|remind|inform|message|let) {t} (?:(?:that|know that|know|:|about)\s+|(?=to\s)){x}",
        r"(?:send|give|forward|show) {t} (?=(?:the|an?|this|that|my|these)\s){x}",
        "(?:say|send|pass) (?:this |a message |on )?to {t}[:,]? {x}",
    ),
    one_as_noun=(
        r"(?<=[a-z] )(?<!agent )(?<!agents )(?<!number )(?<!and )(?<!or )(?<!no )(?<!sorry )(?<!twenty )(?<!thirty )"
        r"(?<!is )(?<!are )(?<!has )(?<!did )"
        r"ones?\b(?! and (?:two|three|four|five|six|seven|eight|nine|ten|\d))"
    ),
    homophones={"to": 2, "too": 2, "for": 4, "fore": 4, "won": 1, "ate": 8, "tree": 3, "free": 3, "sex": 6},
)  # fmt: skip
