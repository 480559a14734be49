"""Made-up secrets of many kinds in the places where they turn up, and text in which there are none."""

import base64
import json
import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ALNUM = string.ascii_letters + string.digits
URLSAFE = ALNUM + "-_"
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
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
    Kind("discord", "DISCORD_TOKEN", joined(chars(ALNUM, 23, "M"), chars(URLSAFE, 6), chars(URLSAFE, 38), by=".")),
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
]

NAMED: dict[str, Callable[[str, str], str]] = {
    "env": lambda name, secret: f"export {name}={secret}",
    "dotenv": lambda name, secret: f'{name}="{secret}"',
    "json": lambda name, secret: json.dumps({name.lower(): secret}),
    "python": lambda name, secret: f"{name.lower()} = {secret!r}",
    "js": lambda name, secret: f"const config = {{ {name.lower()}: '{secret}' }};",
    "yaml": lambda name, secret: f"  {name.lower()}: {secret}",
    "yaml quoted": lambda name, secret: f'  {name}: "{secret}"',
    "log": lambda name, secret: f"2026-11-26T10:11:12Z INFO starting with {name}={secret} region=fra",
    "docker": lambda name, secret: f"docker run -e {name}={secret} app:latest",
}
BARE: dict[str, Callable[[str], str]] = {
    "bearer": lambda secret: f"curl -H 'Authorization: Bearer {secret}' https://api.example.com/v1/me",
    "log": lambda secret: f"[error] request with {secret} was refused (401)",
    "argument": lambda secret: f"$ tool login {secret}",
    "traceback": lambda secret: f'ValueError: invalid token "{secret}"',
    "query": lambda secret: f"GET /callback?access_token={secret}&state=1 HTTP/1.1",
    "diff": lambda secret: f"+    client = Client('{secret}')",
}


def positives(seed: int, each: int) -> Iterator[tuple[str, str, str, str]]:
    """Kind, context, text, and what must not be in the text afterwards."""
    chance = random.Random(seed)  # noqa: S311 (the same every time)
    for kind in KINDS:
        for name, lay_out in NAMED.items():
            for _ in range(each):
                secret = kind.make(chance)
                if "\n" in secret and name in {"env", "yaml", "log", "docker"}:
                    continue
                yield kind.name, name, lay_out(kind.variable, secret), secret
        if kind.anywhere:
            for name, bare in BARE.items():
                for _ in range(each):
                    secret = kind.make(chance)
                    if name == "query" and ("/" in secret or "\n" in secret):
                        continue
                    yield kind.name, name, bare(secret), secret
