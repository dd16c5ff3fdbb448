"""Shown code is run code, and generated pages are those that the code gives now."""

import re
from pathlib import Path

import pytest
from docs.generate import pages

ROOT = Path(__file__).resolve().parent.parent


def test_generated_pages_are_up_to_date() -> None:
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is out of date: run `make docs`"


@pytest.mark.parametrize("name", ["README.md", "README.es.md"])
def test_the_python_of_the_readme_runs(name: str) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    namespace: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, name, "exec"), namespace)


@pytest.mark.parametrize("name", ["README.md", "README.es.md"])
def test_every_command_of_the_readme_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    reference = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    commands = re.findall(r"^(?:\w+=\S+ )*hondo ((?:runs|data|spec|guide) \w+|[\w-]+)", text, re.MULTILINE)
    assert len(commands) > 5
    for command in commands:
        assert f"`hondo {command}`" in reference, command


@pytest.mark.parametrize("name", ["README.md", "README.es.md", "CONTRIBUTING.md", "docs/decisions/README.md"])
def test_links_within_the_repository_lead_somewhere(name: str) -> None:
    path = ROOT / name
    targets = re.findall(r"\]\((?!http|#)([^)#]+)", path.read_text(encoding="utf-8"))
    for target in targets:
        assert (path.parent / target).exists(), target
