"""Lines that look as if a secret stood in them, and in which there is none."""

import base64
import random
from collections.abc import Callable, Iterator

from tests.secret_kinds import ALNUM, B64, HEX, URLSAFE, chars, uuid

# What stands for itself.
LINES = r"""
password = os.environ["DB_PASSWORD"]
password = os.environ.get("DB_PASSWORD", "")
password: str
password: str = Field(min_length=8, max_length=128)
password: Optional[str] = None
def login(username: str, password: str) -> Token:
def __init__(self, api_key: str | None = None, access_token: SecretStr | None = None) -> None:
const token = process.env.GITHUB_TOKEN2;
const apiKey = process.env.OPENAI_API_KEY ?? "";
const { password, token } = await request.json();
api_key = settings.openai_api_key_v2.get_secret_value()
token: ${{ secrets.GITHUB_TOKEN }}
password: ${DB_PASSWORD}
password: {{ vault_db_password_2024 }}
PASSWORD=$(pass show databases/app1)
export AWS_SECRET_ACCESS_KEY="$AWS_SECRET_ACCESS_KEY"
export GITHUB_TOKEN=${GITHUB_TOKEN:-}
GITHUB_TOKEN=<your token here>
API_KEY=your-api-key-here-1234
API_KEY=changeme123456
SECRET_KEY = "change-me-in-production-please-1"
OPENAI_API_KEY=sk-...
OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
ANTHROPIC_API_KEY=sk-ant-xxxxxxxxxxxxxxxxxxxxxxxx
GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
postgres://user:password@localhost:5432/db
postgresql://postgres:postgres@localhost/test
DATABASE_URL=postgres://${DB_USER}:${DB_PASSWORD}@db/app
redis://:$REDIS_PASSWORD@redis:6379/0
url = f"postgresql://{user}:{password}@{host}:{port}/{name}"
git clone https://github.com/owner/repo.git
mailto:someone@example.com?subject=token%20expired
http://localhost:8080/login?next=/account/password/reset
https://fonts.googleapis.com/css2?family=Inter:wght@400;500;700&display=swap
npm install @scope/package@1.2.3 --save-exact
image: ghcr.io/owner/app:v1.2.3@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased-v2")
"tokenizer_class": "LlamaTokenizer2Fast",
max_tokens=4096, max_completion_tokens=16384
"prompt_tokens": 1234567890, "completion_tokens": 987654321
token_type = "urn:ietf:params:oauth:token-type:access_token"
token_url: https://auth.example.com/oauth2/v2.0/token
tokenUrl: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer
password_hash_algorithm = "argon2id-v19-m65536"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
password_reset_timeout_seconds = 259200
secret_name = "projects/acme-prod-2/secrets/db-password/versions/12"
secretKeyRef: {name: app-secrets-v2, key: database-password-2}
secretName: letsencrypt-prod-2024-tls
valueFrom: secretKeyRef
aws_secretsmanager_secret_version.db_password_v2.secret_string
access_key = data.vault_generic_secret.aws2.data["access_key"]
secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:app/db-AbCdEf"
private_key_path = "~/.ssh/id_ed25519_work2"
key_file: /etc/ssl/private/server-2024.key
ssl_certificate_key /etc/letsencrypt/live/example.com/privkey1.pem;
PRIVATE_KEY_FILE=/run/secrets/app_private_key_2.pem
public_key = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr7V8H9x2kq3mV5n1W8s7z4c6"
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@laptop
-----BEGIN PUBLIC KEY-----
-----BEGIN CERTIFICATE-----
MIIDXTCCAkWgAwIBAgIJAKlx3hV9r2J1MA0GCSqGSIb3DQEBCwUAMEUxCzAJBgNV
-----BEGIN CERTIFICATE REQUEST-----
if token == "Bearer" or token.startswith("Bearer "):
if len(token) < 32 or token.count(".") != 2:
headers = {"Authorization": f"Bearer {token}"}
headers["Authorization"] = "Bearer " + self.access_token_v2
Authorization: Bearer <access_token>
Authorization: Bearer $ACCESS_TOKEN
curl -H "Authorization: Bearer ${TOKEN}" https://api.example.com/v1/users/1234567
curl -u "$USER:$PASSWORD" https://api.example.com
curl -u user:password https://api.example.com
docker run -u 1000:1000 -p 8080:8080 app
mkdir -p build/output/release-2024
mysql -u root -p app < dump.sql
this.passwordField2.addEventListener('change', this.onPasswordChange2.bind(this));
<input type="password" name="password2" id="id_password2" autocomplete="new-password" required>
<label for="password">Password (8 to 64 characters, 1 digit)</label>
passwordInput: { width: '100%', marginTop: 12, borderRadius: 4 },
assert user.check_password("password123")
client.post("/login", json={"username": "test", "password": "test1234"})
"password": "********",
"password": "[redacted]",
"password": "<redacted>"
"secret": null, "token": true, "api_key": false
password: null
token = None
csrf_token = request.META.get("CSRF_COOKIE_1")
{% csrf_token %}
<meta name="csrf-param" content="authenticity_token">
primary_key = "user_id_2024_01_partition_7"
cache_key = f"user:{user_id}:profile:v2"
cache-key: node-modules-v3-ubuntu-22.04-npm-10
key: ${{ runner.os }}-pip-${{ hashFiles('requirements.lock') }}
hash_key = "tenant_id_v2", range_key = "created_at_2024"
key={item.id} onKeyDown={handleKeyDown2}
for key, value in sorted(mapping2.items()):
keyboard_shortcuts = {"ctrl+shift+k": "delete-line-2"}
translation key: settings.account.password.reset_title_2
author: Jane Doe <jane.doe1984@example.com>
authority = "https://login.example.com/tenant-1234/v2.0"
session = Session(bind=engine2, expire_on_commit=False)
session_timeout_minutes: 1440
sessionmaker(autocommit=False, autoflush=False, bind=engine)
passenger_count = 12345678, passport_type = "biometric2"
compass_heading: 359.99998
The token is refreshed every 3600 seconds and the password is checked with argon2.
Tokens are compared in constant time, see https://example.com/docs/security#tokens-2024.
Passwords must contain 8-64 characters, 1 digit and 1 symbol.
Rotate the API key every 90 days; see docs/security/rotating-keys-2.md.
feat(auth): refresh token 30s before expiry (#1234)
fix: secret_key rotation, closes #4321 and GH-998877
- [x] Move token refresh into `core/auth/refresh_v2.py`
class AccessTokenResponseV2Factory(BaseTokenResponseFactory2):
def test_password_reset_token_expires_after_24_hours(self):
tests/auth/test_token_refresh_2.py::test_expired_token_is_refused PASSED [ 12%]
from django.contrib.auth.tokens import PasswordResetTokenGenerator2
import { useSessionToken2, getServerSideToken } from '../../lib/auth/session-token-v2';
PASSWORD_RESET_SUBJECT_TEMPLATE_NAME_V2
kubernetes.io/service-account-token
kubectl create secret generic app-secrets-2 --from-literal=password="$DB_PASSWORD"
fly secrets set DATABASE_URL="$DATABASE_URL"
heroku config:set SECRET_KEY=$(openssl rand -hex 32)
vault kv get -field=password secret/data/app/db2
op://Private/GitHub Token 2/credential
sops: {kms: [], lastmodified: '2024-05-01T12:00:00Z', version: 3.8.1}
token := r.Header.Get("X-Auth-Token2")
apiKey := os.Getenv("MY_SERVICE_API_KEY_2")
var ErrTokenExpired2 = errors.New("token expired: code 4012345")
let token = std::env::var("TOKEN2").expect("TOKEN2 is set");
String password = System.getenv("DB_PASSWORD2");
spring.datasource.password=${DB_PASSWORD2:}
@Value("${app.security.jwt.secret-key-2}")
<property name="password" value="${jdbc.password2}"/>
<add key="ApiKey2" value="%API_KEY2%" />
variable "db_password_v2" { type = string, sensitive = true }
password = var.db_password_v2
password = random_password.db2.result
token = data.aws_eks_cluster_auth.this2.token
secret_id = aws_secretsmanager_secret.db2.id
.token.operator2, .token.keyword-control { color: #07a; background: hsla(0,0%,100%,.5) }
background: url(data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSIyNCI+)
--color-secret-500: #1a2b3c4d; --token-spacing-2: 0.875rem;
!function(e,t){"object"==typeof exports?module.exports=t():e.token=t()}(this,function(){return 1});
var n={token:e.t,key:r.k2,pass:o.p3,auth:i.a4};a.token=n.token.slice(0,12),s.key=s.key||"Escape27";
e.exports={tokenTypes:{0:"eof",1:"num",2:"str2"},keywordRE:/^(?:if|in|do)$/,passThrough:!0}
GET /api/v2/tokens/12345/refresh HTTP/1.1 200 1234 "-" "Mozilla/5.0 (X11; Linux x86_64)"
2026-11-26T10:11:12Z INFO auth token refreshed user_id=1234567 expires_in=3600 scope=repo:read
2026-11-26 10:11:12,123 DEBUG key exchange: curve25519-sha256, cipher aes256-gcm@openssh.com
debug1: Host key algorithm: ssh-ed25519, kex: diffie-hellman-group16-sha512
key_exchange = "diffie-hellman-group16-sha512", mac = "hmac-sha2-512-etm@openssh.com"
accept-encoding: gzip, deflate; cookie: theme=dark
Set-Cookie: theme=dark; Path=/; Max-Age=31536000; SameSite=Lax
sk-fading-circle12 .sk-circle11:before { animation-delay: -0.2s; }
.sk-cube-grid .sk-cube9 { animation: sk-cubeGridScaleDelay 1.3s infinite ease-in-out }
data-testid="sk-loading-skeleton-container-item-12-wrapper-inner"
s.addEventListener2; s.removeEventListenerFromTarget
pattern = r"^(?P<token>[A-Za-z0-9_-]{20,})$"
password_regex = "^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9]).{8,64}$"
Pat Smith, 1234 Elm Street, Springfield, IL 62704
signature = inspect.signature(function2)
sig = hmac.new(key2, message, hashlib.sha256).hexdigest()
webhook_url = settings.slack.webhook_url_v2
dsn = f"host={host} port=5432 dbname={name2}"
SENTRY_DSN=
""".strip().splitlines()


