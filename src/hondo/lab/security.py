"""The gate of the lab: every HTTP request and WebSocket passes through it, whatever serves them behind.

It is plain ASGI, so that nothing that NiceGUI or FastAPI mounts can lie beside it. In this order it refuses: names that
are not this server's (DNS rebinding), other sites' pages (forged requests, WebSockets across sites), visitors without
the token, and bodies that are too large.
"""

import html
import ipaddress
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hondo.core.language import Language, system_language, tr, use_language
from hondo.lab.access import Access

LARGEST_BODY = 2**20
LARGEST_UPLOAD = 64 * 2**20
LANGUAGE_COOKIE = "hondo-language"

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_UPLOADS = re.compile(r"/api/(uploads(/folders/[^/]+)?|runs/[^/]+/predict)/?|/_nicegui/.*")
_SAFE = ("GET", "HEAD", "OPTIONS")
_CSP = (
    # NiceGUI's page starts with a script of its own in the page, and Vue compiles templates.
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
    b"content-security-policy": _CSP.encode(),
}


@dataclass(frozen=True)
class Names:
    """The names under which this server may be called.

    Attributes:
        known: lower case, without ports.
        any_address: whether any number address will do, too; a rebinding attack needs a name.
    """

    known: frozenset[str] = frozenset(_LOOPBACK)
    any_address: bool = False

    def allows(self, host: str) -> bool:
        """Whether a Host header, with or without a port, names this server."""
        if not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?", host):
            return False
        name = (urlsplit(f"//{host}").hostname or "").lower()
        if name in self.known:
            return True
        try:
            return self.any_address and bool(ipaddress.ip_address(name))
        except ValueError:
            return False


class _TooLarge(Exception):
    """Somebody sends more than is allowed."""


class Gate:
    """The middleware around the whole lab.

    Args:
        app: What it guards.
        access: Who may enter.
        names: How this server may be called.
    """

    def __init__(self, app: ASGIApp, access: Access, names: Names) -> None:
        self.app, self._access, self._names = app, access, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a connection in or refuse it, in the visitor's language."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = _Headers(scope["headers"])
        with use_language(_language(headers)):
            reason = self._refusal(scope, headers)
            if scope["type"] == "websocket":
                await (self.app(scope, receive, send) if reason is None else _close(receive, send))
            elif reason is not None:
                await _answer(scope, _with_headers(send), *reason)
            elif (entry := self._entry(scope)) is not None:
                await _enter(_with_headers(send), entry, f"{self._access.cookie}={self._access.token}")
            elif not self._has_token(headers):
                await _answer(scope, _with_headers(send), 401, _no_token(), _how_to_enter())
            else:
                await _limited(self.app, scope, receive, _with_headers(send), headers)

    def _refusal(self, scope: Scope, headers: "_Headers") -> tuple[int, str, str] | None:
        """Why a connection is refused whatever token it has; for a WebSocket also for want of one."""
        hosts = headers.all("host")
        if len(hosts) != 1 or not self._names.allows(hosts[0]):
            return (
                421,
                tr("This is not the address of this lab", "Esta no es la dirección de este laboratorio"),
                tr("Use the address that Hondo printed.", "Use la dirección que Hondo mostró."),
            )
        origins = headers.all("origin")
        schemes = ("http", "https")
        foreign = any(origin not in [f"{scheme}://{hosts[0]}" for scheme in schemes] for origin in origins)
        writes = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if foreign or (writes and headers.one("sec-fetch-site") in ("cross-site", "same-site")):
            return (
                403,
                tr("Another site asked for this", "Lo pidió otro sitio web"),
                tr("Open the lab in a tab of its own.", "Abra el laboratorio en su propia pestaña."),
            )
        if scope["type"] == "websocket" and not self._has_token(headers):
            return 401, _no_token(), _how_to_enter()
        return None

    def _has_token(self, headers: "_Headers") -> bool:
        scheme, _, given = headers.one("authorization").partition(" ")
        if scheme.lower() == "bearer" and self._access.knows(given.strip()):
            return True
        return any(self._access.knows(value) for value in headers.cookies(self._access.cookie))

    def _entry(self, scope: Scope) -> str | None:
        """Where an address with the right token in it leads; None without one."""
        if scope["method"] != "GET" or b"token=" not in scope["query_string"]:
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if not any(name == "token" and self._access.admits(value) for name, value in query):
            return None
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        return "/" + quote(scope["path"].lstrip("/\\"), safe="/") + (f"?{rest}" if rest else "")


