"""A chapter as a Jupyter notebook that runs by itself, in Jupyter and in Colab."""

from collections.abc import Mapping

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from hondo.core.language import tr, use_language
from hondo.guide.blocks import Block, Chapter
from hondo.guide.execution.record import record_of
from hondo.guide.exercises.catalogue import exercise_named
from hondo.guide.export.words import plain_markdown

INSTALL = """try:
    import hondo
except ImportError:
    import subprocess
    import sys

    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "hondo"], check=True)"""


def notebook(chapter: Chapter) -> nbformat.NotebookNode:
    """The chapter: an install line, its text, cells, figures and exercises, without outputs.

    Cells that the guide shows and does not run are Markdown here too, so that "run all" goes through.
    """
    record = record_of(chapter.name, chapter.language)
    values = record.values if record else {}
    with use_language(chapter.language):
        cells = [_begin(chapter)]
        for block in chapter.blocks:
            cells += _cells(block, chapter, values)
    made = new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made.metadata["language_info"] = {"name": "python"}
    for place, cell in enumerate(made.cells):
        cell["id"] = f"{chapter.name}-{place}"
    return made


def _begin(chapter: Chapter) -> nbformat.NotebookNode:
    comment = tr(
        "# Colab and other fresh machines; not needed where Hondo is installed.",
        "# Colab y otros equipos nuevos; no hace falta donde Hondo ya está instalado.",
    )
    return new_code_cell(
        f"{comment}\n{INSTALL}\n"
        f'import os\n\nos.environ.setdefault("HONDO_LANG", "{chapter.language}")\nfrom hondo.guide import notebook'
    )


def _cells(block: Block, chapter: Chapter, values: Mapping[str, str]) -> list[nbformat.NotebookNode]:
    words = plain_markdown(block.text, chapter, values)
    if block.kind == "heading":
        return [new_markdown_cell(f'<a id="{block.id}"></a>\n\n{"#" * block.level} {words}')]
    if block.kind == "cell":
        if not block.runs:
            return [new_markdown_cell(f"```python\n{block.text}\n```")]
        return [new_code_cell(block.text)]
    if block.kind == "live":
        return [new_code_cell(f'notebook.show("{block.id}")')]
    if block.kind == "exercise":
        return _exercise(block, words, chapter)
    titles = {"try": tr("Try it", "Pruebe"), "more": tr("Read on", "Para seguir leyendo")}
    if block.kind in titles:
        quoted = "\n".join(f"> {line}".rstrip() for line in words.splitlines())
        return [new_markdown_cell(f"> **{titles[block.kind]}**\n>\n{quoted}")]
    return [new_markdown_cell(words)]


def _exercise(block: Block, words: str, chapter: Chapter) -> list[nbformat.NotebookNode]:
    exercise = exercise_named(block.id, chapter.name)
    ask = tr("# for a hint: ", "# para una pista: ") + f'notebook.hint("{block.id}", 1)'
    end = tr("# afterwards: ", "# después: ") + f'notebook.solution("{block.id}")'
    return [
        new_markdown_cell(f"**{tr('Exercise', 'Ejercicio')}**\n\n{words}"),
        new_code_cell(exercise.begins_with()),
        new_code_cell(f'notebook.check("{block.id}", globals())\n{ask}\n{end}'),
    ]
