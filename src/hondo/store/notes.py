"""What readers write about runs: tags to sort them by, notes, and a star for the favourites."""

import time
from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select, update

from hondo.core.errors import SpecError
from hondo.core.language import tr
from hondo.store.changes import run_row
from hondo.store.records import RunRecord
from hondo.store.runs import record_of
from hondo.store.tables import runs
from hondo.store.workspace import Workspace

LONGEST_TAG, MOST_TAGS, LONGEST_NOTES = 40, 20, 20_000


def annotate(
    workspace: Workspace,
    run: RunRecord,
    *,
    tags: Iterable[str] | None = None,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    notes: str | None = None,
    favourite: bool | None = None,
) -> RunRecord:
    """Change what is written about a run; what is not given stays.

    Adding and removing tags, rather than giving all of them, keeps what somebody else adds at the same moment.

    Args:
        workspace: Where it is kept.
        run: The run.
        tags: All its tags, in place of those before.
        add: Tags to add; one that it has, in any case, is not added again.
        remove: Tags to take away.
        notes: The notes, in place of those before.
        favourite: Whether it bears a star.

    Returns:
        The run as it is now.

    Raises:
        SpecError: a tag or the notes are too long, or there are too many tags.
        StoreError: the run is no longer there, or the database cannot be written.
    """
    added, removed = [clean_tag(tag) for tag in add], {_key(tag) for tag in remove}
    given = None if tags is None else [clean_tag(tag) for tag in tags]
    written = None if notes is None else _clean_notes(notes)
    with workspace.writing() as connection:
        row = run_row(connection, run, lock=True)
        before = list(row["tags"]) if given is None else given
        wanted = _distinct([*(tag for tag in before if _key(tag) not in removed), *added])
        values = {"tags": wanted, "notes": written, "favourite": favourite}
        changed = {name: value for name, value in values.items() if value is not None and value != row[name]}
        if changed:
            connection.execute(update(runs).where(runs.c.id == run.id).values(**changed, noted=time.time()))
            row = run_row(connection, run)
        return record_of(workspace, row)


def known_tags(workspace: Workspace) -> dict[str, int]:
    """All tags in use with the number of runs that have them, the most used first.

    Raises:
        StoreError: the database cannot be read.
    """
    chosen = select(runs.c.tags).where(runs.c.status != "removed", runs.c.noted.is_not(None))
    with workspace.reading() as connection:
        counted = Counter(tag for tags in connection.scalars(chosen) for tag in tags)
    return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0].casefold())))


def clean_tag(tag: str) -> str:
    """A tag as it is kept: one line, single spaces, nothing invisible.

    Raises:
        SpecError: it is empty or too long.

    Example:
        >>> clean_tag("  first   try ")
        'first try'
    """
    cleaned = " ".join("".join(sign if sign.isprintable() else " " for sign in tag).replace(",", " ").split())
    if not cleaned or len(cleaned) > LONGEST_TAG:
        raise SpecError(
            tr(
                f"a tag has from 1 to {LONGEST_TAG} characters; this one has {len(cleaned)}",
                f"una etiqueta tiene de 1 a {LONGEST_TAG} caracteres; esta tiene {len(cleaned)}",
            ),
            tr("Write more in the notes.", "Escriba lo demás en las notas."),
        )
    return cleaned


def _clean_notes(notes: str) -> str:
    cleaned = "".join(sign for sign in notes.replace("\r\n", "\n") if sign.isprintable() or sign in "\n\t")
    if len(cleaned) > LONGEST_NOTES:
        raise SpecError(
            tr(
                f"notes have at most {LONGEST_NOTES:,} characters; these have {len(cleaned):,}",
                f"las notas tienen como máximo {LONGEST_NOTES} caracteres; estas tienen {len(cleaned)}",
            )
        )
    return cleaned


def _distinct(tags: Iterable[str]) -> list[str]:
    kept: dict[str, str] = {}
    for tag in tags:
        kept.setdefault(_key(tag), tag)
    if len(kept) > MOST_TAGS:
        raise SpecError(
            tr(f"a run has at most {MOST_TAGS} tags", f"un experimento tiene como máximo {MOST_TAGS} etiquetas"),
            tr("Take one away first.", "Quite antes alguna."),
        )
    return list(kept.values())


def _key(tag: str) -> str:
    return " ".join(tag.split()).casefold()
