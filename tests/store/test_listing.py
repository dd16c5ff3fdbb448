"""Pages of runs: in every order, filtered, and with the dead among the interrupted."""

import pytest

from hondo.core.environment import Environment
from hondo.core.errors import SpecError
from hondo.core.spec import RunSpec
from hondo.store.listing import list_page
from hondo.store.removal import put_aside
from hondo.store.runs import create_run, update_run
from hondo.store.workspace import Workspace


def test_pages_orders_and_filters(workspace: Workspace, spec: RunSpec, environment: Environment) -> None:
    made = [create_run(workspace, spec, environment) for _ in range(12)]
    for run, accuracy in zip(made, (0.5, 0.9, 0.7), strict=False):
        update_run(workspace, run, status="complete", summary={"accuracy": accuracy})
    update_run(workspace, made[5], status="running")  # by nobody
    put_aside(workspace, made[11])

    def numbers(**options: object) -> list[int]:
        return [run.number for run in list_page(workspace, **options).runs]  # type: ignore[arg-type]

    assert numbers(size=3) == [11, 10, 9]
    assert numbers(sort="name", first=9) == [10, 11]
    assert numbers(sort="-metric:accuracy", size=4)[:3] == [2, 3, 1]
    assert numbers(sort="metric:accuracy", size=3) == [1, 3, 2]
    assert numbers(status="interrupted") == [6]
    assert numbers(status="running") == []
    assert numbers(status="removed") == [12]
    assert numbers(search="MLP-1", sort="created") == [1, 10, 11]
    assert list_page(workspace, size=1).total == 11
    for order in ("created", "-updated", "status", "epochs"):
        assert len(numbers(sort=order)) == 11
    with pytest.raises(SpecError, match="sorted"):
        list_page(workspace, sort="spec")
