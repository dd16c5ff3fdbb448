"""What the guide's notebooks call: figures that move where the notebook can, exercises that are checked.

In an exported notebook::

    from hondo.guide import notebook
    notebook.show("neuron-line", w1=2)
    notebook.check("weighted-sum", globals())
"""

from collections.abc import Mapping
from typing import Any

from IPython.display import SVG, display

from hondo.core.language import tr
from hondo.guide.errors import GuideError
from hondo.guide.exercises.catalogue import exercise_named
from hondo.guide.exercises.checking import judge
from hondo.guide.figures.catalogue import figure_named
from hondo.guide.figures.controls import Choice, Control, Slider, label
from hondo.guide.figures.figure import Figure

_tried: set[str] = set()


def show(name: str, **values: Any) -> None:
    """Show a figure; with ipywidgets installed, as Colab has it, its controls are beneath it.

    Args:
        name: the figure's.
        values: where its controls stand; left out, where they begin.
    """
    figure = figure_named(name)
    try:
        import ipywidgets  # pyright: ignore[reportMissingImports]
    except ImportError:
        _draw(figure, values)
        return
    made = {control.name: _widget(ipywidgets, control, values) for control in figure.controls}
    shown = ipywidgets.interactive_output(lambda **now: _draw(figure, now), made)
    display(ipywidgets.VBox([*made.values(), shown]))


def check(name: str, names: Mapping[str, Any]) -> None:
    """Check an exercise: ``check("weighted-sum", globals())``."""
    _tried.add(name)
    verdict = judge(exercise_named(name), names)
    print(("✓ " if verdict.right else "✗ ") + verdict.words)


def hint(name: str, number: int = 1) -> None:
    """Show a hint, from 1.

    Raises:
        GuideError: there is no hint of that number.
    """
    exercise = exercise_named(name)
    if not 1 <= number <= len(exercise.hints):
        there = len(exercise.hints)
        raise GuideError(tr(f"there are {there} hints, from 1", f"hay {there} pistas, desde la 1"))
    print(exercise.hint(number - 1))


def solution(name: str) -> None:
    """Show a solution, once the exercise has been tried."""
    if name in _tried:
        print(exercise_named(name).solved())
    else:
        print(tr("Try it first: check(…)", "Inténtelo antes: check(…)"))


def _draw(figure: Figure, values: Mapping[str, Any]) -> None:
    picture = figure.picture(values)
    display(SVG(picture.svg))
    print(picture.summary)


def _widget(widgets: Any, control: Control, values: Mapping[str, Any]) -> Any:
    value = control.read(values.get(control.name, control.value))
    if isinstance(control, Slider):
        return widgets.FloatSlider(
            value=value, min=control.low, max=control.high, step=control.step, description=label(control)
        )
    if isinstance(control, Choice):
        options = [
            (str(words if isinstance(words, str) else tr(*words)), key) for key, words in control.options.items()
        ]
        return widgets.Dropdown(options=options, value=value, description=label(control))
    return widgets.Checkbox(value=value, description=label(control))
