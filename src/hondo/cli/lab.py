"""`hondo lab`: the lab in the browser."""

from importlib import import_module
from typing import Annotated

import typer

from hondo.core.language import tr


def lab(
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help=tr("Port; left out, a free one from 8420 on.", "Puerto; si se omite, uno libre desde el 8420."),
        ),
    ] = None,
    host: Annotated[
        str,
        typer.Option(
            help=tr(
                "Where to listen; 0.0.0.0 lets other machines in, with the token.",
                "Dónde escuchar; 0.0.0.0 deja entrar a otros equipos, con el token.",
            )
        ),
    ] = "127.0.0.1",
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help=tr("Open no browser.", "No abre el navegador."))
    ] = False,
    token: Annotated[
        str | None,
        typer.Option(
            help=tr(
                "What visitors have to know (or HONDO_LAB_TOKEN); left out, the workspace's own.",
                "Lo que deben saber los visitantes (o HONDO_LAB_TOKEN); si se omite, el del espacio de trabajo.",
            )
        ),
    ] = None,
) -> None:
    """Open the lab in the browser, until Ctrl-C."""
    # By its name: the command line and the lab do not know each other.
    import_module("hondo.lab.server").serve(host, port, browser=not no_browser, token=token)
