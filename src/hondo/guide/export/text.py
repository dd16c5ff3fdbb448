"""A chapter for a terminal: Markdown with its code and what was printed when it was last run."""

from hondo.core.language import tr, use_language
from hondo.guide.blocks import Chapter
from hondo.guide.execution.record import record_of
from hondo.guide.export.words import plain_markdown
from hondo.guide.figures.catalogue import figure_named


def text(chapter: Chapter) -> str:
    """The chapter as Markdown; a figure is the sentence that says what it shows."""
    record = record_of(chapter.name, chapter.language)
    values, outputs = (record.values, record.outputs) if record else ({}, {})
    parts: list[str] = []
    with use_language(chapter.language):
        titles = {
            "exercise": tr("Exercise", "Ejercicio"),
            "try": tr("Try it", "Pruebe"),
            "more": tr("Read on", "Para seguir leyendo"),
        }
        for block in chapter.blocks:
            words = plain_markdown(block.text, chapter, values)
            if block.kind == "heading":
                parts.append(f"{'#' * block.level} {words}")
            elif block.kind == "cell":
                parts.append(f"```python\n{block.text}\n```")
                printed = "".join(each.text for each in outputs.get(block.id, []) if each.kind == "text").rstrip()
                parts += [f"```text\n{printed}\n```"] if printed else []
            elif block.kind == "live":
                figure = figure_named(block.id, chapter.name)
                parts.append(f"> **{tr('Figure', 'Figura')}: {figure.title}.** {figure.picture().summary}")
            elif block.kind in titles:
                parts.append(f"**{titles[block.kind]}.** {words}")
            else:
                parts.append(words)
    return "\n\n".join(parts) + "\n"
