"""The confusion matrix as markup: names cannot break out, cells are found again, many classes become squares."""

import re

from hondo.experiments.evaluation import ClassificationEvaluation
from hondo.lab.pages.run.results import _matrix, _shade


def evaluation(*names: str) -> ClassificationEvaluation:
    k = len(names)
    rows = tuple(tuple(9 if i == j else int(j == (i + 1) % k) for j in range(k)) for i in range(k))
    return ClassificationEvaluation(10 * k, 0.1, {}, names, rows)


def test_names_are_texts_and_each_cell_that_holds_something_is_a_button() -> None:
    markup = _matrix(evaluation("<script>alert(1)</script>", 'a"b', "c"))
    assert "<script" not in markup
    assert 'a"b' not in markup
    cells = re.findall(r'data-cell="(\d-\d)"[^>]*>(\d)</button>', markup)
    assert cells == [("0-0", "9"), ("0-1", "1"), ("1-1", "9"), ("1-2", "1"), ("2-0", "1"), ("2-2", "9")]


def test_many_classes_are_squares_with_the_same_cells() -> None:
    markup = _matrix(evaluation(*(f"<{number}>" for number in range(100))))
    assert markup.count("data-cell=") == 200
    assert "<5>" not in markup


def test_no_cell_is_so_tinted_that_its_number_cannot_be_read() -> None:
    for share in range(101):
        for right in (True, False):
            shade, kind = _shade(share / 100, right=right)
            assert shade <= 50 or (shade >= 86 and "strong" in kind)
