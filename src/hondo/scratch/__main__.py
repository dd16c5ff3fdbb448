"""``python -m hondo.scratch``: what is here and where to begin, and demonstrations that run.

python -m hondo.scratch            the map
python -m hondo.scratch xor        one of the demonstrations
"""

import io
import sys

from rich.console import Console
from rich.table import Table

from hondo.core.errors import HondoError, nearest
from hondo.core.language import tr
from hondo.scratch.contents import TOPICS
from hondo.scratch.demos.catalogue import DEMOS
from hondo.scratch.mistakes import Mistake


def show_map(console: Console) -> None:
    """Print the rooms in the order of reading, the demonstrations, and the first step."""
    console.print(
        tr(
            "[bold]hondo.scratch[/]: the fundamentals of deep learning in plain NumPy, written to be read.",
            "[bold]hondo.scratch[/]: los fundamentos del aprendizaje profundo en NumPy puro, escritos para leerse.",
        )
    )
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for number, topic in enumerate(TOPICS, start=1):
        table.add_row(f"[bold]{number}. {topic.folder}[/]", f"[bold]{topic.about()}[/]")
        for module, about in topic.modules:
            table.add_row(f"   {module}", about())
    console.print(table)
    console.print(tr("\n[bold]Demonstrations[/]", "\n[bold]Demostraciones[/]"))
    demos = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for demo in DEMOS.values():
        demos.add_row(f"   python -m hondo.scratch {demo.name}", demo.about())
    console.print(demos)
    console.print(
        tr(
            "\nBegin with [bold]neuron/neuron.py[/], run [bold]python -m hondo.scratch trace[/], "
            "then read [bold]networks/backpropagation.py[/].\nIn Python: "
            "help('hondo.scratch.neuron.perceptron')",
            "\nEmpiece por [bold]neuron/neuron.py[/], ejecute [bold]python -m hondo.scratch trace[/] "
            "y lea después [bold]networks/backpropagation.py[/].\nEn Python: "
            "help('hondo.scratch.neuron.perceptron')",
        ),
        highlight=False,
    )


def main(arguments: list[str]) -> int:
    """Print the map, or run the demonstration that was asked for.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal whose encoding lacks a letter still shows the rest
    console = Console()
    if not arguments:
        show_map(console)
        return 0
    name = arguments[0]
    try:
        if name not in DEMOS:
            raise Mistake(
                tr(f"there is no demonstration {name!r}", f"no existe la demostración {name!r}"), nearest(name, DEMOS)
            )
        DEMOS[name].run(lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True))
    except HondoError as error:
        Console(stderr=True).print(str(error), markup=False)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
