"""For a chapter's author: ``python -m hondo.guide.trial 05-neuron`` says what is not right yet.

With ``--run`` its cells run too, in a plain namespace, in both languages; their time and the values of ``{eval}`` are
printed. ``--only figures|exercises|text`` looks at that alone.
"""

import argparse
import sys
import time
from typing import Any

from hondo.core.language import LANGUAGES, use_language
from hondo.guide import mistakes
from hondo.guide.exercises.catalogue import exercise_named
from hondo.guide.figures.catalogue import figure_named
from hondo.guide.library import chapter
from hondo.guide.parity import differences
from hondo.guide.roles import expressions_of


def main() -> None:
    """Look at a chapter as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapter")
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--only", choices=("figures", "exercises", "text"))
    asked = parser.parse_args()
    found: list[str] = []
    if asked.only in (None, "text"):
        found += differences(asked.chapter)
        for spoken in LANGUAGES:
            written = chapter(asked.chapter, spoken)
            found += [
                f"{spoken}: {each}" for each in (*mistakes.of_structure(written), *mistakes.of_references(written))
            ]
    if asked.only in (None, "figures"):
        for block in chapter(asked.chapter, "es").of("live"):
            begun = time.perf_counter()
            figure_named(block.id, asked.chapter).picture()
            first, begun = time.perf_counter() - begun, time.perf_counter()
            figure_named(block.id, asked.chapter).picture()
            print(f"figure {block.id}: {1000 * first:.0f} ms, then {1000 * (time.perf_counter() - begun):.0f} ms")
            found += mistakes.of_figure(figure_named(block.id, asked.chapter))
    if asked.only in (None, "exercises"):
        for block in chapter(asked.chapter, "es").of("exercise"):
            begun = time.perf_counter()
            found += mistakes.of_exercise(exercise_named(block.id, asked.chapter).name)
            print(f"exercise {block.id}: {time.perf_counter() - begun:.1f} s")
    if asked.run:
        for spoken in LANGUAGES:
            run(asked.chapter, spoken)
    print("\n".join(found) or "nothing found")
    sys.exit(1 if found else 0)


def run(name: str, spoken: Any) -> None:
    """Run a chapter's cells in a plain namespace and print what its sentences say of them."""
    names: dict[str, Any] = {"__name__": "__main__"}
    begun = time.perf_counter()
    with use_language(spoken):
        for block in chapter(name, spoken).blocks:
            if block.runs:
                print(f"--- {spoken} {block.id}")
                exec(compile(block.text, f"<{block.id}>", "exec"), names)
            for _, expression in expressions_of(block):
                print(f"    {expression} = {eval(expression, names)}")
    print(f"=== {spoken}: {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
