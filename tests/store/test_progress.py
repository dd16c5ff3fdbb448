"""What readers did in the guide stays: places, sections, exercises, code; each reader's own."""

import pytest

from hondo.core.errors import SpecError
from hondo.core.language import use_language
from hondo.store.progress import (
    LONGEST_CODE,
    Place,
    Progress,
    keep_code,
    keep_place,
    last_place,
    mark,
    progress_of,
    progress_of_all,
)
from hondo.store.workspace import Workspace, open_workspace


def test_nothing_is_there_before_one_has_begun(workspace: Workspace) -> None:
    assert progress_of(workspace, "05-neuron") == Progress()
    assert progress_of_all(workspace) == {}
    assert last_place(workspace) is None


def test_everything_is_kept_once_and_found_again(workspace: Workspace) -> None:
    keep_place(workspace, "05-neuron", "artificial-neuron")
    keep_place(workspace, "06-networks", "perceptron")
    keep_place(workspace, "05-neuron", "sigmoid")
    for _ in range(2):
        mark(workspace, "05-neuron", "read", "artificial-neuron")
        mark(workspace, "05-neuron", "tried", "neuron-sum")
        mark(workspace, "05-neuron", "solved", "neuron-sum")
    keep_code(workspace, "05-neuron", "neuron-sum", "first")
    keep_code(workspace, "05-neuron", "neuron-sum", "w = 'ñ'\n\0")
    expected = Progress(
        "sigmoid",
        frozenset({"artificial-neuron"}),
        frozenset({"neuron-sum"}),
        frozenset({"neuron-sum"}),
        {"neuron-sum": "w = 'ñ'\n"},
    )
    assert progress_of(workspace, "05-neuron") == expected
    assert last_place(workspace) == Place("05-neuron", "sigmoid")
    with open_workspace() as again:
        found = progress_of_all(again)
    assert set(found) == {"05-neuron", "06-networks"}
    assert (found["05-neuron"].solved, found["05-neuron"].code) == ({"neuron-sum"}, {})


def test_readers_do_not_meet(workspace: Workspace) -> None:
    mark(workspace, "05-neuron", "solved", "neuron-sum")
    keep_place(workspace, "05-neuron", "sigmoid", reader="ana")
    assert progress_of(workspace, "05-neuron", reader="ana") == Progress("sigmoid")
    assert progress_of(workspace, "05-neuron").solved == {"neuron-sum"}


def test_code_is_reset_and_what_is_no_code_is_refused(workspace: Workspace) -> None:
    keep_code(workspace, "05-neuron", "cell", "x = 2\n")
    with use_language("es"), pytest.raises(SpecError, match="como máximo"):
        keep_code(workspace, "05-neuron", "cell", "x" * (LONGEST_CODE + 1))
    assert progress_of(workspace, "05-neuron").code == {"cell": "x = 2\n"}
    keep_code(workspace, "05-neuron", "cell", None)
    assert progress_of(workspace, "05-neuron").code == {}
    with pytest.raises(SpecError):
        mark(workspace, "05-neuron", "bought", "cell")
