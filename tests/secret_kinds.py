"""Made-up secrets of many kinds."""

import base64
import json
import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

ALNUM = string.ascii_letters + string.digits
URLSAFE = ALNUM + "-_"
HEX = "0123456789abcdef"
B64 = ALNUM + "+/"
UPPER = string.ascii_uppercase + string.digits
SAS = ".blob.core.windows.net/box/a.zip?sv=2024-11-04&ss=b&srt=sco&sp=rl&se=2027-01-01T00:00:00Z&spr=https&sig="
BUS = "Endpoint=sb://bus.servicebus.windows.net/;SharedAccessKeyName="
BUS_KEY = ";SharedAccessKey="
HOOKS = "https://hooks.slack.com/workflows/T"
MSSQL = "Server=tcp:db.internal,1433;Database=app;User Id="
WORDS = "correct horse battery staple orange velvet tunnel marble quantum falcon ember willow".split()
Make = Callable[[random.Random], str]


@dataclass(frozen=True)
class Kind:
    name: str
    variable: str
    make: Make
    anywhere: bool = True  # Its shape alone gives it away; otherwise it needs its name beside it.


def chars(alphabet: str, count: int, prefix: str = "", suffix: str = "") -> Make:
    return lambda chance: prefix + "".join(chance.choice(alphabet) for _ in range(count)) + suffix


def joined(*parts: Make, by: str = "") -> Make:
    return lambda chance: by.join(part(chance) for part in parts)


def jwt(chance: random.Random) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    head = part({"alg": "HS256", "typ": "JWT"})
    body = part({"sub": str(chance.randrange(10**9)), "iat": 1700000000 + chance.randrange(10**7)})
    return f"{head}.{body}.{chars(URLSAFE, 43)(chance)}"


def pem(label: str) -> Make:
    def make(chance: random.Random) -> str:
        body = "\n".join(chars(ALNUM + "+/", 64)(chance) for _ in range(chance.randint(4, 14)))
        return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----"

    return make


def escaped_pem(chance: random.Random) -> str:
    """As it stands in the JSON of a service account or in one line of an .env file."""
    return pem("PRIVATE KEY")(chance).replace("\n", "\\n") + "\\n"


def pem_in_base64(chance: random.Random) -> str:
    return base64.b64encode(pem("OPENSSH PRIVATE KEY")(chance).encode()).decode()


def azure_signature(chance: random.Random) -> str:
    return quote(chars(B64, 43, suffix="=")(chance), safe="")


def words(chance: random.Random) -> str:
    return "-".join(chance.sample(WORDS, 4)).title() + str(chance.randrange(100))


def uuid(chance: random.Random) -> str:
    return joined(*(chars(HEX, count) for count in (8, 4, 4, 4, 12)), by="-")(chance)


def uri(scheme: str, path: str = "/app") -> Make:
    def make(chance: random.Random) -> str:
        user = (
            chance.choice(["app", "admin", "svc_wallet", ""])
            if scheme == "redis"
            else chance.choice(["app", "admin", "svc_wallet"])
        )
        password = chars(ALNUM + "!$*._-", chance.randint(10, 24))(chance)
        return f"{scheme}://{user}:{password}@db-{chance.randrange(99)}.internal:5432{path}"

    return make


