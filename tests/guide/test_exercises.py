"""Every exercise lets right answers pass and knows the typical wrong ones."""

import pytest

from hondo.core.language import use_language
from hondo.guide import mistakes
from hondo.guide.exercises.catalogue import exercise_named, exercises
from hondo.guide.exercises.checking import answer, check
from hondo.guide.exercises.exercise import Exercise, Mistake, Wrong
from hondo.guide.exercises.work import Work, close, derivative
from hondo.guide.library import chapters

SHOWN = {block.id: written.name for written in chapters("es") for block in written.of("exercise")}


@pytest.mark.parametrize("name", sorted(exercises()))
def test_an_exercise_knows_right_from_wrong(name: str) -> None:
    assert mistakes.of_exercise(name) == []


def test_exercises_are_those_that_chapters_ask() -> None:
    assert set(exercises()) == set(SHOWN)


def test_hints_and_mistakes_are_in_both_languages() -> None:
    for exercise in exercises().values():
        with use_language("es"):
            spanish = [exercise.hint(number) for number in range(len(exercise.hints))]
            told = [answer(exercise, wrong.code).words for wrong in exercise.wrong[:1]]
        with use_language("en"):
            english = [exercise.hint(number) for number in range(len(exercise.hints))]
            assert told != [answer(exercise, wrong.code).words for wrong in exercise.wrong[:1]], exercise.name
        assert all(one != other or one.isascii() for one, other in zip(spanish, english, strict=True)), exercise.name


def _doubles(work: Work) -> None:
    if work.function("double")(4) != 8:
        raise Mistake("different", "It should be 8.", "Debería ser 8.")


DOUBLE = Exercise(
    "double", "double = None", _doubles, (), "def double(x):\n    return 2 * x", (), (Wrong("", "missing"),)
)


@pytest.mark.parametrize(
    ("code", "mistake"),
    [
        ("def double(x):\n    return x + x", ""),
        ("def double(x):\n    return x", "different"),
        ("def double(x):\n    pass", "nothing"),
        ("def double(x):\n    return x / 0", "raises"),
        ("double = 3", "missing"),
        ("def double(x) return", "raises"),
        ("def double(x):\n    return (x, y)", "raises"),
        ("import numpy as np\ndef double(x):\n    return np.arange(3)", "unusable"),
    ],
)
def test_an_answer_is_judged_by_what_it_does(code: str, mistake: str) -> None:
    verdict = answer(DOUBLE, code)
    assert (verdict.right, verdict.mistake) == (not mistake, mistake)
    assert verdict.words


def test_checks_see_the_names_of_a_notebook() -> None:
    name = min(exercises())
    assert not check(name, {}).right
    names: dict[str, object] = {}
    exec(exercise_named(name).solved(), names)
    assert check(name, names).right


def test_shapes_are_asked_for_and_slopes_measured() -> None:
    with pytest.raises(Mistake, match=r"\(\?, 2\)"), use_language("en"):
        Work({"x": [1, 2]}).array("x", (None, 2))
    import numpy as np

    x = np.array([[1.0, -2.0]])
    assert close(derivative(lambda each: (each**3).sum(), x), 3 * x**2)