def _integrity(chance: random.Random) -> str:
    return f'      "integrity": "sha512-{chars(B64, 86)(chance)}==",'


def _image(chance: random.Random) -> str:
    return f'<img src="data:image/png;base64,iVBORw0KGgo{base64.b64encode(chance.randbytes(240)).decode()}">'


def _pair(first: int, second: int, between: str, line: str) -> Callable[[random.Random], str]:
    return lambda chance: line.format(chars(HEX, first)(chance), chars(HEX, second)(chance), between)


MADE: list[Callable[[random.Random], str]] = [
    _integrity,
    _image,
    chars(HEX, 40, "commit "),
    chars(HEX, 40, "Merge commit '", "' into main"),
    _pair(40, 40, "", "Updating {}..{}"),
    _pair(7, 7, "", "index {}..{} 100644"),
    chars(HEX, 64, "    --hash=sha256:", " \\"),
    chars(HEX, 64, 'checksum = "', '"'),
    chars(HEX, 64, "resolved sha256 "),
    chars(HEX, 32, "md5sum: ", "  app.tar.gz"),
    chars(B64, 43, "github.com/stretchr/testify v1.8.4 h1:", "="),
    chars(B64, 43, '<script src="/a.js" integrity="sha256-', '=" crossorigin="anonymous"></script>'),
    chars(HEX, 40, "uses: actions/checkout@", " # v4.1.1"),
    chars(HEX, 64, "FROM python:3.11-slim@sha256:"),
    chars(HEX, 20, "/assets/index-", ".js"),
    chars(HEX, 32, 'ETag: "', '"'),
    chars(HEX, 32, "trace_id=", " span_id=0011223344556677"),
    chars(HEX, 12, "CONTAINER ID   ", "   nginx:1.25   Up 3 hours"),
    chars(B64, 76),
    chars(B64, 64, "  "),
    chars(B64, 372, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ", " me@laptop"),
    chars(HEX, 128, "    data = bytes.fromhex('", "')"),
    chars(ALNUM, 11, "https://www.youtube.com/watch?v="),
    chars(URLSAFE, 44, "https://docs.google.com/document/d/", "/edit"),
    chars(ALNUM, 22, "https://open.spotify.com/track/"),
    chars(URLSAFE, 21, "nanoid: "),
    chars("0123456789", 13, "timestamp="),
    chars("0123456789", 19, "snowflake id "),
    chars("0123456789abcdef", 6, "color: #", ";"),
    chars("0123456789", 16, "order number 4"),
    chars("0123456789", 12, "account 1", " in eu-central-1"),
    chars(HEX, 24, "ObjectId('", "')"),
    lambda chance: f"request_id={uuid(chance)} status=200 took=12ms",
    lambda chance: f"id: {uuid(chance)}",
    lambda chance: f'"key": "{uuid(chance)}",',
    lambda chance: f"psql: duplicate key (id)=({uuid(chance)}) already exists",
    lambda chance: f"session {uuid(chance)} started",
    lambda chance: f"cache_key={chars(HEX, 40)(chance)}",
    lambda chance: f"public_key={chars(B64, 43)(chance)}=",
    lambda chance: f"fingerprint SHA256:{chars(B64, 43)(chance)}",
]


def innocents(seed: int, each: int) -> Iterator[str]:
    """Every line once, and ``each`` of those that are made."""
    chance = random.Random(seed)  # noqa: S311 (the same every time)
    yield from LINES
    for make in MADE:
        yield from (make(chance) for _ in range(each))
