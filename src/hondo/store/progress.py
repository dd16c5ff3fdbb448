"""What readers have done in the guide: where they stopped, what they read and solved, the code that they changed.

A workspace belongs to one reader, whom :data:`OWNER` names; the table can hold others beside.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, select

from hondo.core.errors import SpecError
from hondo.core.language import tr
from hondo.store.metrics import insert_or_update
from hondo.store.tables import progress
from hondo.store.workspace import Workspace

OWNER = "owner"
LONGEST_CODE = 50_000
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Place:
    """Where a reader stopped.

    Attributes:
        chapter: its name.
        section: the anchor of the section last seen.
    """

    chapter: str
    section: str


@dataclass(frozen=True)
class Progress:
    """What a reader has done in one chapter.

    Attributes:
        section: the anchor of the section last seen; empty before the chapter was opened.
        read: sections seen to their end.
        tried: exercises that were checked at least once.
        solved: exercises solved.
        code: what stands in cells and exercises that were changed, by their identifiers.
    """

    section: str = ""
    read: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    solved: frozenset[str] = frozenset()
    code: Mapping[str, str] = field(default_factory=dict)


def progress_of(workspace: Workspace, chapter: str, reader: str = OWNER) -> Progress:
    """What a reader has done in a chapter.

    Raises:
        StoreError: the database cannot be read.
    """
    chosen = select(progress.c.kind, progress.c.item, progress.c.value).where(
        progress.c.reader == reader, progress.c.chapter == chapter
    )
    with workspace.reading() as connection:
        rows = connection.execute(chosen).all()
    return _gathered([(kind, item, value) for kind, item, value in rows])


def progress_of_all(workspace: Workspace, reader: str = OWNER) -> dict[str, Progress]:
    """What a reader has done in every chapter that was opened, without the code.

    Raises:
        StoreError: the database cannot be read.
    """
    chosen = select(progress.c.chapter, progress.c.kind, progress.c.item, progress.c.value).where(
        progress.c.reader == reader, progress.c.kind != "code"
    )
    with workspace.reading() as connection:
        rows = connection.execute(chosen).all()
    of_each: dict[str, list[tuple[str, str, str]]] = {}
    for chapter, kind, item, value in rows:
        of_each.setdefault(chapter, []).append((kind, item, value))
    return {chapter: _gathered(own) for chapter, own in of_each.items()}


def last_place(workspace: Workspace, reader: str = OWNER) -> Place | None:
    """Where a reader stopped last of all; None for one who has not begun.

    Raises:
        StoreError: the database cannot be read.
    """
    chosen = (
        select(progress.c.chapter, progress.c.value)
        .where(progress.c.reader == reader, progress.c.kind == "place")
        .order_by(progress.c.updated.desc())
        .limit(1)
    )
    with workspace.reading() as connection:
        row = connection.execute(chosen).first()
    return None if row is None else Place(row.chapter, row.value)


def keep_place(workspace: Workspace, chapter: str, section: str, reader: str = OWNER) -> None:
    """Remember where a reader is.

    Raises:
        StoreError: the database cannot be written.
    """
    _keep(workspace, reader, chapter, "place", "", section)


def mark(workspace: Workspace, chapter: str, kind: str, item: str, reader: str = OWNER) -> None:
    """Remember that a section was ``read``, or an exercise ``tried`` or ``solved``; once is as good as twice.

    Raises:
        SpecError: there is no such kind.
        StoreError: the database cannot be written.
    """
    if kind not in ("read", "tried", "solved"):
        raise SpecError(tr(f"nothing can be marked {kind!r}", f"nada puede marcarse como {kind!r}"))
    _keep(workspace, reader, chapter, kind, item, "")


def keep_code(workspace: Workspace, chapter: str, item: str, code: str | None, reader: str = OWNER) -> None:
    """Keep what a reader wrote in a cell or an exercise, or with None forget it.

    Raises:
        SpecError: it is longer than code in a cell can be.
        StoreError: the database cannot be written.
    """
    if code is None:
        where = (progress.c.reader == reader, progress.c.chapter == chapter)
        with workspace.writing() as connection:
            connection.execute(delete(progress).where(*where, progress.c.kind == "code", progress.c.item == item))
        return
    if len(code) > LONGEST_CODE:
        raise SpecError(
            tr(
                f"a cell holds at most {LONGEST_CODE:,} characters; this code has {len(code):,}",
                f"una celda admite como máximo {LONGEST_CODE} caracteres; este código tiene {len(code)}",
            ),
            tr("Put part of it into a file of its own.", "Lleve una parte a un archivo aparte."),
        )
    _keep(workspace, reader, chapter, "code", item, code.replace("\0", ""))


def _gathered(rows: Iterable[tuple[str, str, str]]) -> Progress:
    place, code = "", dict[str, str]()
    done: dict[str, set[str]] = {"read": set(), "tried": set(), "solved": set()}
    for kind, item, value in rows:
        if kind == "place":
            place = value
        elif kind == "code":
            code[item] = value
        elif kind in done:
            done[kind].add(item)
    return Progress(place, frozenset(done["read"]), frozenset(done["tried"]), frozenset(done["solved"]), code)


def _keep(workspace: Workspace, reader: str, chapter: str, kind: str, item: str, value: str) -> None:
    with workspace.writing() as connection:
        statement = insert_or_update(connection, progress).values(
            reader=reader, chapter=chapter, kind=kind, item=item[:_LONGEST_NAME], value=value, updated=time.time()
        )
        statement = statement.on_conflict_do_update(
            index_elements=list(progress.primary_key.columns),
            set_={"value": statement.excluded.value, "updated": statement.excluded.updated},
        )
        connection.execute(statement)
