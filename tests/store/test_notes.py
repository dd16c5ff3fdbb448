"""What readers write about runs stays, is found again, and never costs a waiting run its turn."""

from itertools import pairwise

import pytest

from hondo.core.environment import Environment
from hondo.core.errors import SpecError, StoreError
from hondo.core.language import use_language
from hondo.core.spec import RunSpec
from hondo.store.export import describe_run
from hondo.store.listing import list_page, stamp
from hondo.store.notes import LONGEST_NOTES, LONGEST_TAG, MOST_TAGS, annotate, known_tags
from hondo.store.records import RunRecord
from hondo.store.removal import put_aside, put_back
from hondo.store.runs import create_run, find_run, remove_run, update_run
from hondo.store.workspace import Workspace


def test_tags_notes_and_stars_are_kept_each_by_itself(workspace: Workspace, run: RunRecord) -> None:
    annotate(workspace, run, add=["  first   try ", "Tesis"])
    annotate(workspace, run, notes="línea 1\r\nlínea 2\0 ☕")
    annotate(workspace, run, favourite=True)
    annotate(workspace, run, add=["TESIS", "año, 2"], remove=["First Try"])
    found = find_run(workspace, run.name)
    assert found.tags == ("Tesis", "año 2")
    assert found.notes == "línea 1\nlínea 2 ☕"
    assert found.favourite is True
    assert found.updated == run.updated  # by which a waiting run has its turn
    assert describe_run(workspace, found)["tags"] == ["Tesis", "año 2"]
    assert annotate(workspace, run, tags=[], notes="", favourite=False).tags == ()
    assert put_back(workspace, put_aside(workspace, annotate(workspace, run, add=["kept"])).name).tags == ("kept",)


def test_what_cannot_be_written_is_refused_and_changes_nothing(workspace: Workspace, run: RunRecord) -> None:
    annotate(workspace, run, add=["one"])
    for tags in ([""], [" , "], ["x" * (LONGEST_TAG + 1)], [f"t{number}" for number in range(MOST_TAGS)]):
        with pytest.raises(SpecError):
            annotate(workspace, run, add=tags, notes="lost")
    with use_language("es"), pytest.raises(SpecError, match="como máximo"):
        annotate(workspace, run, notes="x" * (LONGEST_NOTES + 1))
    assert (find_run(workspace, run.name).tags, find_run(workspace, run.name).notes) == (("one",), "")
    remove_run(workspace, run)
    with pytest.raises(StoreError, match="no longer"):
        annotate(workspace, run, favourite=True)


def test_runs_are_found_by_tag_star_and_words(workspace: Workspace, spec: RunSpec, environment: Environment) -> None:
    made = [create_run(workspace, spec, environment) for _ in range(4)]
    annotate(workspace, made[0], add=["Thesis"], favourite=True)
    annotate(workspace, made[1], add=["thesis", "wide"], notes="Dropout AYUDÓ aquí")
    annotate(workspace, made[3], add=["wide"])
    put_aside(workspace, made[3])

    def numbers(**options: object) -> list[int]:
        return [run.number for run in list_page(workspace, **options).runs]  # type: ignore[arg-type]

    assert numbers(tag="THESIS") == [2, 1]
    assert numbers(favourite=True) == [1]
    assert numbers(favourite=False, tag="wide") == [2]
    assert numbers(search="ayudó") == [2]
    assert numbers(search="thes", favourite=True) == [1]
    assert known_tags(workspace) == {"Thesis": 1, "thesis": 1, "wide": 1}


def test_the_best_result_comes_first_and_kinds_stay_together(
    workspace: Workspace, spec: RunSpec, environment: Environment
) -> None:
    results = [{"loss": 0.5}, {"accuracy": 0.7, "loss": 0.9}, {}, {"mae": 3.0}, {"accuracy": 0.9}, {"mae": 2.0},
               {"accuracy": float("nan")}]  # fmt: skip
    for summary in results:
        update_run(workspace, create_run(workspace, spec, environment), summary=summary)
    found = [run.number for run in list_page(workspace, sort="-result").runs]
    assert found == [5, 2, 6, 4, 1, 3, 7]
    assert [run.number for run in list_page(workspace, sort="result").runs] == [1, 4, 6, 2, 5, 3, 7]


def test_the_stamp_tells_of_every_change(workspace: Workspace, run: RunRecord, spec: RunSpec) -> None:
    seen = [stamp(workspace)]
    changes = (
        lambda: annotate(workspace, run, favourite=True),
        lambda: annotate(workspace, run, notes="a"),
        lambda: annotate(workspace, run, notes="b"),
        lambda: update_run(workspace, run, status="complete"),
        lambda: update_run(workspace, run, epochs_done=3),
        lambda: put_aside(workspace, run),
        lambda: put_back(workspace, run.name),
        lambda: remove_run(workspace, run),
    )
    for change in changes:
        assert stamp(workspace) == seen[-1]
        change()
        seen.append(stamp(workspace))
    assert all(before != after for before, after in pairwise(seen))


def test_two_thousand_runs_are_paged(workspace: Workspace, run: RunRecord) -> None:
    fill(workspace, run, 1999)
    found = list_page(workspace, sort="name", first=1990, size=50)
    assert found.total == 2000
    assert [each.number for each in found.runs] == list(range(1991, 2001))
    assert [each.number for each in list_page(workspace, tag="odd", sort="-created", size=2).runs] == [1999, 1997]
    assert list_page(workspace, search="-200", size=1).total == 2  # 200 and 2000
    assert known_tags(workspace) == {"odd": 999}


def fill(workspace: Workspace, like: RunRecord, count: int) -> None:
    """Runs like another one, as rows only; those with odd numbers have a tag."""
    from sqlalchemy import insert, select

    from hondo.store.tables import runs

    with workspace.writing() as connection:
        row = dict(connection.execute(select(runs).where(runs.c.id == like.id)).mappings().one())
        rows = []
        for number in range(2, count + 2):
            name = f"{like.base}-{number}"
            own = {"id": like.id + number, "name": name, "number": number, "folder": f"runs/{name}"}
            noted = {"tags": ["odd"], "noted": 1.0} if number % 2 else {"tags": [], "noted": None}
            rows.append({**row, **own, **noted, "summary": {"accuracy": number / 3000}})
        connection.execute(insert(runs), rows)
