"""Made-up secrets in the places where they turn up."""

import json
import random
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from urllib.parse import quote

from tests.secret_kinds import KINDS

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
    "ini": lambda name, secret: f"[service]\n{name.lower()} = {secret}\n",
    "toml": lambda name, secret: f"[tool.it]\n{name.lower()} = {json.dumps(secret)}",
    "properties": lambda name, secret: f"spring.{name.lower().replace('_', '.')}={secret}",
    "hcl": lambda name, secret: f'  {name.lower():<24} = "{secret}"',
    "xml attribute": lambda name, secret: f'<add key="{name}" value="{secret}" />',
    "xml element": lambda name, secret: f"<{camel(name)}>{secret}</{camel(name)}>",
    "javascript": lambda name, secret: f'const {camel(name)} = "{secret}";',
    "typescript": lambda name, secret: f"  {camel(name)}: '{secret}',",
    "java": lambda name, secret: f'private static final String {name} = "{secret}";',
    "go": lambda name, secret: f'{camel(name)} := "{secret}"',
    "go struct": lambda name, secret: f'\t{camel(name)}: "{secret}",',
    "csharp": lambda name, secret: f'public string {name.title().replace("_", "")} {{ get; set; }} = "{secret}";',
    "rust": lambda name, secret: f'let {name.lower()}: &str = "{secret}";',
    "python typed": lambda name, secret: f'{name}: Final[str] = "{secret}"',
    "python argument": lambda name, secret: f'client = Client("eu", {name.lower()}="{secret}")',
    "python environ": lambda name, secret: f'os.environ["{name}"] = "{secret}"',
    "python default": lambda name, secret: f'os.environ.get("{name}", "{secret}")',
    "php": lambda name, secret: f"define('{name}', '{secret}');",
    "php array": lambda name, secret: f"    '{name.lower()}' => '{secret}',",
    "ruby": lambda name, secret: f'ENV["{name}"] ||= "{secret}"',
    "kotlin": lambda name, secret: f'val {camel(name)}: String = "{secret}"',
    "dockerfile": lambda name, secret: f"ENV {name} {secret}",
    "dockerfile equals": lambda name, secret: f"ENV {name}={secret}",
    "flag": lambda name, secret: f"tool deploy --{name.lower().replace('_', '-')} {secret} --region fra",
    "flag equals": lambda name, secret: f"tool deploy --{name.lower().replace('_', '-')}={secret}",
    "set": lambda name, secret: f"fly secrets set {name}={secret}",
    "powershell": lambda name, secret: f'$env:{name} = "{secret}"',
    "escaped json": lambda name, secret: json.dumps(json.dumps({name.lower(): secret, "n": 1})),
    "json in a log": lambda name, secret: f'level=info body={{"{camel(name)}":"{secret}","ok":true}}',
    "repr in a log": lambda name, secret: f"DEBUG config={{'{name.lower()}': '{secret}', 'debug': False}}",
    "kubernetes": lambda name, secret: f"        - name: {name}\n          value: {secret}\n",
    "compose": lambda name, secret: f"      - {name}={secret}",
    "query": lambda name, secret: f"GET /v1/things?{name.lower()}={quote(secret, safe='')}&page=2 HTTP/1.1",
    "diff": lambda name, secret: f"+{name}={secret}",
    "comment": lambda name, secret: f"# {name}: {secret}",
    "header": lambda name, secret: f"X-{name.title().replace('_', '-')}: {secret}",
    "sql": lambda name, secret: f"ALTER ROLE app SET {name.lower()} = '{secret}';",
    "markdown": lambda name, secret: f"- **{name}**: `{secret}`",
    "table": lambda name, secret: f"| {name} | {secret} |",
    "said": lambda name, secret: f"The {name.lower().replace('_', ' ')} is {secret}",
}
ONE_LINE = frozenset(
    {
        "env",
        "yaml",
        "log",
        "docker",
        "ini",
        "properties",
        "dockerfile",
        "dockerfile equals",
        "flag",
        "flag equals",
        "set",
        "compose",
        "diff",
        "comment",
        "header",
        "table",
        "kubernetes",
        "said",
        "markdown",
    }
)
BARE: dict[str, Callable[[str], str]] = {
    "bearer": lambda secret: f"curl -H 'Authorization: Bearer {secret}' https://api.example.com/v1/me",
    "log": lambda secret: f"[error] request with {secret} was refused (401)",
    "argument": lambda secret: f"$ tool login {secret}",
    "traceback": lambda secret: f'ValueError: invalid token "{secret}"',
    "query": lambda secret: f"GET /callback?access_token={secret}&state=1 HTTP/1.1",
    "diff": lambda secret: f"+    client = Client('{secret}')",
    "alone": lambda secret: secret,
    "json": lambda secret: json.dumps({"data": [secret]}),
    "basic": lambda secret: f"Authorization: Basic {b64encode(f'user:{secret}'.encode()).decode()}",
    "token header": lambda secret: f"'Authorization': 'token {secret}'",
    "curl user": lambda secret: f"curl -u admin:{secret} https://api.example.com/",
    "cookie": lambda secret: f"Cookie: theme=dark; session={secret}; lang=en",
    "set cookie": lambda secret: f"Set-Cookie: sid={secret}; Path=/; HttpOnly; Secure",
    "markdown": lambda secret: f"Use `{secret}` as the key.",
    "html": lambda secret: f'<meta name="x" content="{secret}">',
    "csv": lambda secret: f"7,me@example.com,{secret},2026-11-26",
    "escaped": lambda secret: json.dumps({"body": json.dumps({"data": secret})}),
    "sentence": lambda secret: f"I put {secret}, as you said.",
}


def camel(name: str) -> str:
    first, *others = name.lower().split("_")
    return first + "".join(other.title() for other in others)


def positives(seed: int, each: int) -> Iterator[tuple[str, str, str, str]]:
    """Kind, context, text, and what must not be in the text afterwards."""
    chance = random.Random(seed)  # noqa: S311 (the same every time)
    for kind in KINDS:
        for name, lay_out in NAMED.items():
            for _ in range(each):
                secret = kind.make(chance)
                if "\n" in secret and name in ONE_LINE:
                    continue
                yield kind.name, name, lay_out(kind.variable, secret), secret
        if kind.anywhere:
            for name, bare in BARE.items():
                for _ in range(each):
                    secret = kind.make(chance)
                    if name in {"query", "curl user", "cookie", "set cookie"} and ("/" in secret or "\n" in secret):
                        continue
                    yield kind.name, name, bare(secret), secret


def leaks(secret: str, text: str) -> bool:
    """True when the part of a secret that matters can still be read to its end, or in its middle."""
    address = re.match(r"\w[\w+]*://[^:/]*:(.*)@|https://(\w{32})@", secret)
    line = re.match(r"-----BEGIN[ A-Z]+-----(?:\n|\\n)([^\\\n]+)", secret)
    value = re.search(r"(?:sig=|Key=|assword=)(.*)", secret)
    found = address or line or value
    matters = secret if found is None else next(group for group in found.groups() if group)
    middle = len(matters) // 2
    pieces = (matters[-10:], matters[middle - 5 : middle + 5])
    return any(form in text for piece in pieces for form in (piece, json.dumps(piece)[1:-1], quote(piece, safe="")))
