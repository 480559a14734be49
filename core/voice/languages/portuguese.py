"""Portuguese, of Brazil and of Portugal."""

from typing import Final

from core.model.agent import Status
from core.model.command import Act
from core.voice.languages.language import Language

_WORKER: Final = r"(?:um |uma |outro |o |novo )*(?:agente|tarefa|trabalho)(?: novo)?"

PORTUGUESE: Final = Language(
    code="pt",
    marks=(
        "o os as um uma do da dos das no na nos agente agentes por favor para pra com que qual quais como está estão "
        "estao meus meu minha todos tudo todas pausa pausar pause pare parar cancela cancelar retoma retomar continua "
        "não nao e em ao primeiro segundo terceiro último ultimo dois três quatro cinco seis conserta corrige adiciona "
        "cria quero pode você voce coloca põe bota estado andamento obrigado olá só já esse essa isso este mata apaga "
        "exclui inicia abre terminou acabou vai vão espera deixa arruma interrompe encerra quanto"
    ),
    fillers=("e+h+", "h+[aã]+", "h+m+", "tipo", "né", "ahn"),
    courtesies=(
        "olá", "oi", "ei", "por favor", "ok", "okay", "certo", "bom", "bem", "sim", "agora", "então", "e",
        "(?:você |voce )?(?:pode|poderia|consegue)", "(?:eu )?(?:quero|queria|gostaria)(?: que (?:você|voce)?| de)?",
        "preciso (?:que (?:você)?|de)?", "vamos", "dá para", "cadence(?=,)", "bom dia", "só", "melhor",
    ),
    endings=(
        "por favor", "agora(?: mesmo)?", "já", "obrigad[oa]", "por enquanto", "por agora",
        "um (?:pouco|momento|minuto|instante)", "até", "enquanto", "porque", "que", "de novo", "novamente",
        "imediatamente", "hoje", "também", "para que", "de vez", "logo",
    ),
    corrections=(
        "não,? espera", "espera,? não", "espera", "desculpa?e?", "quer dizer", "digo", "ou melhor", "não,? não",
        "(?<=,) não(?=,)", "correção", "aliás",
    ),
    negations=("(?:por favor,? )?(?:n[aã]o|nunca|jamais|nem)",),
    instead=("s[oó]", "apenas", "mas", "somente", "em vez disso"),
    withdrawals=(
        "esquece", "deixa (?:pra l[aá]|para l[aá]|quieto|estar)", "deixa", "n[aã]o importa", "nada n[aã]o",
        "tanto faz",
    ),
    conditions=(
        "se", "quando", "assim que", "depois (?:de|que)", "antes de", r"[aà]s \w+",
        r"em \w+ (?:minutos?|horas?|dias?)", "daqui a", "amanh[aã]", "hoje [aà] noite", "cada", "todo dia",
        "e (?:depois )?(?:cria|inicia|pausa|para|pare|cancela|retoma|abre|come[cç]a|corrige)",
    ),
    times=(
        "amanh[aã](?: (?:cedo|de manhã|à tarde|à noite))?", "mais tarde", "semana que vem", "[aà]s \\w+(?: horas)?",
        "(?:na|no) (?:segunda|terça|quarta|quinta|sexta|sábado|domingo)(?:-feira)?",
        "(?:em|daqui a) \\w+ (?:minutos?|horas?|dias?)",
    ),
    for_a_while=(
        "por enquanto", "por agora", "um (?:pouco|momento|minuto|instante)", "at[eé]", "enquanto", "temporariamente",
        "mais tarde", "depois eu (?:retomo|continuo)",
    ),
    orders={
        Act.PAUSE: (
            (
                "(?:pausa|pausar|pause|pausem|pausamos|suspende|suspender|suspenda|congela|congelar|"
                "p[oõ]e em pausa|coloca em (?:pausa|espera)) {t}"
            ),
            (
                "(?:coloca|colocar|coloque|p[oõ]e|ponha|p[oô]r|bota|deixa|deixe) {t} em (?:pausa|espera|"
                "stand-?by){e}"
            ),
            r"(?P<target>pausa-?[oa]s?)(?P<ending>(?:[\s,.!].*)?)", "(?:pausa|pausar|pause)",
            "(?:para|pare|parar) {t} (?:por (?:enquanto|agora)|um (?:pouco|momento|minuto|instante)){e}",
            "d[aá] (?:um tempo|uma pausa) (?:no|na|n[oa]s|com o|em|pro) {t}", "segura {t}",
        ),
        Act.RESUME: (
            (
                "(?:retoma|retomar|retome|reativa|reativar|reative|continua|continuar|continue|prossegue|"
                "prosseguir|despausa|despausar|reinicia|reiniciar|volta) (?:com )?{t}"
            ),
            r"(?P<target>retoma-?[oa]s?)(?P<ending>(?:[\s,.!].*)?)", "(?:retoma|continua|continue|prossegue)",
            "(?:deixa |que )?{t} (?:pode (?:continuar|seguir|voltar)|continue|continuar){e}",
            "segue (?:com|em frente com) {t}",
            (
                "(?:coloca|bota|p[oõ]e) {t} (?:pra|para|a) (?:rodar|andar|trabalhar|funcionar)(?: de novo|"
                " outra vez)?{e}"
            ),
            "tira {t} da pausa{e}", "acorda {t}",
        ),
        Act.STOP: (
            (
                "(?:para|pare|parar|parem|cancela|cancelar|cancele|mata|matar|mate|encerra|encerrar|encerre|"
                "termina|terminar|termine|finaliza|finalizar|aborta|abortar|aborte|apaga|apagar|exclui|excluir|"
                "exclua|elimina|eliminar|deleta|deletar|desliga|desligar|derruba|interrompe|interromper|descarta|"
                "remove|remover|stop) {t}"
            ),
            r"(?P<target>(?:para|mata|cancela|encerra|termina|apaga)-?[oa]s?)(?P<ending>(?:[\s,.!].*)?)",
            "(?:para|pare|parar)", "acaba com {t}", "joga {t} fora{e}",
        ),
    },
    agents=("agentes?", "agents?", "tarefas?", "trabalhos?"),
    articles=(
        "o", "a", "os", "as", "um", "uma", "do", "da", "dos", "das", "de", "no", "na", "nos", "nas", "em", "com",
        "para", "pra", "pro", "meu", "minha", "que", "está", "esta", "esse", "essa", "este", "e", "por", "trabalhando",
        "fazendo", "coisa", "negócio", "repo", "repositório", "the", "erro", "bug", "correção", "ao",
    ),
    everything=(
        "tudo", "todos(?: (?:os|eles|meus|agentes))*", "todas(?: (?:as|tarefas))*", "os dois(?: agentes)?",
        "ambos(?: os agentes)?", r"(?:os|meus|os meus) agentes(?!\s*,?\s*\d)",
    ),
    several=(
        "todos", "todas", "tudo", "quais", "quantos", "agentes", "algum", "alguma coisa", "o que",
    ),
    exceptions=(
        "exceto", "menos", "fora", "a n[aã]o ser", "com exce[cç][aã]o d[eo]", "mas n[aã]o", "tirando",
    ),
    pronouns=(
        "isso", "ele", "ela", "isto", "esse", "este", "(?:o|meu|esse|este) agente", r"\w+a-?[oa]s?(?=$)",
    ),
    newest=(
        "(?:o |a )?(?:[uú]ltim[oa]|mais (?:recente|novo))(?: agente)?", "o agente mais (?:recente|novo)",
    ),
    ordinals=(
        "primeir[oa]", "segund[oa]", "terceir[oa]", "quart[oa]", "quint[oa]", "sext[oa]", "s[eé]tim[oa]", "oitav[oa]",
        "non[oa]", "d[eé]cim[oa]",
    ),
    states={
        Status.RUNNING: ("em andamento", "ativos?", "rodando", "em execu[cç][aã]o", "trabalhando"),
        Status.PAUSED: ("pausad[oa]s?", "em pausa", "em espera", "parad[oa]s?", "suspens[oa]s?"),
        Status.PENDING: ("pendentes?", "na fila"),
        Status.FAILED: ("que falhou", "falhad[oa]s?"),
        Status.COMPLETED: ("terminad[oa]s?", "conclu[ií]d[oa]s?", "pront[oa]s?"),
    },
    joints=("e", "and", "ou"),
    places=("em", "no", "na", "nos", "do", "da", "de", "para", "on", "sobre"),
    questions=(
        "(?:est[aá] )?tudo (?:bem|certo|ok)", "como", "o? ?que", "qual", "quais", "quant[oa]s?", "onde", "por que",
        "h[aá]", "tem", "j[aá]", "estado", "est[aá]o?", "me (?:diz|diga|mostra|mostre|d[aá])", "mostra(?:-me)?", "diz",
        "lista(?:r)?", "status", "resumo", "terminou", "acabou", "quero saber", "a quantas",
    ),
    overview=(
        "status", "estado", "agentes?", "andamento", "progresso", "resumo", "gast(?:ei|o|amos|ou)", "custou?", "custo",
        "rodando", "ativos?", "terminou", "pull requests?", "tudo", "v[aã]o", "indo", "acontecendo", "novidades?",
        "pendente",
    ),
    overall=("como (?:vai|est[aá]) (?:tudo|isso|indo)",),
    progress=(
        "status", "estado", "como (?:est[aá]|vai|anda)", "j[aá] (?:terminou|acabou|est[aá] pronto)", "terminou",
        "acabou", "alguma novidade", "progresso", "pronto", "ainda (?:est[aá]|rodando)",
    ),
    help=(
        "o que acontece se", "como (?:eu |fa[cç]o|posso|se|pauso|paro)", "o que (?:voc[eê] )?(?:posso|pode|significa)",
        "qual (?:[eé] )?a diferen[cç]a", "(?:eu )?posso (?:pausar|parar|cancelar)", "d[aá] para",
    ),
    talk=(
        "ontem", "semana passada", "se", "quando", "assim que", "amanh[aã]", "obrigad[oa]", "ele|ela",
        "eu (?:tive|disse|estava|achei|acho)", "tive que", r"haha\w*|kkk+|rs+", r"[aà]s \w+", "daqui a",
        r"em \w+ (?:minutos|horas)",
    ),
    settings=(
        "me lembr[ae]", "lembra-me", "me avisa", "toca", "liga para", "manda (?:uma )?mensagem", "que horas",
        "como est[aá] o tempo", "apaga a luz", "acende", "muda (?:o idioma|meu|minha)",
    ),
    launches=(
        (
            rf"(?:cria|criar|crie|inicia|iniciar|inicie|lan[cç]a|lan[cç]ar|abre|abrir|come[cç]a|p[oõ]e|coloca|"
            rf"coloque|sobe|preciso de|quero|manda|faz) {_WORKER}(?! em (?:pausa|espera))"
        ),
        "(?:um )?novo agente", "outro agente",
    ),
    asking=("(?:pode|poderia|voc[eê] pode|algu[eé]m pode)",),
    work=(
        "corrig[ei]r?", "corrija", "conserta(?:r)?", "arruma(?:r)?", "adiciona(?:r)?", "adicione", "implementa(?:r)?",
        "atualiza(?:r)?", "atualize", "refatora(?:r)?", "melhora(?:r)?", "otimiza(?:r)?", "escrev[ea]r?",
        "cria(?:r)?(?! (?:um |novo |outro )*agente)", "faz(?:er)?(?! com que)",
        r"faz(?:er)? com que(?!.*\bagente)", "fa[cç]a", "investiga(?:r)?", "verifica(?:r)?",
        "migra(?:r)?", "documenta(?:r)?", "renomeia", "resolv[ea]r?", "muda(?:r)?(?! (?:o idioma|meu|minha))",
        "troca(?:r)?", "substitui(?:r)?", "remove(?:r)? (?:o|a|os|as) (?!agente)", "integra(?:r)?", "configura(?:r)?",
        "traduz(?:ir)?", "testa(?:r)?", "limpa(?:r)?", "descobre", "acelera(?:r)?", "reduz(?:ir)?", "converte(?:r)?",
        "gera(?:r)?", "mostra(?:r)?(?!-me)", "ajusta(?:r)?", "valida(?:r)?", "revisa(?:r)?", "move(?:r)?",
        "inclui(?:r)?", "suporta(?:r)?", "altera(?:r)?",
    ),
    other_work=("coloca", "apaga", "para", "exclui"),
    diagnosis=("(?:v[eê]|verifica|descobre|olha) (?:por que|se)",),
    others=(
        r"(?:os|as) (?:outros|demais|outras)(?: \d+)?(?: agentes)?", "o (?:outro|resto)",
    ),
    defects=(
        "não", "nao", "quebrad[oa]", "erro", "falha", "lent[oa]", "falta", "deveria", "precisa", "errad[oa]",
    ),
    subjects=("eu", "nós", "a gente", "ele", "ela", "eles", "voc[eê]"),
    wishes=(
        "precisa(?:mos)?", "falta", "deveria", "devia", "n[aã]o (?:funciona|est[aá] funcionando)",
        "est[aá] quebrad[oa]", "algu[eé]m (?:precisa|tem|devia)",
    ),
    messages=(
        "(?:diz|diga|fala|pergunta|avisa|pede) (?:ao|para o|pro|a|para) {t} (?:que|se|para) {x}",
    ),
)  # fmt: skip
