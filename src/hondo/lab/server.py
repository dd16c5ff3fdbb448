"""The lab's server: NiceGUI on FastAPI behind the gate, on this machine unless its owner wants otherwise."""

import asyncio
import gc
import logging
import os
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.lab.access import Access, open_access
from hondo.lab.api.app import build_api
from hondo.lab.caretaker import take_care
from hondo.lab.here import settle
from hondo.lab.kernels import Kernels, settle_kernels
from hondo.lab.prediction import settle_predictor
from hondo.lab.security import Gate, Names
from hondo.store.workspace import Workspace, open_workspace

PORT = 8420
_PORTS_TRIED = 20
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ANYWHERE = ("0.0.0.0", "::")
_GRACE = 1  # seconds for answers under way when the lab ends
_RECONNECT = 120.0  # seconds for which a sleeping tab's page is kept


class Server(uvicorn.Server):
    """A server that tells the streams when it ends, so that they let go of their tabs."""

    stopping: threading.Event

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say that it is over, then close what is open."""
        self.stopping.set()
        await super().shutdown(sockets)


def serve(host: str = "127.0.0.1", port: int | None = None, *, browser: bool = True, token: str | None = None) -> None:
    """Open the lab on this workspace until Ctrl-C.

    Args:
        host: where to listen; anything but loopback lets other machines in, with the token.
        port: which port; left out, the first free one from 8420 on; 0 for any.
        browser: whether to open the browser when the lab answers.
        token: what visitors have to know; left out, the workspace's own.

    Raises:
        HondoError: the port is in use, or the workspace cannot be opened.
    """
    with open_workspace() as workspace:
        access = open_access(workspace.folder, token)
        listener = listen(host, port)
        with listener:
            bound = listener.getsockname()[1]
            app = build_lab(workspace)
            config = uvicorn.Config(
                guarded(app, access, host),
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=_GRACE,
                ws_max_size=16 * 2**20,
            )
            server = Server(config)
            server.stopping = app.state.stopping
            _announce(server, access, host, bound, browser=browser)
            gc.freeze()  # what was imported stays anyway; to look through it again held the pages up for 0.2 s
            with suppress(KeyboardInterrupt):
                server.run(sockets=[listener])
            app.state.predictor.close()
    if not server.started:
        raise HondoError(tr("the lab could not start", "no se pudo iniciar el laboratorio"))
    print(tr("The lab has ended; trainings go on.", "El laboratorio ha terminado; los entrenamientos siguen."))


def build_lab(workspace: Workspace) -> FastAPI:
    """The whole application: the interface and the pages. Once in a process, because NiceGUI has one application."""
    own = workspace.folder / "lab"
    os.environ["NICEGUI_STORAGE_PATH"] = str(own / "pages")  # read when NiceGUI is imported
    from nicegui import ui

    from hondo.lab.pages import add_pages

    settle(workspace)
    app = build_api(workspace)
    add_pages(app)
    settle_predictor(app.state.predictor)
    kernels = Kernels(own / "kernels")
    settle_kernels(kernels)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        care = asyncio.create_task(take_care(workspace, kernels))
        yield
        care.cancel()
        await kernels.close()
        app.state.predictor.close()

    app.router.lifespan_context = life
    ui.run_with(app, title="Hondo", reconnect_timeout=_RECONNECT, show_welcome_message=False, dark=None, tailwind=False)
    logging.getLogger("nicegui").setLevel(logging.ERROR)
    return app


def guarded(app: ASGIApp, access: Access, host: str) -> Gate:
    """The application behind its gate, which knows the names that belong to ``host``."""
    known = {*_LOOPBACK}
    if host not in _LOOPBACK:
        known |= {host.lower(), socket.gethostname().lower(), socket.getfqdn().lower()}
    return Gate(app, access, Names(frozenset(known), any_address=host in _ANYWHERE))


def listen(host: str, port: int | None) -> socket.socket:
    """A socket on the port, or without one on the first free port from 8420 on.

    Raises:
        HondoError: the port is in use or not allowed, or there is no such host.
    """
    tries = range(PORT, PORT + _PORTS_TRIED) if port is None else [port]
    failure: OSError | OverflowError | None = None
    for each in tries:
        try:
            kind = socket.AF_INET6 if ":" in host else socket.AF_INET
            listener = socket.socket(kind, socket.SOCK_STREAM)
        except OSError as error:
            failure = error
            continue
        try:
            if sys.platform == "win32":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, each))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            listener.close()
            failure = error
        else:
            return listener
    raise _cannot_listen(host, port, failure)


def _cannot_listen(host: str, port: int | None, error: Exception | None) -> HondoError:
    shown = f"{PORT}–{PORT + _PORTS_TRIED - 1}" if port is None else str(port)
    why = getattr(error, "strerror", None) or str(error)
    return HondoError(
        tr(f"The lab cannot listen on {host}, port {shown}: {why}", f"No se puede usar {host}, puerto {shown}: {why}"),
        tr(
            "If a lab is open there already, use it; else choose another port: hondo lab --port 9000.",
            "Si ya hay un laboratorio abierto ahí, úselo; si no, elija otro puerto: hondo lab --port 9000.",
        ),
    )


def _announce(server: Server, access: Access, host: str, port: int, *, browser: bool) -> None:
    """In a thread: wait until the lab answers, say where, and open the browser."""
    shown = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)
    base = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    local = base if host not in _ANYWHERE else f"http://127.0.0.1:{port}"

    def tell() -> None:
        end = time.monotonic() + 60
        while not server.started and time.monotonic() < end and not server.should_exit:
            time.sleep(0.02)
        if not server.started:
            return
        print(f"Hondo: {base}/?token={access.token}", flush=True)
        print(tr("Ctrl-C ends the lab; trainings go on.", "Ctrl-C cierra el laboratorio; los entrenamientos siguen."))
        if host not in _LOOPBACK:
            print(
                tr(
                    "Other machines can reach it, unencrypted: give the address only to those you trust.",
                    "Otros equipos pueden acceder, sin cifrado: dé la dirección solo a quien sea de confianza.",
                )
            )
        sys.stdout.flush()
        if browser and not open_browser(f"{local}/?token={access.ticket()}"):
            print(
                tr(
                    "No browser could be opened: open the address above yourself.",
                    "No se pudo abrir ningún navegador: abra usted la dirección de arriba.",
                ),
                flush=True,
            )

    threading.Thread(target=tell, name="opens the browser", daemon=True).start()


def open_browser(address: str) -> bool:
    """Open the address in a browser with windows; False where there is none (one in a terminal would take it over)."""
    windows = sys.platform in ("win32", "darwin") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    if not windows and "microsoft" not in _kernel():
        return False
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False


def _kernel() -> str:
    """The kernel's release; Windows's Linux opens Windows's browser."""
    try:
        return Path("/proc/sys/kernel/osrelease").read_text(encoding="ascii").lower()
    except (OSError, UnicodeError):
        return ""