KINDS = [
    Kind("github classic", "GITHUB_TOKEN", chars(ALNUM, 36, "ghp_")),
    Kind("github oauth", "GH_TOKEN", chars(ALNUM, 36, "gho_")),
    Kind("github user", "GH_TOKEN", chars(ALNUM, 36, "ghu_")),
    Kind("github server", "GITHUB_TOKEN", chars(ALNUM, 36, "ghs_")),
    Kind("github refresh", "GH_REFRESH_TOKEN", chars(ALNUM, 76, "ghr_")),
    Kind("github fine-grained", "GITHUB_PAT", joined(chars(ALNUM, 22, "github_pat_"), chars(ALNUM, 59), by="_")),
    Kind("gitlab", "GITLAB_TOKEN", chars(URLSAFE, 20, "glpat-")),
    Kind("gitlab runner", "RUNNER_TOKEN", chars(URLSAFE, 20, "glrt-")),
    Kind(
        "slack bot",
        "SLACK_BOT_TOKEN",
        joined(chars("123456789", 12, "xoxb-"), chars("123456789", 13), chars(ALNUM, 24), by="-"),
    ),
    Kind(
        "slack user",
        "SLACK_TOKEN",
        joined(chars("123456789", 12, "xoxp-"), chars("123456789", 12), chars("123456789", 12), chars(HEX, 32), by="-"),
    ),
    Kind(
        "slack app",
        "SLACK_APP_TOKEN",
        joined(chars(UPPER, 10, "xapp-1-A"), chars("123456789", 13), chars(HEX, 64), by="-"),
    ),
    Kind(
        "slack webhook",
        "SLACK_WEBHOOK",
        joined(chars(UPPER, 8, "https://hooks.slack.com/services/T"), chars(UPPER, 9, "B"), chars(ALNUM, 24), by="/"),
    ),
    Kind("stripe secret", "STRIPE_KEY", chars(ALNUM, 24, "sk_live_")),
    Kind("stripe restricted", "STRIPE_KEY", chars(ALNUM, 99, "rk_live_51")),
    Kind("stripe webhook", "STRIPE_WEBHOOK_SECRET", chars(ALNUM, 32, "whsec_")),
    Kind("aws key id", "AWS_ACCESS_KEY_ID", chars("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, "AKIA")),
    Kind("aws session key id", "AWS_ACCESS_KEY_ID", chars("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, "ASIA")),
    Kind("aws secret", "AWS_SECRET_ACCESS_KEY", chars(ALNUM + "/+", 40), anywhere=False),
    Kind("google api", "GOOGLE_API_KEY", chars(URLSAFE, 35, "AIza")),
    Kind("google oauth", "GOOGLE_CLIENT_SECRET", chars(URLSAFE, 28, "GOCSPX-")),
    Kind("npm", "NPM_TOKEN", chars(ALNUM, 36, "npm_")),
    Kind("pypi", "PYPI_TOKEN", chars(URLSAFE, 150, "pypi-AgEIcHlwaS5vcmc")),
    Kind("anthropic", "ANTHROPIC_API_KEY", chars(URLSAFE, 93, "sk-ant-api03-", "AA")),
    Kind("anthropic oauth", "CLAUDE_TOKEN", chars(URLSAFE, 93, "sk-ant-oat01-", "AA")),
    Kind("anthropic admin", "ANTHROPIC_ADMIN_KEY", chars(URLSAFE, 93, "sk-ant-admin01-", "AA")),
    Kind("openai project", "OPENAI_API_KEY", joined(chars(URLSAFE, 74, "sk-proj-"), chars(URLSAFE, 74), by="T3BlbkFJ")),
    Kind("openai old", "OPENAI_API_KEY", joined(chars(ALNUM, 20, "sk-"), chars(ALNUM, 20), by="T3BlbkFJ")),
    Kind("openai other", "OPENAI_API_KEY", chars(ALNUM, 48, "sk-")),
    Kind("hugging face", "HF_TOKEN", chars(string.ascii_letters, 34, "hf_")),
    Kind("twilio key", "TWILIO_API_KEY", chars(HEX, 32, "SK")),
    Kind("twilio auth", "TWILIO_AUTH_TOKEN", chars(HEX, 32), anywhere=False),
    Kind("sendgrid", "SENDGRID_API_KEY", joined(chars(URLSAFE, 22, "SG."), chars(URLSAFE, 43), by=".")),
    Kind("mailgun", "MAILGUN_KEY", chars(HEX, 32, "key-"), anywhere=False),
    Kind("telegram", "TELEGRAM_BOT_TOKEN", joined(chars("123456789", 10), chars(URLSAFE, 33, "AA"), by=":")),
    Kind("discord", "DISCORD_TOKEN", joined(chars(ALNUM, 24, "MT"), chars(URLSAFE, 6), chars(URLSAFE, 38), by=".")),
    Kind("jwt", "JWT", jwt),
    Kind("rsa key", "PRIVATE_KEY", pem("RSA PRIVATE KEY")),
    Kind("ec key", "PRIVATE_KEY", pem("EC PRIVATE KEY")),
    Kind("openssh key", "PRIVATE_KEY", pem("OPENSSH PRIVATE KEY")),
    Kind("pkcs8 key", "PRIVATE_KEY", pem("PRIVATE KEY")),
    Kind("encrypted key", "PRIVATE_KEY", pem("ENCRYPTED PRIVATE KEY")),
    Kind("pgp key", "PRIVATE_KEY", pem("PGP PRIVATE KEY BLOCK")),
    Kind("postgres", "DATABASE_URL", uri("postgresql")),
    Kind("postgres short", "DATABASE_URL", uri("postgres")),
    Kind("mysql", "DATABASE_URL", uri("mysql")),
    Kind("mongodb", "MONGO_URL", uri("mongodb+srv")),
    Kind("redis", "REDIS_URL", uri("redis", "/0")),
    Kind("amqp", "AMQP_URL", uri("amqp", "/vhost")),
    Kind("digitalocean", "DO_TOKEN", chars(HEX, 64, "dop_v1_")),
    Kind("fly macaroon", "FLY_API_TOKEN", chars(ALNUM + "+/", 160, "fm2_lJPE")),
    Kind("fly old", "FLY_ACCESS_TOKEN", chars(URLSAFE, 43, "fo1_")),
    Kind("cadence", "CADENCE_TOKEN", chars(URLSAFE, 43, "cad_")),
    Kind("hetzner", "HCLOUD_TOKEN", chars(ALNUM, 64), anywhere=False),
    Kind(
        "heroku",
        "HEROKU_API_KEY",
        joined(chars(HEX, 8), chars(HEX, 4), chars(HEX, 4), chars(HEX, 4), chars(HEX, 12), by="-"),
        anywhere=False,
    ),
    Kind("cloudflare", "CLOUDFLARE_API_TOKEN", chars(URLSAFE, 40), anywhere=False),
    Kind("datadog", "DD_API_KEY", chars(HEX, 32), anywhere=False),
    Kind("deepgram", "DEEPGRAM_API_KEY", chars(HEX, 40), anywhere=False),
    Kind("new relic", "NEW_RELIC_API_KEY", chars(UPPER, 27, "NRAK-")),
    Kind("sentry", "SENTRY_AUTH_TOKEN", chars(HEX, 64, "sntryu_")),
    Kind("linear", "LINEAR_API_KEY", chars(ALNUM, 40, "lin_api_")),
    Kind("notion", "NOTION_TOKEN", chars(ALNUM, 46, "ntn_")),
    Kind("figma", "FIGMA_TOKEN", chars(URLSAFE, 40, "figd_")),
    Kind("shopify", "SHOPIFY_TOKEN", chars(HEX, 32, "shpat_")),
    Kind("square", "SQUARE_TOKEN", chars(URLSAFE, 22, "sq0atp-")),
    Kind("databricks", "DATABRICKS_TOKEN", chars(HEX, 32, "dapi")),
    Kind("vault", "VAULT_TOKEN", chars(URLSAFE, 90, "hvs.")),
    Kind("terraform", "TF_TOKEN", joined(chars(ALNUM, 14), chars(URLSAFE, 67), by=".atlasv1.")),
    Kind("docker hub", "DOCKER_PAT", chars(URLSAFE, 27, "dckr_pat_")),
    Kind("grafana", "GRAFANA_TOKEN", joined(chars(ALNUM, 32, "glsa_"), chars(HEX, 8), by="_")),
    Kind("groq", "GROQ_API_KEY", chars(ALNUM, 52, "gsk_")),
    Kind("replicate", "REPLICATE_API_TOKEN", chars(ALNUM, 37, "r8_")),
    Kind("xai", "XAI_API_KEY", chars(ALNUM, 80, "xai-")),
    Kind("postman", "POSTMAN_API_KEY", joined(chars(HEX, 24, "PMAK-"), chars(HEX, 34), by="-")),
    Kind("pulumi", "PULUMI_ACCESS_TOKEN", chars(HEX, 40, "pul-")),
    Kind("rubygems", "RUBYGEMS_API_KEY", chars(HEX, 48, "rubygems_")),
    Kind("age", "AGE_SECRET_KEY", chars("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58, "AGE-SECRET-KEY-1")),
    Kind(
        "azure storage",
        "AZURE_STORAGE_CONNECTION_STRING",
        joined(
            chars(string.ascii_lowercase, 10, "DefaultEndpointsProtocol=https;AccountName="),
            chars(ALNUM + "+/", 86, suffix="=="),
            by=";AccountKey=",
        ),
    ),
    Kind("vercel", "VERCEL_TOKEN", chars(ALNUM, 24), anywhere=False),
    Kind("password", "DB_PASSWORD", chars(ALNUM + "!#%+", 16), anywhere=False),
    Kind("secret key", "SECRET_KEY", chars(ALNUM + "!@#%^&*(-_=+)", 50), anywhere=False),
    Kind("client secret", "CLIENT_SECRET", chars(URLSAFE, 32), anywhere=False),
    Kind("aws session", "AWS_SESSION_TOKEN", chars(ALNUM + "+/", 320, "IQoJb3JpZ2luX2Vj", "=="), anywhere=False),
    Kind("aws bedrock", "AWS_BEARER_TOKEN_BEDROCK", chars(ALNUM + "+/", 124, "ABSK", "="), anywhere=False),
    Kind("gcp account key", "PRIVATE_KEY", escaped_pem),
    Kind("gcp access", "GCP_TOKEN", chars(URLSAFE, 120, "ya29.a0A")),
    Kind("azure client secret", "AZURE_CLIENT_SECRET", joined(chars(ALNUM, 3), chars(ALNUM + "-_~.", 34), by="8Q~")),
    Kind("azure sas", "SAS_URL", joined(chars(string.ascii_lowercase, 9, "https://"), azure_signature, by=SAS)),
    Kind(
        "azure service bus",
        "SERVICEBUS",
        joined(chars(string.ascii_lowercase, 6, BUS), chars(B64, 43, suffix="="), by=BUS_KEY),
    ),
    Kind("slack config", "SLACK_CONFIG_TOKEN", chars(ALNUM, 160, "xoxe.xoxp-1-")),
    Kind(
        "slack workflow",
        "HOOK",
        joined(chars(UPPER, 8, HOOKS), chars(UPPER, 9, "A"), chars("123456789", 18), chars(ALNUM, 24), by="/"),
    ),
    Kind("gitlab deploy", "DEPLOY_TOKEN", chars(URLSAFE, 20, "gldt-")),
    Kind("gitlab trigger", "TRIGGER_TOKEN", chars(HEX, 40, "glptt-")),
    Kind("gitlab job", "CI_JOB_TOKEN", joined(chars(HEX, 2, "glcbt-"), chars(URLSAFE, 20), by="_")),
    Kind("gitlab feed", "FEED_TOKEN", chars(URLSAFE, 20, "glft-")),
    Kind(
        "openai service", "OPENAI_API_KEY", joined(chars(URLSAFE, 74, "sk-svcacct-"), chars(URLSAFE, 74), by="T3BlbkFJ")
    ),
    Kind(
        "openai admin", "OPENAI_ADMIN_KEY", joined(chars(URLSAFE, 58, "sk-admin-"), chars(URLSAFE, 58), by="T3BlbkFJ")
    ),
    Kind("openrouter", "OPENROUTER_API_KEY", chars(HEX, 64, "sk-or-v1-")),
    Kind("deepseek", "DEEPSEEK_API_KEY", chars(HEX, 32, "sk-")),
    Kind("fly one", "FLY_API_TOKEN", chars(B64, 300, "FlyV1 fm2_lJPE")),
    Kind("do oauth", "DO_TOKEN", chars(HEX, 64, "doo_v1_")),
    Kind("do refresh", "DO_TOKEN", chars(HEX, 64, "dor_v1_")),
    Kind("cloudflare global", "CF_API_KEY", chars(HEX, 37), anywhere=False),
    Kind("cloudflare ca", "CF_ORIGIN_KEY", joined(chars(HEX, 24, "v1.0-"), chars(HEX, 146), by="-")),
    Kind("heroku new", "HEROKU_API_KEY", chars(URLSAFE, 58, "HRKU-AA")),
    Kind("datadog app", "DD_APP_KEY", chars(HEX, 40), anywhere=False),
    Kind("new relic license", "NEW_RELIC_LICENSE_KEY", chars(HEX, 36, suffix="NRAL")),
    Kind("new relic insert", "NR_INSERT_KEY", chars(URLSAFE, 32, "NRII-")),
    Kind(
        "sentry dsn",
        "SENTRY_DSN",
        joined(chars(HEX, 32, "https://"), chars("123456789", 7, "o4504.ingest.sentry.io/"), by="@"),
    ),
    Kind(
        "sentry old dsn",
        "SENTRY_DSN",
        joined(chars(HEX, 32, "https://"), chars(HEX, 32, suffix="@sentry.example.com/7"), by=":"),
    ),
    Kind("sentry org", "SENTRY_AUTH_TOKEN", joined(chars(ALNUM, 80, "sntrys_eyJ"), chars(B64, 43), by="_")),
    Kind(
        "discord webhook",
        "DISCORD_WEBHOOK",
        joined(chars("123456789", 18, "https://discord.com/api/webhooks/"), chars(URLSAFE, 68), by="/"),
    ),
    Kind("vault batch", "VAULT_TOKEN", chars(URLSAFE, 140, "hvb.AAAAAQ")),
    Kind("vault old", "VAULT_TOKEN", chars(ALNUM, 24, "s."), anywhere=False),
    Kind("supabase", "SUPABASE_ACCESS_TOKEN", chars(HEX, 40, "sbp_")),
    Kind("supabase secret", "SUPABASE_SECRET_KEY", joined(chars(URLSAFE, 22, "sb_secret_"), chars(URLSAFE, 8), by="_")),
    Kind("shopify shared", "SHOPIFY_SECRET", chars(HEX, 32, "shpss_")),
    Kind("square access", "SQUARE_ACCESS_TOKEN", chars(URLSAFE, 60, "EAAA")),
    Kind("square secret", "SQUARE_SECRET", chars(URLSAFE, 43, "sq0csp-")),
    Kind("paypal", "PAYPAL_CLIENT_SECRET", chars(URLSAFE, 78, "EL"), anywhere=False),
    Kind("braintree", "BRAINTREE_TOKEN", joined(chars(ALNUM, 16, "access_token$production$"), chars(HEX, 32), by="$")),
    Kind("linear oauth", "LINEAR_TOKEN", chars(HEX, 64, "lin_oauth_")),
    Kind("notion old", "NOTION_TOKEN", chars(ALNUM, 43, "secret_")),
    Kind(
        "atlassian",
        "ATLASSIAN_TOKEN",
        joined(chars(URLSAFE, 180, "ATATT3xFfGF0"), chars("0123456789ABCDEF", 8), by="="),
    ),
    Kind("bitbucket", "BITBUCKET_PASSWORD", joined(chars(ALNUM, 28, "ATBB"), chars("0123456789ABCDEF", 8), by="")),
    Kind("jira old", "JIRA_API_TOKEN", chars(ALNUM, 24), anywhere=False),
    Kind(
        "mssql", "MSSQL", joined(chars(string.ascii_lowercase, 5, MSSQL), chars(ALNUM + "!$*._-", 14), by=";Password=")
    ),
    Kind(
        "jdbc",
        "JDBC_URL",
        joined(chars(HEX, 4, "jdbc:postgresql://db-"), chars(ALNUM, 16), by=".internal:5432/app?user=app&password="),
    ),
    Kind("sqlalchemy", "DATABASE_URL", uri("postgresql+asyncpg")),
    Kind("mssql address", "DATABASE_URL", uri("mssql+pyodbc")),
    Kind("amqps", "BROKER_URL", uri("amqps", "/vhost")),
    Kind("rediss", "REDIS_URL", uri("rediss", "/0")),
    Kind("clickhouse", "CLICKHOUSE_URL", uri("clickhouse")),
    Kind("smtp", "SMTP_URL", uri("smtps", "")),
    Kind("basic auth", "URL", uri("https", "/repo.git")),
    Kind("github in url", "ORIGIN", chars(ALNUM, 36, "https://x-access-token:ghs_", "@github.com/me/it.git")),
    Kind("mapbox", "MAPBOX_TOKEN", joined(chars(ALNUM, 80, "sk.eyJ1Ijoi"), chars(ALNUM, 22), by=".")),
    Kind("mailchimp", "MAILCHIMP_KEY", chars(HEX, 32, suffix="-us12")),
    Kind(
        "mailgun new", "MAILGUN_API_KEY", joined(chars(HEX, 32), chars(HEX, 8), chars(HEX, 8), by="-"), anywhere=False
    ),
    Kind("brevo", "BREVO_API_KEY", joined(chars(HEX, 64, "xkeysib-"), chars(ALNUM, 16), by="-")),
    Kind("resend", "RESEND_API_KEY", joined(chars(ALNUM, 8, "re_"), chars(ALNUM, 24), by="_")),
    Kind("postmark", "POSTMARK_TOKEN", uuid, anywhere=False),
    Kind("cohere", "COHERE_API_KEY", chars(ALNUM, 40), anywhere=False),
    Kind("eleven labs", "ELEVENLABS_API_KEY", chars(HEX, 48, "sk_")),
    Kind("perplexity", "PERPLEXITY_API_KEY", chars(ALNUM, 48, "pplx-")),
    Kind("nvidia", "NVIDIA_API_KEY", chars(URLSAFE, 64, "nvapi-")),
    Kind("hugging face org", "HF_TOKEN", chars(string.ascii_letters, 34, "api_org_")),
    Kind("tailscale", "TS_AUTHKEY", joined(chars(ALNUM, 16, "tskey-auth-"), chars(ALNUM, 30), by="-")),
    Kind("doppler", "DOPPLER_TOKEN", chars(ALNUM, 43, "dp.pt.")),
    Kind("planetscale", "PLANETSCALE_TOKEN", chars(ALNUM, 43, "pscale_tkn_")),
    Kind("planetscale password", "DATABASE_PASSWORD", chars(ALNUM, 43, "pscale_pw_")),
    Kind("prefect", "PREFECT_API_KEY", chars(ALNUM, 36, "pnu_")),
    Kind("dynatrace", "DT_API_TOKEN", joined(chars(UPPER, 24, "dt0c01."), chars(UPPER, 64), by=".")),
    Kind("artifactory", "ARTIFACTORY_API_KEY", chars(ALNUM, 69, "AKCp")),
    Kind("artifactory reference", "ARTIFACTORY_TOKEN", chars(ALNUM, 59, "cmVmdGtu")),
    Kind("circleci", "CIRCLE_TOKEN", joined(chars(ALNUM, 22, "CCIPAT_"), chars(HEX, 40), by="_")),
    Kind("buildkite", "BUILDKITE_TOKEN", chars(HEX, 40, "bkua_")),
    Kind("sonar", "SONAR_TOKEN", chars(HEX, 40, "squ_")),
    Kind("okta", "OKTA_API_TOKEN", chars(URLSAFE, 40, "00"), anywhere=False),
    Kind("facebook", "FACEBOOK_TOKEN", chars(ALNUM, 180, "EAACEdEose0cBA")),
    Kind("twitter", "TWITTER_BEARER", chars(ALNUM + "%", 80, "AAAAAAAAAAAAAAAAAAAAA"), anywhere=False),
    Kind("airtable", "AIRTABLE_PAT", joined(chars(ALNUM, 14, "pat"), chars(HEX, 64), by=".")),
    Kind("asana", "ASANA_TOKEN", joined(chars("123456789", 16, "1/"), chars(HEX, 32), by=":"), anywhere=False),
    Kind("netlify", "NETLIFY_AUTH_TOKEN", chars(URLSAFE, 40, "nfp_")),
    Kind("langsmith", "LANGSMITH_API_KEY", joined(chars(HEX, 32, "lsv2_pt_"), chars(HEX, 10), by="_")),
    Kind("1password", "OP_SERVICE_ACCOUNT_TOKEN", chars(ALNUM, 250, "ops_eyJ")),
    Kind("key in base64", "SSH_KEY_B64", pem_in_base64),
    Kind(
        "weak password",
        "MYSQL_PASSWORD",
        joined(chars(string.ascii_letters, 6), chars(string.digits, 3), chars("!@#$%", 1)),
        anywhere=False,
    ),
    Kind("words", "ADMIN_PASSWORD", words, anywhere=False),
    Kind("django key", "DJANGO_SECRET_KEY", chars(ALNUM + "!@#%^&*(-_=+)", 50, "django-insecure-"), anywhere=False),
    Kind("rails key", "SECRET_KEY_BASE", chars(HEX, 128), anywhere=False),
    Kind("laravel key", "APP_KEY", chars(B64, 43, "base64:", "="), anywhere=False),
    Kind("encryption key", "ENCRYPTION_KEY", chars(B64, 43, suffix="="), anywhere=False),
    Kind("webhook secret", "WEBHOOK_SECRET", chars(HEX, 64), anywhere=False),
    Kind("session id", "SESSION_SECRET", chars(ALNUM, 32), anywhere=False),
    Kind("passphrase", "KEY_PASSPHRASE", words, anywhere=False),
]
