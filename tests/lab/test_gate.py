"""Strangers at the gate: without a token, under another name, from another site, with too much in their hands."""

import asyncio
import socket
import stat
import sys

import pytest
import websockets

from hondo.core.errors import HondoError
from hondo.lab.access import Access, open_access
from hondo.lab.security import Names

from .conftest import TOKEN, Lab

SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"


@pytest.mark.parametrize("path", ["/", "/api/runs", "/api/docs", "/api/openapi.json", "/_nicegui/x", "/favicon.ico"])
@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN[:-1], TOKEN + "x", "é" * 30])
def test_nobody_enters_without_the_token(lab: Lab, path: str, token: str | None) -> None:
    reply = lab.ask("GET", path, token=token)
    assert reply.status == 401
    assert TOKEN.encode() not in reply.body
    if not path.startswith("/api/"):
        assert b"hondo lab" in reply.body
        assert "Este laboratorio" in reply.body.decode()
        assert b"This lab" in reply.body


def test_the_address_gives_a_strict_cookie_that_opens_the_lab(lab: Lab) -> None:
    assert lab.ask("GET", "/?token=wrong", token=None).status == 401
    reply = lab.ask("GET", f"/?token={TOKEN}&tab=1", token=None)
    assert reply.status == 200
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert b"url=/?tab=1" in reply.body
    name = cookie.partition(";")[0]
    assert lab.ask("GET", "/api/health", token=None, headers={"Cookie": f"other=1; {name}"}).status == 200
    assert lab.ask("GET", "/api/health", token=None, headers={"Cookie": f"{name}x"}).status == 401
    assert (
        lab.ask("GET", "/api/health", token=None, headers={"Cookie": name.replace("hondo-lab-", "hondo-")}).status
        == 401
    )
    assert lab.ask("POST", f"/api/runs?token={TOKEN}", {}, token=None).status == 401


@pytest.mark.parametrize(
    "path", ["//evil.example/", "/\\evil.example", "/%2F%2Fevil.example/", "/%0d%0aSet-Cookie:a=b"]
)
def test_the_address_leads_nowhere_else(lab: Lab, path: str) -> None:
    reply = lab.ask("GET", f"{path}?token={TOKEN}&x=%0d%0aX-Evil:1", token=None)
    assert "x-evil" not in reply.headers
    assert reply.headers.get("set-cookie", "").count("=") < 5
    assert b"url=//" not in reply.body
    assert b"\r" not in reply.body
    assert b"url=/" in reply.body or reply.status == 400


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil:80", "192.168.1.7", "a@127.0.0.1", ""]
)
def test_other_names_are_refused_whatever_the_token(lab: Lab, host: str) -> None:
    connection = socket.create_connection(("127.0.0.1", lab.port))
    with connection:
        head = f"GET /api/health HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(1000).split()[1] in (b"421", b"400")


def test_two_host_headers_are_refused(lab: Lab) -> None:
    with socket.create_connection(("127.0.0.1", lab.port)) as connection:
        hosts = "Host: localhost\r\nHost: evil.example"
        head = f"GET /api/health HTTP/1.1\r\n{hosts}\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(1000).split()[1] in (b"421", b"400")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://localhost", "file://"])
def test_other_sites_are_refused_even_with_the_token(lab: Lab, origin: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert lab.ask(method, "/api/runs", headers={"Origin": origin}).status == 403
    assert "access-control-allow-origin" not in lab.ask("OPTIONS", "/api/runs", headers={"Origin": origin}).headers
    assert lab.ask("POST", "/api/runs", {}, {"Sec-Fetch-Site": "cross-site"}).status == 403


def test_the_labs_own_pages_may_ask(lab: Lab) -> None:
    assert lab.ask("GET", "/api/health", headers={"Origin": f"http://127.0.0.1:{lab.port}"}).status == 200
    assert lab.ask("GET", "/api/health", host=f"localhost:{lab.port}").status == 200


def _connect(lab: Lab, **options: object) -> str:
    """Try to open the pages' WebSocket; gives what came, or the refusal's status."""

    async def attempt() -> str:
        try:
            async with websockets.connect(f"ws://127.0.0.1:{lab.port}{SOCKET}", **options) as opened:
                return str(await asyncio.wait_for(opened.recv(), 5))
        except websockets.exceptions.InvalidStatus as refused:
            return str(refused.response.status_code)

    return asyncio.run(attempt())


def test_websockets_need_the_cookie_and_the_right_origin(lab: Lab) -> None:
    cookie = {"Cookie": f"{Access(TOKEN).cookie}={TOKEN}"}
    own = f"http://127.0.0.1:{lab.port}"
    assert _connect(lab) == "403"
    assert _connect(lab, origin=own) == "403"
    assert _connect(lab, origin="http://evil.example", additional_headers=cookie) == "403"
    assert _connect(lab, origin="null", additional_headers=cookie) == "403"
    assert _connect(lab, additional_headers={**cookie, "Host": "evil.example"}) == "403"
    assert _connect(lab, origin=own, additional_headers=cookie).startswith("0{")


def test_answers_carry_the_security_headers(lab: Lab) -> None:
    for path, token in (("/", TOKEN), ("/api/health", TOKEN), ("/api/nothing", TOKEN), ("/", None)):
        headers = lab.ask("GET", path, token=token).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "http" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_large_bodies_are_refused_declared_or_not(lab: Lab) -> None:
    assert lab.ask("POST", "/api/runs", b"x" * (2**20 + 1), {"Content-Type": "application/json"}).status == 413
    with socket.create_connection(("127.0.0.1", lab.port)) as connection:
        head = f"POST /api/runs HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n"
        connection.sendall(f"{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"10000\r\n" + b"[" * 65536 + b"\r\n"
        try:
            for _ in range(20):
                connection.sendall(chunk)
        except OSError:
            pass
        assert connection.recv(1000).split()[1] == b"413"
    assert lab.ask("POST", "/api/runs", b"", {"Content-Length": "9" * 30}).status in (400, 413)
    assert lab.get("/api/health")["hondo"]


def test_headers_cannot_be_injected(lab: Lab) -> None:
    for path in ("/api/runs/a%0d%0aX-Evil:1", "/api/nothing%0d%0aX-Evil:1", "/%0d%0aX-Evil:%201"):
        reply = lab.ask("GET", path)
        assert "x-evil" not in reply.headers
        assert reply.status in (400, 404, 422)


def test_a_ticket_opens_once_and_the_token_always() -> None:
    access = Access(TOKEN)
    ticket = access.ticket()
    assert access.admits(ticket)
    assert not access.admits(ticket)
    assert access.admits(TOKEN)
    assert not access.knows(ticket)


def test_the_workspaces_token_is_private_and_stays(private_home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HONDO_LAB_TOKEN", raising=False)
    first = open_access(private_home)
    kept = private_home / "lab" / "token"
    assert len(first.token) >= 40
    assert open_access(private_home).token == first.token
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    kept.write_text("short")
    assert open_access(private_home).token not in (first.token, "short")
    assert open_access(private_home, TOKEN).token == TOKEN
    for weak in ("short", "has a blank in the middle", "line\r\nbreak-in-the-middle"):
        with pytest.raises(HondoError, match="token"):
            open_access(private_home, weak)


def test_numbers_are_names_only_where_everybody_may_come() -> None:
    assert not Names().allows("192.168.1.7:8420")
    everywhere = Names(frozenset({"box"}), any_address=True)
    assert everywhere.allows("192.168.1.7:8420")
    assert everywhere.allows("[fe80::1]:8420")
    assert everywhere.allows("BOX")
    assert not everywhere.allows("evil.example")