class _Headers:
    """A request's headers, which may come more than once."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._raw = [(name.lower(), value.decode("latin-1")) for name, value in raw]

    def all(self, name: str) -> list[str]:
        wanted = name.encode()
        return [value for key, value in self._raw if key == wanted]

    def one(self, name: str) -> str:
        """The header's value; "" where it is missing or comes twice."""
        found = self.all(name)
        return found[0] if len(found) == 1 else ""

    def cookies(self, name: str) -> list[str]:
        found = []
        for line in self.all("cookie"):
            for part in line.split(";"):
                try:
                    morsel = SimpleCookie(part.strip()).get(name)
                except CookieError:
                    continue
                if morsel is not None:
                    found.append(morsel.value)
        return found


def _language(headers: _Headers) -> Language:
    """The visitor's choice, else the browser's first language that Hondo speaks, else this machine's."""
    for chosen in headers.cookies(LANGUAGE_COOKIE):
        if chosen in ("en", "es"):
            return "es" if chosen == "es" else "en"
    for wanted in headers.one("accept-language").split(","):
        short = wanted.strip()[:2].lower()
        if short in ("en", "es"):
            return "es" if short == "es" else "en"
    return system_language()


def _with_headers(send: Send) -> Send:
    """Send with the security headers, where an answer does not bring its own."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", []))
            present = {name.lower() for name, _ in given}
            message = {**message, "headers": given + [pair for pair in _HEADERS.items() if pair[0] not in present]}
        await send(message)

    return sending


async def _limited(app: ASGIApp, scope: Scope, receive: Receive, send: Send, headers: _Headers) -> None:
    """Serve a request whose body may only be so large, whatever its length header says."""
    limit = LARGEST_UPLOAD if _UPLOADS.fullmatch(scope["path"]) else LARGEST_BODY
    declared = headers.one("content-length")
    came, begun, refused = 0, False, declared.isdigit() and (len(declared) > 12 or int(declared) > limit)

    async def receiving() -> Message:
        nonlocal came, refused
        message = await receive()
        came += len(message.get("body", b""))
        if came > limit:
            refused = True
            raise _TooLarge
        return message

    async def sending(message: Message) -> None:
        nonlocal begun
        if refused and not begun:
            raise _TooLarge
        begun = True
        await send(message)

    try:
        if refused:
            raise _TooLarge
        await app(scope, receiving, sending)
    except _TooLarge:
        if not begun:
            text = tr(f"More than {limit // 2**20} MB were sent", f"Se enviaron más de {limit // 2**20} MB")
            await _answer(scope, send, 413, text, tr("Send less at once.", "Envíe menos de una vez."))


async def _close(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 1008})


async def _answer(scope: Scope, send: Send, status: int, message: str, hint: str) -> None:
    """Refuse: as JSON to programs, as a page to people."""
    if scope["path"].startswith("/api/"):
        body = json.dumps({"message": message, "hint": hint, "problems": []}).encode()
        kind = b"application/json"
    else:
        body, kind = _page(status, message, hint).encode(), b"text/html; charset=utf-8"
    headers = [(b"content-type", kind), (b"cache-control", b"no-store"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def _enter(send: Send, target: str, cookie: str) -> None:
    """Give the cookie and go on without the token in the address; a redirect would lose a strict cookie."""
    body = (
        f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={html.escape(target)}">'
        f'<title>Hondo</title><a href="{html.escape(target)}">Hondo</a>'
    ).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"content-length", str(len(body)).encode()),
        (b"set-cookie", f"{cookie}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict".encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _no_token() -> str:
    return tr("This lab opens with its token", "Este laboratorio se abre con su token")


def _how_to_enter() -> str:
    return tr(
        "Open the address that `hondo lab` printed in the terminal; programs send 'Authorization: Bearer <token>'.",
        "Abra la dirección que mostró `hondo lab` en la terminal; los programas envían "
        "'Authorization: Bearer <token>'.",
    )


def _page(status: int, message: str, hint: str) -> str:
    """A page without a script; a visitor without a token reads it in both languages."""

    def section(language: Language, texts: Callable[[], tuple[str, str]]) -> str:
        with use_language(language):
            title, text = texts()
        return f'<section lang="{language}"><h1>{html.escape(title)}</h1><p>{html.escape(text)}</p></section>'

    if status == 401:
        both = [section(language, lambda: (_no_token(), _how_to_enter())) for language in ("en", "es")]
    else:
        both = [f"<section><h1>{html.escape(message)}</h1><p>{html.escape(hint)}</p></section>"]
    return (
        '<!doctype html><html><head><meta charset="utf-8"><title>Hondo</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><style>'
        ":root{color-scheme:light dark}body{font:1.05rem/1.6 system-ui,sans-serif;max-width:36rem;margin:16vh auto;"
        "padding:0 1.5rem}h1{font-size:1.3rem;margin:2rem 0 .4rem}p{margin:0}</style></head><body>"
        f"{''.join(both)}</body></html>"
    )
