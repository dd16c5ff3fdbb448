"""Write the references that are made from the code: `make docs`. A test fails when one is out of date.

`docs/cli.md` and `docs/cli.es.md` list every command; `docs/spec.schema.json` describes specs to editors.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TITLES = {"en": "Commands", "es": "Órdenes"}
_IGNORED = {"help", "install_completion", "show_completion"}


def command_pages() -> str:
    """The reference of all commands in the language of this process."""
    import typer.main

    from hondo.cli.main import app
    from hondo.core.language import language

    parts = [f"# {TITLES[language()]}\n", f"{app.info.epilog}\n"]
    _describe(typer.main.get_command(app), ["hondo"], parts)
    return "\n".join(parts)


def _describe(command: Any, path: list[str], parts: list[str]) -> None:
    name = " ".join(path)
    parts.append(f"{'#' * min(4, 1 + len(path))} `{name}`\n\n{command.help or ''}\n")
    rows = []
    for parameter in command.params:
        if parameter.name in _IGNORED:
            continue
        options = [option for option in parameter.opts if option.startswith("-")]
        shown = ", ".join(options) or str(parameter.name).upper()
        rows.append(f"| `{shown}` | {parameter.help or ''} |")
    if rows:
        parts.append("| | |\n|---|---|\n" + "\n".join(rows) + "\n")
    for sub, child in getattr(command, "commands", {}).items():
        _describe(child, [*path, sub], parts)


def schema() -> str:
    """The JSON Schema of specs."""
    from hondo.experiments.specs.read import spec_schema

    return json.dumps(spec_schema(), indent=1, ensure_ascii=False) + "\n"


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    code = "import sys; from docs.generate import command_pages; sys.stdout.buffer.write(command_pages().encode())"
    texts = {}
    for language, name in {"en": "cli.md", "es": "cli.es.md"}.items():
        environment = {**os.environ, "HONDO_LANG": language, "PYTHONPATH": str(HERE.parent)}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        texts[HERE / name] = done.stdout.decode()
    return texts | {HERE / "spec.schema.json": schema()}


def main() -> None:
    """Write all pages."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{path.relative_to(HERE.parent)}\n")


if __name__ == "__main__":
    main()
