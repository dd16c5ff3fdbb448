"""Both languages say the same: the same blocks in the same order, code that computes the same, nothing gone stale.

``python -m hondo.guide.parity stamp 05-neuron`` writes down that somebody has compared both languages as they are now;
when one of a pair changes afterwards, :func:`stale` names it until the other has been looked at too.
"""

import ast
import json
import sys
from itertools import zip_longest

from hondo.core.language import LANGUAGES
from hondo.guide.blocks import Block
from hondo.guide.library import FOLDER, chapter, names

FILE = "parity.json"


def differences(name: str) -> list[str]:
    """What the two languages of a chapter do not have in common, in English for its authors; empty when all is well."""
    es, en = chapter(name, "es"), chapter(name, "en")
    found: list[str] = []
    if (es.minutes, es.links) != (en.minutes, en.links):
        found.append("the front matter differs")
    for left, right in zip_longest(es.blocks, en.blocks):
        if left is None or right is None or (left.kind, left.id, left.level) != (right.kind, right.id, right.level):
            found.append(f"es has {_named(left)} where en has {_named(right)}")
            break
        if left.options != right.options:
            found.append(f"the options of {left.id} differ")
        if left.kind == "cell" and skeleton(left.text) != skeleton(right.text):
            found.append(f"the code of {left.id} differs in more than comments and printed words")
    return found


def skeleton(code: str) -> str:
    """A program without its comments and texts: what has to be the same in both languages."""

    class Silent(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.AST:
            return ast.Constant("") if isinstance(node.value, str) else node

        def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
            values = [each for each in node.values if isinstance(each, ast.FormattedValue)]
            return ast.Tuple([self.visit(each.value) for each in values], ast.Load())

    return ast.dump(Silent().visit(ast.parse(code)))


def stale(name: str) -> list[str]:
    """Blocks of which one language has changed since both were compared."""
    file = FOLDER / name / FILE
    stamped: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return [block for block, pair in _pairs(name).items() if stamped.get(block) != pair]


def stamp(name: str) -> None:
    """Write down that both languages, as they are, say the same."""
    rows = [f"  {json.dumps(block)}: {json.dumps(pair)}" for block, pair in _pairs(name).items()]
    (FOLDER / name / FILE).write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def _pairs(name: str) -> dict[str, list[str]]:
    es, en = ({block.id: block.fingerprint for block in chapter(name, each).blocks} for each in LANGUAGES[::-1])
    return {block: [es[block], en.get(block, "")] for block in es}


def _named(block: Block | None) -> str:
    return "nothing" if block is None else f"{block.kind} {block.id} (line {block.line})"


if __name__ == "__main__":
    if sys.argv[1:2] != ["stamp"]:
        sys.exit("python -m hondo.guide.parity stamp [CHAPTER …]")
    for given in sys.argv[2:] or names():
        if problems := differences(given):
            sys.exit("\n".join(problems))
        stamp(given)
