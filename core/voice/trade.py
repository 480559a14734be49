"""The words of the trade: what tells a request for work on code from one for dinner."""

import re
from typing import Final

from core.voice.interpreter import Surroundings
from core.voice.names import read_words, spoken

# Also as parts of longer words, and in other languages: they are borrowed everywhere.
_STEMS: Final = (
    "account", "admin", "alert", "analytic", "animat", "api", "app", "argument", "array", "asset", "async", "audit",
    "auth", "autocomplete", "avatar", "backend", "backup", "badge", "banner", "benchmark", "bot", "branch",
    "browser", "bug", "build", "bundle", "button", "byte", "cache", "callback", "carousel", "cart", "chart",
    "checkbox", "checkout", "click", "client", "cluster", "code", "color", "colour", "column", "comment", "commit",
    "component", "config", "container", "contrast", "cookie", "coverage", "crash", "cron", "css", "csv", "cursor",
    "dark mode", "dashboard", "data", "deadlock", "debug", "default", "dependenc", "deploy", "dialog", "docker",
    "docs", "documentation", "download", "dropdown", "duplicate", "email template", "embed", "endpoint", "enum",
    "error", "event", "exception", "export", "favicon", "feature", "feed", "field", "file", "filter", "firmware",
    "flag", "flaky", "font", "footer", "form", "format", "frontend", "function", "gateway", "git", "graph", "grid",
    "handler", "header", "homepage", "html", "http", "icon", "image", "import", "index", "input", "install",
    "integration", "interface", "invoice", "javascript", "json", "key", "label", "landing page", "latency",
    "layout", "leak", "librar", "link", "lint", "list", "load", "local", "lock", "log", "menu", "message", "meta",
    "metric", "middleware", "migrat", "mobile", "mock", "modal", "model", "module", "nav", "node", "notification",
    "oauth", "onboarding", "package", "page", "pagina", "parser", "password", "patch", "path", "payment", "pdf",
    "permission", "pipeline", "pixel", "placeholder", "plugin", "popup", "port", "preview", "product", "profile",
    "prompt", "proxy", "push", "python", "query", "queue", "race", "rate limit", "react", "readme", "redirect",
    "refactor", "refresh", "regex", "release", "render", "report", "request", "response", "retry", "rollback",
    "route", "schema", "screen", "script", "scroll", "sdk", "search", "section", "seed", "seo", "server", "service",
    "session", "setting", "sidebar", "sign up", "site", "snippet", "sort", "spinner", "sql", "stack trace",
    "stacktrace", "style", "svg", "sync", "syntax", "tab", "table", "template", "terraform", "test", "theme",
    "thread", "throttl", "time zone", "timeout", "timestamp", "timezone", "toast", "toggle", "token", "tooltip",
    "tracking", "translation", "type", "typescript", "typo", "unit", "update", "upload", "url", "user", "utf",
    "valid", "variable", "version", "view", "warning", "web", "webhook", "widget", "wizard", "worker", "xml",
    "yaml",
)  # fmt: skip
_WORDS: Final = re.compile(rf"\b(?:{'|'.join(_STEMS)})", re.IGNORECASE)
_WRITTEN: Final = re.compile(
    r"\b(?:[A-Z]{2,}\w*|\w+_\w+|[a-z]+[A-Z]\w*|\w+\.(?:py|js|ts|go|rs|md|css|html|yml|json))\b"
)
_SHORTEST: Final = 4


def speaks_of_code(text: str, surroundings: Surroundings) -> bool:
    """True for words of the trade, for what is written as in code, and for words of the person's own work."""
    if _WORDS.search(text) or _WRITTEN.search(text):
        return True
    own = {part for repo in surroundings.repos for part in spoken(repo.name).split()}
    own |= {word.key for agent in surroundings.agents for word in read_words(agent.task_description)}
    return any(word.key in own and len(word.key) >= _SHORTEST for word in read_words(text))
