"""Spanish. Accents are optional where people leave them out when they type."""

from typing import Final

from core.model.agent import Status
from core.model.command import Act
from core.voice.languages.language import Language

_WORKER: Final = r"(?:un |otro |el |nuevo )*(?:agente|tarea|trabajo)(?: nuevo)?"

SPANISH: Final = Language(
    code="es",
    marks=(
        "el la los las un una del al agente agentes por favor para con que qué cómo como está están estan mis mi todos "
        "todo todas pausa pausar detén deten cancela cancelar reanuda sigue y de en lo no cuál cuántos tercero segundo "
        "primero último ultimo uno dos tres cuatro cinco seis arregla agrega añade crea quiero puedes haz pon estado "
        "continúa continua sí hay hola gracias solo ya ese esa eso este esto mañana nuevo nueva mátalo páusalo páralo "
        "cancélalo deténlo detenlo parar mata elimina borra lanza inicia abre terminó termina va van"
    ),
    fillers=("e+h+", "e+m+", "m+m+", "este+,", "o sea", "pues", "bueno"),
    courtesies=(
        "hola", "oye", "por favor", "porfa(?:vor)?", "vale", "ok", "okay", "bien", "sí", "si,", "ya", "ahora",
        "entonces", "y", "(?:me )?(?:puedes|podrías|podrias|puede|podría)", "quiero(?: que)?", "quisiera(?: que)?",
        "me gustar[ií]a(?: que)?", "necesito(?: que)?", "hay que", "mejor", "simplemente", "tienes que",
        "cadence(?=,)", "buenos d[ií]as", "a ver",
    ),
    endings=(
        "por favor", "porfa(?:vor)?", "ahora(?: mismo)?", "ya", "gracias", "por ahora", "de momento", "por el momento",
        "un (?:rato|momento|minuto|segundo)", "hasta", "mientras", "porque", "que", "otra vez", "de nuevo",
        "en seguida", "inmediatamente", "hoy", "del todo", "también", "para que", "cuanto antes",
    ),
    corrections=(
        "no,? espera", "espera,? no", "espera", "perd[oó]n", "digo", "mejor dicho", "quiero decir", "no,? no",
        "(?<=,) no(?=,)", "corrijo", "quise decir",
    ),
    negations=("(?:por favor,? )?(?:no|nunca|jam[aá]s|tampoco|no hace falta)",),
    instead=("solo", "sólo", "sino", "mejor", "solamente", "pero"),
    withdrawals=(
        "olv[ií]dalo", "d[eé]jalo(?: as[ií])?", "no importa", "da igual", "nada", "no hagas nada",
    ),
    conditions=(
        "si", "cuando", "en cuanto", "después de", "despu[eé]s", "antes de", "a las", "al (?:mediod[ií]a|terminar)",
        r"en \w+ (?:minutos?|horas?|d[ií]as?)", "mañana", "esta (?:tarde|noche)", "cada",
        "y (?:luego )?(?:crea|inicia|pausa|para|det[eé]n|cancela|reanuda|empieza|abre|lanza|arregla)",
    ),
    times=(
        "mañana(?: por la \\w+)?", "pasado mañana", "más tarde", "luego", "la próxima semana", "a las? \\w+",
        "el (?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)", "en \\w+ (?:minutos?|horas?|d[ií]as?)",
    ),
    for_a_while=(
        "por ahora", "de momento", "por el momento", "un (?:rato|momento|minuto|segundo)", "hasta", "mientras",
        "temporalmente", "luego lo (?:sigo|retomo|contin[uú]o)", "m[aá]s tarde",
    ),
    orders={
        Act.PAUSE: (
            (
                "(?:pausa|pausar|pauses|suspendas|pause|pausen|pausemos|pon en pausa|poner en pausa|"
                "ponga en pausa|pon en espera|suspende|suspender|congela|congelar|aparca|deja en (?:pausa|"
                "espera)) {t}"
            ),
            "(?:pon|poner|ponga|deja|dejar|pongamos) (?:a )?{t} en (?:pausa|espera){e}",
            (
                "(?P<target>p[aá]usal[oae]s?|susp[eé]ndel[oae]s?|cong[eé]lal[oae]s?|ponl[oae]s? en (?:pausa|"
                r"espera))(?P<ending>(?:[\s,.!].*)?)"
            ),
            "(?:pausa|pausar)",
            (
                "(?:para|det[eé]n|detener) {t} (?:un (?:rato|momento|minuto|segundo)|por ahora|de momento|"
                "por el momento){e}"
            ),
            "(?:haz|que) (?:que )?{t} (?:espere|descanse|pause){e}",
        ),
        Act.RESUME: (
            (
                "(?:reanuda|reanudar|reanudes|retomes|contin[uú]es con|sigas con|reanude|retoma|retomar|reactiva|"
                "reactivar|contin[uú]a con|continuar con|continuar|contin[uú]a|sigue con|seguir con|despierta|"
                "reinicia|vuelve a (?:arrancar|iniciar|poner en marcha|activar)) {t}"
            ),
            r"(?P<target>rean[uú]dal[oae]s?|ret[oó]mal[oae]s?|react[ií]val[oae]s?)(?P<ending>(?:[\s,.!].*)?)",
            "(?:reanuda|contin[uú]a|sigue|continuar)", "que siga[n]? {t}",
            "(?:que |deja que |haz que )?{t} (?:puede (?:seguir|continuar)|siga|contin[uú]e|siga adelante){e}",
            "(?:pon|poner) {t} (?:otra vez|de nuevo) en marcha{e}", "(?:pon|poner) en marcha {t}",
        ),
        Act.STOP: (
            (
                "(?:para|parar|pare|det[eé]n|detener|detenga|det[eé]nme|detengas|canceles|pares|mates|termines|"
                "elimines|borres|apagues|cancela|cancelar|cancele|mata|matar|termina|terminar|acaba con|aborta|"
                "abortar|elimina|eliminar|borra|borrar|apaga|apagar|cierra|cerrar|quita|corta|tira|desecha|"
                "finaliza|finalizar|interrumpe|c[aá]rgate) {t}"
            ),
            (
                "(?P<target>p[aá]ral[oae]s?|det[eé]nl[oae]s?|canc[eé]lal[oae]s?|m[aá]tal[oae]s?|"
                "term[ií]nal[oae]s?|elim[ií]nal[oae]s?|b[oó]rral[oae]s?|"
                r"ap[aá]gal[oae]s?)(?P<ending>(?:[\s,.!].*)?)"
            ),
            "(?:para|det[eé]n|detente|stop)", "(?:stop) {t}",
        ),
    },
    agents=("agentes?", "agents?", "trabajos?", "tareas?"),
    articles=(
        "el", "la", "los", "las", "un", "una", "lo", "mi", "mis", "de", "del", "al", "a", "en", "con", "para", "sobre",
        "que", "está", "esta", "ese", "esa", "este", "y", "por", "trabajando", "haciendo", "arreglo", "arreglar",
        "tema", "cosa", "repo", "repositorio", "the", "error", "bug",
    ),
    everything=(
        "todo", r"a?\s*todos(?: (?:los|mis|ellos|agentes|trabajos|de|activos|en marcha))*",
        "todas(?: (?:las|mis|tareas))*", "los dos(?: agentes)?", "ambos(?: agentes)?",
        r"(?:los|mis) agentes(?!\s*,?\s*\d)",
    ),
    several=(
        "todos", "todas", "todo", "cuáles", "cu[aá]ntos", "agentes", "algo", "alguno", "qué",
    ),
    exceptions=("excepto", "menos", "salvo", "quitando", "a excepción de", "pero no"),
    pronouns=(
        "eso", "ese", "[eé]l", "lo", "este", "ese agente", "(?:el|mi|este) agente", r"\w+(?:al|el|nl|nl)[oae]s?(?=$)",
        "ponl[oae] en (?:pausa|espera)",
    ),
    newest=(
        r"(?:el|la)?\s*(?:[uú]ltim[oa]|m[aá]s (?:reciente|nuevo))(?: agente)?",
        "el agente (?:[uú]ltimo|m[aá]s (?:reciente|nuevo))",
    ),
    ordinals=(
        "primer[oa]?", "segund[oa]", "tercer[oa]?", "cuart[oa]", "quint[oa]", "sext[oa]", "s[eé]ptim[oa]", "octav[oa]",
        "noven[oa]", "d[eé]cim[oa]",
    ),
    states={
        Status.RUNNING: (
            "en marcha", "activos?", "en ejecuci[oó]n", "corriendo", "trabajando", "en curso",
        ),
        Status.PAUSED: ("pausad[oa]s?", "en pausa", "en espera", "parad[oa]s?", "suspendid[oa]s?"),
        Status.PENDING: ("pendientes?", "en cola"),
        Status.FAILED: ("fallid[oa]s?", "que fall[oó]"),
        Status.COMPLETED: ("terminad[oa]s?", "complet[oa]s?", "acabad[oa]s?"),
    },
    joints=("y", "e", "and", "o"),
    places=("en", "de", "del", "para", "sobre", "on"),
    questions=(
        "todo (?:va |está )?bien", "c[oó]mo", "qu[eé]", "cu[aá]l(?:es)?", "cu[aá]nt[oa]s?", "d[oó]nde", "por qu[eé]",
        "hay", "ya", "estado", "est[aá]n?", "ha(?:n)? ", "dime", "mu[eé]strame", "ens[eé]ñame", "dame", "lista",
        "informe", "en qu[eé]", "termin[oó]", "acab[oó]", "sigue(?= funcionando| corriendo| vivo)", "status",
        "resumen", "quiero saber",
    ),
    overview=(
        "estado", "agentes?", "van", "va todo", "marcha", "progreso", "avance", "resumen", "gastado", "gasto",
        "cuesta", "coste", "costo", "corriendo", "activos?", "termin(?:ado|ó|aron)", "funcionando", "status", "todo",
        "pull requests?", "pasando", "pendiente", "novedades",
    ),
    overall=("c[oó]mo va (?:todo|eso|la cosa)",),
    progress=(
        "estado", "status", "c[oó]mo va", "qu[eé] tal", "ya (?:termin[oó]|acab[oó]|est[aá])", "termin[oó]", "acab[oó]",
        "alguna novedad", "progreso", "ha terminado", "sigue (?:funcionando|corriendo)",
    ),
    help=(
        "qu[eé] pasa si", "c[oó]mo (?:puedo|se|hago|pauso|paro|cancelo)", "qu[eé] (?:puedo|puedes|significa)",
        "cu[aá]l es la diferencia", "puedo (?:pausar|parar|cancelar)", "se puede",
    ),
    talk=(
        "ayer", "anoche", "si", "cuando", "en cuanto", "mañana", "gracias", "él|ella", "dijo", "me dijo", "tuve que",
        "la semana pasada", r"en \w+ (?:minutos|horas)", "creo que", r"jaja\w*", "pens[eé]", "estaba", "a las",
    ),
    settings=(
        "recu[eé]rdame", "av[ií]same", "pon (?:m[uú]sica|una alarma|un temporizador)", "llama", "env[ií]a un",
        "qu[eé] (?:tiempo|hora)", "apaga (?:la luz|las luces|la tele|la m[uú]sica)", "enciende",
        "cambia (?:el idioma|mi|mis)",
    ),
    launches=(
        (
            rf"(?:crea|crear|inicia|iniciar|lanza|lanzar|abre|abrir|arranca|arrancar|pon|poner|empieza|necesito|"
            rf"quiero|asigna|monta|levanta|manda|haz) {_WORKER}(?! (?:en (?:pausa|espera)))"
        ),
        "(?:un )?(?:nuevo agente|agente nuevo)", "otro agente",
    ),
    asking=("(?:puedes|podr[ií]as|pod[eé]is|alguien puede)",),
    work=(
        "arregla(?:r|me)?", "corrige", "corregir", "añade", "añadir", "agrega(?:r)?", "a[nñ]ade", "implementa(?:r)?",
        "actualiza(?:r)?", "refactoriza(?:r)?", "elimina(?:r)? (?:el|la|los|las) (?!agente)", "cambia(?:r)?",
        "mejora(?:r)?", "optimiza(?:r)?", "escrib[ei]r?", "crea(?:r)?", "haz(?! que)", r"haz que(?!.*\bagente)",
        "hacer", "investiga(?:r)?",
        "revisa(?:r)?", "migra(?:r)?", "documenta(?:r)?", "renombra(?:r)?", "soluciona(?:r)?", "busca(?:r)?", "sube",
        "quita(?:r)? (?:el|la|los|las) (?!agente)", "configura(?:r)?", "integra(?:r)?", "reemplaza(?:r)?", "traduce",
        "prueba", "mueve", "limpia(?:r)?", "depura(?:r)?", "mira por qu[eé]", "averigua", "resuelve", "reduce",
        "acelera", "convierte", "genera(?:r)?", "ajusta(?:r)?", "muestra(?! me)", "valida(?:r)?",
    ),
    other_work=("pon", "borra", "para", "cancela"),
    diagnosis=("(?:mira|averigua|revisa|comprueba) (?:por qu[eé]|si)",),
    others=(
        r"(?:los|las) (?:otros|dem[aá]s|otras)(?: \d+)?(?: agentes)?", "el (?:otro|resto)",
    ),
    defects=(
        "no", "roto", "rota", "falla(?:n)?", "error(?:es)?", "lent[oa]", "mal", "falta(?:n)?", "deber[ií]a",
        "necesita",
    ),
    subjects=("yo", "nosotros", "[eé]l", "ella", "ellos", "tu", "se", "me"),
    wishes=(
        "necesita(?:mos)?", "hay que", "falta", "deber[ií]a", "(?:no|ya no) funciona", "est[aá] rot[oa]",
        "alguien (?:tiene|deber[ií]a)",
    ),
    messages=(
        "(?:dile|d[ií]|pregunta|pregúntale|avisa|av[ií]sale|p[ií]dele) a(?:l)? {t} (?:que|si) {x}",
    ),
)  # fmt: skip
