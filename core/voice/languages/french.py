"""French. Accents are optional where people leave them out when they type."""

from typing import Final

from core.model.agent import Status
from core.model.command import Act
from core.voice.languages.language import Language

_WORKER: Final = r"(?:un |une |l'|nouvel |nouveau |autre )*(?:agent|tâche|job)"

FRENCH: Final = Language(
    code="fr",
    marks=(
        "le la les l un une des du de agent agents est sont et en dans sur pour avec mon ma mes tous tout "
        "toutes s'il te plaît plait vous où ou comment quoi que qui quel quelle est-ce mets met mettre pause "
        "arrête arrete arrêter annule annuler reprends reprend reprendre relance continue continuer lance "
        "lancer crée ajoute corrige peux tu pourrais ne pas n'arrête un deux trois quatre cinq premier "
        "deuxième troisième dernier ça ca le je j'ai il elle stoppe supprime état combien fini terminé "
        "travaille merci bonjour juste ce cet cette au aux vers répare "
    ),
    fillers=("e+u+h+", "h+e+u+", "h+m+", "ben", "bah", "tu sais", "en fait,"),
    courtesies=(
        "bonjour", "salut", "hey", "ok", "okay", "d'accord", "bon", "alors", "oui", "voilà",
        "s'il (?:te|vous) pla[iî]t", "stp", "et", "maintenant", "donc", "allez",
        "(?:est-ce que )?(?:tu peux|vous pouvez|tu pourrais|on peut|on pourrait)", "(?:peux|pourrais|veux)-tu",
        "(?:pouvez|pourriez)-vous", "je (?:veux|voudrais|souhaite|aimerais)(?: que tu| bien)?",
        "j'aimerais(?: que tu)?", "j'ai besoin (?:de|que tu)", "il faut(?: que tu)?", "il faudrait", "merci de",
        "juste", "cadence(?=,)", "veuillez", "n'h[eé]site pas [aà]",
    ),
    endings=(
        "s'il (?:te|vous) pla[iî]t", "stp", "svp", "maintenant", "tout de suite", "merci",
        "pour (?:l'instant|le moment|moi|aujourd'hui)", "un (?:moment|instant|peu)", "jusqu'[aà]", "pendant",
        "parce que", "car", "le temps", "en pause", "[aà] nouveau", "encore", "imm[eé]diatement", "d[eé]finitivement",
        "aussi", "compl[eè]tement", "on", "je",
    ),
    corrections=(
        "non,? attends", "attends,? non", "attends", "pardon", "d[eé]sol[eé]", "je veux dire", "je voulais dire",
        "enfin", "plut[oô]t", "non,? non", "(?<=,) non(?=,)", "ou plut[oô]t", "correction", "excuse[- ]moi",
    ),
    negations=(
        (
            r"(?:s'il te pla[iî]t,? )?(?:n'\w+(?:-l[ea]s?)? (?:pas|surtout pas|jamais)|ne (?:\w+ )?\w+ (?:pas|"
            "jamais)|ne (?:pas|jamais)|surtout pas|pas besoin|pas|jamais|il ne faut pas)"
        ),
    ),
    instead=("juste", "plut[oô]t", "mais", "seulement", "simplement"),
    withdrawals=(
        "laisse tomber", "oublie(?: ça| ca)?", "non rien", "rien", "laisse(?:-le|-la| faire)?", "tant pis",
        "peu importe", "annule (?:ça|ca)",
    ),
    conditions=(
        "si", "quand", "lorsque", "d[eè]s que", "apr[eè]s", "avant (?:de|que)", "une fois", r"[aà] \w+ heures?",
        r"dans \w+ (?:minutes?|heures?|jours?)", "demain", "ce soir", "chaque",
        "tous les (?:jours|matins|soirs|lundis)",
        "et (?:puis |ensuite )?(?:lance|cr[eé]e|arr[eê]te|mets|reprends|annule|d[eé]marre|ouvre|corrige)", "sinon",
    ),
    times=(
        "demain(?: \\w+)?", "après-demain", "plus tard", "la semaine prochaine", "[aà] \\w+ heures?",
        "dans \\w+ (?:minutes?|heures?|jours?)", "(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?: \\w+)?",
    ),
    for_a_while=(
        "pour (?:l'instant|le moment)", "un (?:moment|instant|peu)", "jusqu'[aà]", "pendant", "le temps",
        "temporairement", "plus tard",
    ),
    orders={
        Act.PAUSE: (
            (
                "(?:mets|met|mettes|mettre|mettez|mettons|place|laisse) {t} (?:en (?:pause|attente|veille|"
                "suspens)|de c[oô]t[eé]){e}"
            ),
            "(?:mets|met|mettre|mettez) en (?:pause|attente) {t}",
            "(?:pause|pauser|suspends|suspend|suspendre|g[eè]le|geler|interromps|fige) {t}",
            r"(?:mets|met|mettez)[- ](?P<target>l(?:e|a|es)) en (?:pause|attente)(?P<ending>(?:[\s,.!].*)?)",
            "(?:pause|mets en pause|suspends)",
            r"(?:pause|suspends)[- ](?P<target>l(?:e|a|es))(?P<ending>(?:[\s,.!].*)?)",
            r"(?:mettre|met) (?P<target>l(?:e|a|es)) en pause(?P<ending>(?:[\s,.!].*)?)",
            "(?:arr[eê]te|stoppe) {t} (?:pour (?:l'instant|le moment)|un (?:moment|instant)|temporairement){e}",
            "(?:fais|faire) (?:une )?pause (?:sur|avec) {t}", "que {t} fasse une pause{e}",
        ),
        Act.RESUME: (
            (
                "(?:reprends|reprennes|relances|reprend|reprendre|reprenez|relance|relancer|continue|continuer|"
                "poursuis|poursuivre|r[eé]active|r[eé]activer|red[eé]marre|red[eé]marrer|r[eé]veille) (?:avec |"
                "le travail (?:de|sur) )?{t}"
            ),
            (
                "(?:reprends|relance|red[eé]marre|r[eé]active)[- ](?P<target>l(?:e|a|"
                r"es))(?P<ending>(?:[\s,.!].*)?)"
            ),
            "(?:reprends|continue|poursuis)", "(?:laisse |que )?{t} (?:peut|doit) (?:continuer|reprendre|repartir){e}",
            "(?:laisse|fais) {t} (?:continuer|reprendre|repartir|tourner){e}",
            "(?:remets|remettre) {t} en (?:route|marche|service){e}", "(?:remets|remettre) en (?:route|marche) {t}",
            "(?:sors|enl[eè]ve) {t} de (?:la )?pause{e}",
        ),
        Act.STOP: (
            (
                "(?:arr[eê]te|arr[eê]tes|annules|stoppes|supprimes|arr[eê]ter|arr[eê]tez|arr[eê]tons|stoppe|"
                "stopper|stop|annule|annuler|annulez|tue|tuer|termine|terminer|supprime|supprimer|coupe|couper|"
                "[eé]teins|[eé]teindre|abandonne|abandonner|d[eé]truis|vire|d[eé]gage|efface|jette|ferme|"
                "interrompre) {t}"
            ),
            (
                "(?:arr[eê]te|stoppe|annule|tue|termine|supprime|coupe)[- ](?P<target>l(?:e|a|"
                r"es))(?P<ending>(?:[\s,.!].*)?)"
            ),
            "(?:arr[eê]te|stop|arr[eê]ter)", "(?:mets|mettre) fin [aà] {t}", "d[eé]barrasse[- ]toi de {t}",
            "{t} (?:peut|doit) [eê]tre (?:arr[eê]t[eé]|supprim[eé]|annul[eé]){e}",
        ),
    },
    agents=("agents?", "t[aâ]ches?", "jobs?"),
    articles=(
        "le", "la", "les", "l", "l'agent", "un", "une", "des", "du", "de", "d", "au", "aux", "mon", "ma", "mes", "sur",
        "dans", "en", "pour", "avec", "qui", "est", "et", "celui", "celle", "ce", "cet", "cette", "s'occupe",
        "travaille", "truc", "repo", "d[eé]p[oô]t", "bug", "correction", "correctif", "probl[eè]me", "the", "l'", "à",
        "a", "t", "il",
    ),
    everything=(
        "tout(?: le monde)?", "tous(?: (?:les|mes|agents|eux))*", "toutes(?: (?:les|mes|t[aâ]ches))*",
        "les deux(?: agents)?", r"(?:les|mes) agents(?!\s*,?\s*\d)", "chaque agent",
    ),
    several=("tous", "toutes", "tout", "quels", "combien", "agents", "quelque chose", "quoi"),
    exceptions=("sauf", "[aà] part", "except[eé]", "[aà] l'exception de", "hormis", "mais pas"),
    pronouns=(
        "le", "la", "les", "lui", "ça", "ca", "cela", "cet agent", "(?:l'|mon |cet )agent", "celui[- ](?:l[aà]|ci)",
    ),
    newest=(
        "(?:le |la |l'|l'agent |celui )?(?:dernier|derni[eè]re|plus r[eé]cent)(?: agent)?",
        "l'agent le plus r[eé]cent",
    ),
    ordinals=(
        "premi(?:er|[eè]re)", "(?:deuxi[eè]me|seconde?)", "troisi[eè]me", "quatri[eè]me", "cinqui[eè]me", "sixi[eè]me",
        "septi[eè]me", "huiti[eè]me", "neuvi[eè]me", "dixi[eè]me",
    ),
    states={
        Status.RUNNING: ("en cours", "actifs?", "qui tournent?", "en marche"),
        Status.PAUSED: ("en pause", "suspendus?", "en attente", "pausés?"),
        Status.PENDING: ("en file",),
        Status.FAILED: ("[eé]chou[eé]s?", "en [eé]chec"),
        Status.COMPLETED: ("termin[eé]s?", "finis?"),
    },
    joints=("et", "and", "ainsi que", "ou"),
    places=("sur", "dans", "de", "du", "pour", "on", "en"),
    questions=(
        "tout (?:va|est) (?:bien|bon)", "[çc]a va", "comment", "(?:est-ce )?qu(?:e|oi|'est-ce)", "qu'en est-il",
        "quels?", "quelles?", "o[uù]", "combien", "pourquoi", "est-ce que", "est-ce qu'", "qui", "y a-t-il", "[eé]tat",
        "status", "statut", "dis[- ]moi", "montre[- ]moi", "donne[- ]moi", "liste",
        "fais[- ]moi (?:un|le) (?:point|r[eé]sum[eé]|topo)", "ça (?:avance|donne quoi)", "il y a", "alors", "as-tu",
        "a-t-il", "l'agent .* (?:a-t-il|est-il|a fini|en est|a termin[eé])", "je (?:veux|voudrais) savoir",
    ),
    overview=(
        "statut", "status", "[eé]tat", "agents?", "avance(?:nt)?", "progr[eè]s", "en cours", "tourne(?:nt)?", "point",
        "r[eé]sum[eé]", "fini", "termin[eé]", "co[uû]t[eé]?", "d[eé]pens[eé]", "pull requests?", "en pause",
        "en est-on", "va", "vont", "se passe", "quoi de neuf", "tout",
    ),
    overall=("comment ça (?:va|avance|se passe)", "ça avance"),
    progress=(
        "statut", "status", "[eé]tat", "o[uù] en est.*", "des nouvelles",
        "(?:a |est )?(?:d[eé]j[aà] )?(?:fini|termin[eé]|pr[eê]t)", "[çc]a avance", "ça donne quoi", "en est o[uù]",
        "toujours (?:en cours|actif)", "avance",
    ),
    help=(
        "qu'est-ce qui se passe si", "que se passe-t-il si", "comment (?:je|on|faire|puis-je|mettre|arr[eê]ter)",
        "que (?:peux|puis|veut)", "quelle est la diff[eé]rence", "est-ce que je peux", "puis-je", "[çc]a veut dire",
        "qu'est-ce que tu (?:peux|sais)",
    ),
    talk=(
        "hier", "la semaine derni[eè]re", "si", "quand", "d[eè]s que", "demain", "merci",
        "(?:il|elle)(?! (?:y a|(?:me |nous )?fau(?:t|drait)|manque))|on m'a",
        "j'ai (?:d[uû]|dit|entendu|cru|arr[eê]t[eé])", "je (?:pensais|crois|pense que|lui)", r"haha\w*",
        r"[aà] \w+ heures", r"dans \w+ (?:minutes?|heures?)", "imagine", "au fait",
    ),
    settings=(
        "rappelle[- ]moi", "mets (?:de la musique|une alarme|un minuteur)", "joue", "appelle", "envoie",
        "quel(?:le)? (?:temps|heure)", "[eé]teins (?:la lumi[eè]re|la t[eé]l[eé]|la musique)", "allume",
        "change (?:la langue|mon|ma|mes)",
    ),
    launches=(
        (
            rf"(?:lance|lancer|cr[eé]e|cr[eé]er|d[eé]marre|d[eé]marrer|ouvre|ouvrir|mets|mettre|commence|assigne|"
            rf"besoin d'|veux|voudrais|ajoute|fais) {_WORKER}(?! (?:en (?:pause|attente)))"
        ),
        "nouvel agent", "un autre agent", "un agent (?:sur|pour|dans)",
    ),
    asking=("(?:tu peux|tu pourrais|peux-tu|pourrais-tu|pouvez-vous|quelqu'un peut)",),
    work=(
        "ajoute(?:r)?", "corrige(?:r)?", "r[eé]pare(?:r)?", "impl[eé]mente(?:r)?", "mets? [aà] jour",
        "mettre [aà] jour", "[eé]cris", "[eé]crire", "refactorise(?:r)?", "am[eé]liore(?:r)?", "optimise(?:r)?",
        "change(?:r)?(?! (?:mon|ma|mes|la langue))", "modifie(?:r)?", "remplace(?:r)?", "migre(?:r)?", "renomme(?:r)?",
        "documente(?:r)?", "v[eé]rifie(?:r)?", "enqu[eê]te(?:r)?", "regarde(?:r)?", "trouve(?:r)?", "cherche(?:r)?",
        "fais(?! (?:une )?pause|[- ]moi)", "faire", "int[eè]gre(?:r)?", "configure(?:r)?", "cr[eé]e(?:r)?",
        "construis", "teste(?:r)?", "traduis", "traduire", "nettoie", "nettoyer", "d[eé]bogue(?:r)?", "r[eé]sous",
        "r[eé]soudre", "acc[eé]l[eè]re", "r[eé]duis", "convertis", "affiche(?:r)?", "g[eé]n[eè]re", "occupe[- ]toi",
        r"fais en sorte que(?!.*\bagent)",
        "passe(?:r)?", "d[eé]place(?:r)?", "valide(?:r)?", "active", "d[eé]sactive", "rends",
        "enl[eè]ve (?:le|la|les) (?!agent)", "retire(?:r)?",
        "supprime (?:le|la|les) (?!agent|premier|deuxi|troisi|dernier)",
    ),
    other_work=("mets", "supprime", "coupe", "enl[eè]ve"),
    diagnosis=("(?:regarde|v[eé]rifie|trouve|cherche) (?:pourquoi|si)",),
    others=(r"(?:les|l')\s?autres?(?: \d+)?(?: agents?)?", "le reste", "tous les autres"),
    defects=(
        "pas", "plus", "cass[eé]e?", "erreurs?", "bug", "lent", "plante", "manque", "devrait", "faux",
    ),
    subjects=("je", "j", "nous", "on", "il", "elle", "ils", "elles", "tu", "c"),
    wishes=(
        "a besoin", "il (?:faut|manque)", "manque", "devrait",
        "ne (?:marche|fonctionne|marchent|fonctionnent) (?:pas|plus)", "est cass[eé]e?",
        "quelqu'un (?:doit|devrait|peut)", "il faudrait",
    ),
    messages=("(?:dis|demande|pr[eé]viens) (?:[aà] |au )?{t} (?:que|de|d'|si) ?{x}",),
)  # fmt: skip
