"""German. "Agent" bends, and most verbs come apart: "halte … an", "setz … fort", "mach mit … weiter"."""

from typing import Final

from core.model.agent import Status
from core.model.command import Act
from core.voice.languages.language import Language

_WORKER: Final = r"(?:einen |ein |'?nen |neuen |neuer |weiteren |noch |den )*(?:agenten?|task|aufgabe|job)"

GERMAN: Final = Language(
    code="de",
    marks=(
        "der die das den dem des ein eine einen einem einer und ist sind bitte agent agenten mit auf für von zu im in "
        "wie was läuft laufen alle alles mein meine meiner stopp stoppe stoppen pausiere pausieren halt halte anhalten "
        "mach setz setze fort weiter brich ab abbrechen nicht kannst du könntest ich wir es doch mal jetzt noch schon "
        "eins zwei drei vier fünf sechs sieben ersten zweiten dritten letzten starte füge behebe wenn dann fertig "
        "beende lösche nur sondern zum beim steht gerade neuen neuer neu auch keine kein bis brauche repariere"
    ),
    fillers=("ä+h+m*", "ö+h+m*", "h+m+", "also,", "na ja", "sozusagen"),
    courtesies=(
        "hey", "hallo", "hi", "ok", "okay", "gut", "so", "ja", "also", "bitte", "jetzt", "dann", "und", "mal", "doch",
        "na", "(?:kannst|könntest|würdest|magst|kann) du(?: bitte| mal| mir| kurz| bitte mal)*", "könnten wir",
        "lass uns(?: bitte| mal)?", "ich (?:möchte|will|hätte gern)(?:,? dass du)?", "ich brauche",
        "wir (?:können|sollten)", "sei so nett und", "guten (?:morgen|tag|abend)", "cadence(?=,)", "sofort", "einfach",
        "moin",
    ),
    endings=(
        "bitte", "mal", "jetzt", "sofort", "danke", "kurz", "erst ?mal", "vorerst", "fürs erste",
        "für (?:den moment|jetzt|heute|eine weile|ein paar minuten)", "bis", "solange", "während", "weil", "denn",
        "wieder", "gleich", "nochmal", "komplett", "ganz", "endgültig", "auch", "doch", "schnell", "heute", "nur kurz",
        "an", "ab", "ein",
    ),
    corrections=(
        "nein,? warte", "warte,? nein", "moment(?: mal)?", "warte", "entschuldigung", "sorry", "ich meine",
        "ich meinte", "äh,? nein", "nein,? (?:doch )?", "(?<=,) nein(?=,)", "quatsch", "besser gesagt", "vielmehr",
        "korrektur",
    ),
    negations=(
        "(?:bitte )?(?:nicht|niemals|nie|auf keinen fall|du (?:brauchst|sollst|musst) .* nicht)",
    ),
    instead=("sondern", "nur", "lieber", "stattdessen", "aber", "bloß"),
    withdrawals=(
        "vergiss es", "egal", "schon gut", "lass (?:es|mal|gut sein|ihn|sie)", "doch nicht", "ach nein",
        "nicht so wichtig", "hat sich erledigt",
    ),
    conditions=(
        r"(?<=^\s)nicht", "^nicht", "wenn", "falls", "sobald", "nachdem", "bevor", r"um \w+ uhr",
        r"in \w+ (?:minuten?|stunden?|tagen?)", "in einer (?:stunde|minute)", "morgen", "heute abend", "jeden",
        "und (?:dann )?(?:starte|erstelle|pausiere|stoppe|mach|beende|setz|leg)", "sonst",
    ),
    times=(
        "morgen(?: (?:früh|mittag|abend))?", "übermorgen", "später", "nächste woche", "um \\w+(?: uhr)?",
        "in (?:einer|einem|\\w+) (?:minuten?|stunden?|tag(?:en)?|wochen?)", "am \\w+tag",
    ),
    for_a_while=(
        "kurz", "erst ?mal", "vorerst", "fürs erste", "für (?:den moment|jetzt|eine weile)", "bis", "solange",
        "während", "vorübergehend", "später", "im moment",
    ),
    orders={
        Act.PAUSE: (
            "(?:pausiere?n?|unterbrich|unterbrechen|parke?|friere?) {t}", "(?:pausiere?n?|pause)",
            "halte? {t} (?:an|auf){e}", "leg(?:e|t)? {t} (?:auf eis|still){e}",
            "(?:mach|mache) (?:mit |bei |eine )?{t} (?:eine )?pause{e}",
            "(?:mach|mache) (?:eine )?pause (?:mit|bei) {t}", "(?:setz|setze) {t} (?:auf pause|aus){e}",
            "(?:schick|schicke) {t} in (?:die )?pause{e}", "stell(?:e)? {t} (?:zurück|auf pause){e}",
            "friere? {t} ein{e}",
            "{t} (?:kannst|könntest) du (?:bitte |jetzt |mal |kurz )*(?:anhalten|pausieren|unterbrechen){e}",
            "{t} (?:anhalten|pausieren|auf eis legen|unterbrechen|einfrieren){e}",
            "{t} (?:soll|kann|muss) (?:mal |bitte |kurz )*(?:pausieren|warten|pause machen){e}",
            "(?:lass|lasse) {t} (?:pausieren|warten|ruhen){e}",
            "stopp(?:e)? {t} (?:kurz|erst ?mal|vorerst|fürs erste){e}",
        ),
        Act.RESUME: (
            "(?:mach|mache|machen wir) (?:mit |bei )?{t} weiter{e}", "(?:mach|mache) weiter mit {t}",
            "(?:setz|setze) {t} (?:wieder )?fort{e}", r"(?:lass|lasse) {t} (?:wieder )?(?:weiter\w*|laufen|los\w*){e}",
            (
                "{t} (?:fortsetzen|weiterlaufen lassen|wieder starten|weitermachen|fortfahren|reaktivieren|"
                "aufwecken){e}"
            ),
            (
                r"(?:mit )?{t} (?:kann|darf|soll) (?:jetzt |wieder |nun |ruhig )*(?:weiter\w*|fortfahren|"
                r"fortgesetzt werden|laufen|los\w*){e}"
            ),
            "(?:starte?) {t} (?:wieder|neu|erneut){e}", "(?:weck|wecke) {t} (?:wieder )?auf{e}",
            "(?:mach|mache|schalte?) {t} wieder an{e}", "nimm {t} wieder auf{e}",
            "(?:reaktiviere|fortsetzen|fahre? fort mit|entpausiere|aktiviere|weiter mit) {t}",
            "(?:weiter|weitermachen|mach weiter|fortsetzen)", "hole? {t} (?:wieder )?(?:aus der pause|zurück){e}",
            "fahre? mit {t} fort{e}",
        ),
        Act.STOP: (
            (
                "(?:stoppe?n?|beende?n?|töte|kille?n?|lösche?n?|cancel|cancele?|canceln|storniere|verwirf|"
                "entferne?|terminiere|eliminiere|vernichte|schließe?|stop) {t}"
            ),
            "(?:stopp|stop|halt)", "(?:brich|breche) {t} (?:bitte |sofort )*ab{e}",
            "(?:schalte?|stelle?|schieß|würge?) {t} (?:bitte |sofort )*(?:ab|aus){e}",
            "(?:mach|mache) {t} (?:bitte )?(?:aus|platt|dicht|zu){e}",
            (
                "{t} (?:bitte )?(?:stoppen|beenden|abbrechen|abschalten|löschen|killen|canceln|töten|verwerfen|"
                "ausschalten|abschießen|wegwerfen){e}"
            ),
            "(?:wirf|schmeiß) {t} (?:weg|raus|in die tonne){e}",
            (
                "{t} (?:kann|soll|muss) (?:weg|gestoppt werden|abgebrochen werden|beendet werden|"
                "gelöscht werden){e}"
            ),
            "werde {t} los{e}",
            (
                "{t} (?:kannst|könntest) du (?:bitte |jetzt |mal )*(?:stoppen|beenden|abbrechen|abschalten|"
                "löschen|killen|canceln){e}"
            ),
        ),
    },
    agents=(r"(?:[\w-]*-)?agent(?:en|s)?", "jobs?", "aufgaben?"),
    articles=(
        "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "mein", "meine", "meinen",
        "meinem", "auf", "für", "von", "vom", "im", "in", "am", "an", "zu", "zum", "zur", "mit", "bei", "beim", "und",
        "ist", "sache", "ding", "arbeit", "repo", "repository", "fehler", "bug", "bitte", "the", "mal", "jetzt",
        "diesen", "dieser", "diesem", "kurz",
    ),
    everything=(
        "alles", "alle(?:n|r)?(?: (?:meine|meiner|die|laufenden|aktiven|agenten|jobs|zusammen|davon))*",
        "beide(?:n)?(?: agenten)?", r"(?:die|meine) agenten(?!\s*,?\s*\d)", "sämtliche agenten", "jeden agenten",
    ),
    several=("alle", "alles", "welche", "wie ?viele", "agenten", r"irgend\w+", "was läuft"),
    exceptions=(
        "außer", "ausser", "bis auf", "abgesehen von", "aber nicht", "nur nicht", "ohne",
    ),
    pronouns=(
        "ihn", "es", "sie", "das", "den", "diesen", "(?:den|der|dem|mein|meinen|diesen) (?:agent(?:en)?|job)",
    ),
    newest=(
        "(?:den |der |dem |die |das )?(?:letzten?|neue?sten?|jüngsten?)(?: agent(?:en)?| job)?",
    ),
    ordinals=(
        "ersten?", "zweiten?", "dritten?", "vierten?", "fünften?", "sechsten?", "siebten?", "achten?(?! auf)",
        "neunten?", "zehnten?",
    ),
    states={
        Status.RUNNING: ("laufenden?", "aktiven?", "läuft", "laufen"),
        Status.PAUSED: ("pausierten?", "angehaltenen?", "gestoppten?", "auf eis", "pausiert"),
        Status.PENDING: ("wartenden?", "ausstehenden?"),
        Status.FAILED: ("fehlgeschlagenen?", "gescheiterten?"),
        Status.COMPLETED: ("fertigen?", "abgeschlossenen?", "erledigten?"),
    },
    joints=("und", "sowie", "and", "oder"),
    places=(
        "auf", "in", "im", "für", "am", "an", "von", "vom", "on", "zu", "zum", "beim", "bei",
    ),
    questions=(
        "alles (?:gut|ok|okay|klar|fertig)", "wie", "was", "welche[rsn]?", "wo", "wer", "warum", "wann", "ist", "sind",
        "hat", "haben", "läuft", "laufen", "gibt(?:'s| es)",
        "zeig(?:e)?(?: mir)?(?= (?:status|alle|meine|den status|die agenten|eine|an))", "sag mir", "status",
        r"gib mir (?:einen|ein|eine|den) (?:\w+ )?(?:überblick|update|status|zusammenfassung|stand)", "stand", "schon",
        "ich (?:will|möchte|würde gern) wissen", "liste", "übersicht", "fertig", "arbeitet", "macht",
    ),
    overview=(
        "status", "stand(?: der dinge)?", "agenten?", "läuft(?: (?:so|alles|gerade|es))?", "laufen", "überblick",
        "übersicht", "fortschritt", "fertig", "kosten", "ausgegeben", "gekostet", "pausiert", "update",
        "steht(?:'s| es)", "los", "geht'?s voran", "alles", "pull requests?", "neues", "voran",
    ),
    overall=(
        "wie (?:läuft|sieht|steht) es(?: aus| so)?", "wie läuft's", "wie (?:steht|sieht)'s(?: aus)?",
    ),
    progress=(
        "status", "stand", "wie (?:weit|läuft|steht|geht).*", "fertig", "schon (?:fertig|durch)",
        "gibt es (?:was )?neues", "was gibt'?s(?: neues)?", "fortschritt", "läuft (?:es|er|das)? ?noch",
    ),
    help=(
        "was passiert,? wenn", "wie (?:kann|pausiere|stoppe|beende|mache|funktioniert|geht das)(?: ich| man)?",
        "was (?:kannst|kann|bedeutet|heißt|ist der unterschied)", "kann (?:ich|man)", "muss ich",
        "was ist der unterschied",
    ),
    talk=(
        "gestern", "letzte (?:woche|nacht)", "wenn", "falls", "sobald", "morgen", "danke",
        "er|sie|wir hatten|wir haben", "ich (?:musste|habe|hatte|war|glaube|dachte|fand)", r"haha\w*", r"um \w+ uhr",
        r"in (?:einer|\w+) (?:minuten?|stunden?)", "stell dir vor", "neulich", "übrigens",
    ),
    settings=(
        "erinnere? mich", "spiel", "ruf", "schick (?:mir|eine)", "stell(?:e)? (?:einen|den) (?:wecker|timer)",
        "mach (?:das licht|die musik|musik)", "wie (?:ist das wetter|spät)", "ändere? (?:meine?|die sprache)",
        "stell(?:e)? (?:mein|die sprache)",
    ),
    launches=(
        (
            rf"(?:starte?n?|erstelle?n?|erzeuge?n?|setz(?:e|en)?|mach(?:e)?|lege?|beauftrage?n?|brauche?n?|will|"
            rf"möchte|nimm|leg|gib|schick(?:e)?|lass) (?:mir |bitte |mal |wir )*{_WORKER}(?! (?:fort|auf (?:eis|"
            rf"pause)|weiter|an|ab))"
        ),
        "neuer agent", "(?:ein|noch ein|einen) (?:neue[rn] )?agenten? (?:auf|für|im|in)",
    ),
    asking=("(?:kannst|könntest|könnt|kann) (?:du|ihr|jemand)(?: bitte| mal)*",),
    work=(
        "füge?", "behebe?n?", "fixe?n?", "repariere?n?", "implementiere?n?", "baue?n?", "schreibe?n?",
        "aktualisiere?n?", "ändere?n?", "entferne?n?(?! (?:den |alle )?agent)", "refaktorisiere?n?", "refactore?",
        "verbessere?n?", "optimiere?n?", "ergänze?n?", "korrigiere?n?", "migriere?n?", "untersuche?n?", "prüfe?n?",
        "dokumentiere?n?", "benenne?", "ersetze?n?", "update", "erweitere?n?",
        "erstelle?n?(?! (?:einen? )?(?:neuen )?agent)", "mach(?:e)?(?= (?:den|die|das|aus|einen?|dark|eine))",
        "teste?n?", "übersetze?n?", "räume?", "such(?:e)?", "finde?(?: heraus)?", "schau(?:e)?", "guck",
        "zeige?(?! (?:mir|alle))", "richte?", "konvertiere?n?", "löse?", "reduziere?n?", "beschleunige?n?", "kümmere?",
        "integriere?n?", "verschiebe?n?", "sortiere?n?", r"setz(?:e)? (?:den|die|das) \w+ (?:auf|in)", "hebe?",
        "erhöhe?", "bring", "analysiere?n?", "validiere?n?", "portiere?n?",
    ),
    other_work=("lösche?n?", "stell(?:e)?", "nimm", "pack(?:e)?", "stoppe", "pausiere"),
    diagnosis=("(?:schau|prüfe|guck|finde heraus|finde),? (?:warum|wieso|ob|was)",),
    others=(r"(?:die|den) (?:anderen?|rest|übrigen)(?: \d+)?(?: agenten)?", "alle anderen"),
    defects=(
        "nicht", "kein(?:e|en)?", "kaputt", "falsch", "fehlt", "fehler", "absturz", "stürzt", "langsam", "sollte",
        "braucht", "muss", "bug",
    ),
    subjects=("ich", "wir", "er", "sie", "du", "ihr", "man"),
    wishes=(
        "brauch(?:t|en|e)", "fehlt", "sollte", "muss", "müsste", "funktioniert nicht", "geht nicht",
        "ist (?:kaputt|falsch)", "jemand (?:muss|sollte)", "wir brauchen", "sorg(?:e|t)? (?:bitte )?dafür",
        "ich hätte gern",
    ),
    messages=(
        "(?:sag(?:e)?|frag(?:e)?|teil(?:e)?) (?:dem |den )?{t} (?:,? ?dass|,? ?ob|mit,? dass|er soll) {x}",
        "(?:sag|sage) {t}, {x}",
    ),
)  # fmt: skip
