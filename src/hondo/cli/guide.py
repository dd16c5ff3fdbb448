"""`hondo guide`: the chapters outside the lab: what there is, a chapter in the terminal, run, exported."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from hondo.cli.options import AsJson
from hondo.cli.output import console, print_json, print_table, say
from hondo.core.errors import HondoError
from hondo.core.language import tr

if TYPE_CHECKING:
    from hondo.guide.execution.outputs import Output

app = typer.Typer(
    help=tr(
        "The guide: chapters in the terminal, run, or exported.",
        "La guía: capítulos en la terminal, ejecutados o exportados.",
    ),
    no_args_is_help=True,
)

_Chapter = Annotated[
    str,
    typer.Argument(
        metavar="CHAPTER", help=tr("Its number or name, as listed.", "Su número o nombre, como en la lista.")
    ),
]


@app.command("list", help=tr("List the chapters.", "Lista los capítulos."))
def list_chapters(as_json: AsJson = False) -> None:
    """List the chapters with what they are about."""
    from hondo.guide.library import chapters
    from hondo.guide.render.markdown import plain

    found = [
        {
            "name": each.name,
            "title": plain(each.title),
            "summary": each.summary,
            "sections": len(each.of("heading")) - 1,
            "figures": len(each.of("live")),
            "exercises": len(each.of("exercise")),
        }
        for each in chapters()
    ]
    if as_json:
        print_json(found)
        return
    columns = (
        tr("name", "nombre"),
        tr("title", "título"),
        tr("sections", "secciones"),
        tr("figures", "figuras"),
        tr("exercises", "ejercicios"),
    )
    rows = [
        (str(each["name"]), str(each["title"]), *(str(each[name]) for name in ("sections", "figures", "exercises")))
        for each in found
    ]
    print_table(columns, rows, numeric=(2, 3, 4))
    if console.is_terminal:
        say(
            tr(
                "In the lab: hondo lab; here: hondo guide show 5",
                "En el laboratorio: hondo lab; aquí: hondo guide show 5",
            )
        )


@app.command("show", help=tr("Read a chapter in the terminal.", "Lee un capítulo en la terminal."))
def show(chapter: _Chapter) -> None:
    """Print a chapter as text, with its code and what it printed when it was last run."""
    from rich.markdown import Markdown

    from hondo.guide.export.text import text
    from hondo.guide.library import chapter as chapter_named

    words = text(chapter_named(chapter))
    if console.is_terminal:
        with console.pager(styles=True):
            console.print(Markdown(words))
    else:
        say(words)


@app.command(
    "run", help=tr("Run a chapter's cells, one after the other.", "Ejecuta las celdas de un capítulo, una tras otra.")
)
def run(chapter: _Chapter) -> None:
    """Run a chapter in a kernel of its own and print what its cells print."""
    from hondo.guide.execution.renew import execute
    from hondo.guide.library import chapter as chapter_named

    found, shown = chapter_named(chapter), _Shown()
    record = asyncio.run(execute(found.name, found.language, shown.hear))
    seconds = f"{record.seconds:.1f}"
    say(tr(f"All cells ran, in {seconds} s.", f"Se ejecutaron todas las celdas, en {seconds} s."))


class _Shown:
    """Prints what cells show, each under its name."""

    def __init__(self) -> None:
        self.cell = ""

    def hear(self, cell: str, output: "Output") -> None:
        if cell != self.cell:
            self.cell = cell
            console.print(f"[bold]{cell}[/]")
        if output.kind in ("text", "error"):
            say(output.text.rstrip("\n"))
        elif output.kind != "verdict":
            say(tr("(a picture or a table: see the lab)", "(una imagen o una tabla: véala en el laboratorio)"))


@app.command(
    "export",
    help=tr(
        "Write chapters as notebooks for Jupyter and Colab, as Python, or all of them as a web site.",
        "Escribe capítulos como cuadernos para Jupyter y Colab, como Python, o todos como un sitio web.",
    ),
)
def export(
    chapter: Annotated[
        str | None,
        typer.Argument(
            metavar="CHAPTER", help=tr("Its number or name; left out, all.", "Su número o nombre; si falta, todos.")
        ),
    ] = None,
    to: Annotated[
        Literal["ipynb", "py", "site"],
        typer.Option(help=tr("Notebook, plain Python, or web site.", "Cuaderno, Python o sitio web.")),
    ] = "ipynb",
    out: Annotated[Path, typer.Option(help=tr("The folder to write to.", "La carpeta en que se escribe."))] = Path(
        "hondo-guide"
    ),
) -> None:
    """Write the guide for use elsewhere; the site has both languages, the others that of this terminal."""
    from hondo.guide.export.files import write_chapters, write_site

    if to == "site":
        if chapter is not None:
            raise HondoError(
                tr("the site is always the whole guide", "el sitio es siempre la guía entera"),
                tr("Leave the chapter out.", "Omita el capítulo."),
            )
        say(str(write_site(out)))
        return
    for path in write_chapters(out, to, chapter):
        say(str(path))
