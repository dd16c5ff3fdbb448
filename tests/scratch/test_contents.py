"""The map shows all that is here, and ``python -m hondo.scratch`` shows the map."""

import subprocess
import sys
from pathlib import Path

import pytest

import hondo.scratch
from hondo.core.language import LANGUAGES, use_language
from hondo.scratch.__main__ import main
from hondo.scratch.contents import TOPICS
from hondo.scratch.demos.catalogue import DEMOS
from hondo.scratch.demos.digits import run_digits

ROOT = Path(hondo.scratch.__file__).parent


def test_every_module_is_on_the_map_and_every_one_on_the_map_exists() -> None:
    there = {path.relative_to(ROOT).with_suffix("").as_posix() for path in ROOT.glob("*/*.py")}
    there = {name for name in there if not name.endswith("__init__") and not name.startswith("demos/")}
    there |= {"trace/explain"}
    assert {f"{topic.folder}/{module}" for topic in TOPICS for module, _ in topic.modules} == there


def test_each_is_described_in_both_languages() -> None:
    for topic in TOPICS:
        for about in (topic.about, *(words for _, words in topic.modules)):
            texts = []
            for language in LANGUAGES:
                with use_language(language):
                    texts.append(about())
            assert texts[0] != texts[1] or texts[0] == "L1 and L2"


def test_files_can_be_read_from_top_to_bottom() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in ROOT.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > 180 and name != "contents.py"} == {}


@pytest.mark.parametrize(("language", "words"), [("en", "Begin with"), ("es", "Empiece por")])
def test_a_newcomer_is_told_where_to_begin(language: str, words: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "hondo.scratch"],
        env={"HONDO_LANG": language, "PATH": "", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert words in result.stdout
    assert "neuron/neuron.py" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize("name", ["xor", "trace"])
def test_demonstrations_run(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name]) == 0
    out = capsys.readouterr().out
    assert {"xor": "[0, 1] → 1", "trace": "∂L/∂W¹₁₁"}[name] in out


def test_the_perceptron_demonstration_fails_where_it_must(capsys: pytest.CaptureFixture[str]) -> None:
    main(["xor"])
    assert "no line separates it" in capsys.readouterr().out


def test_a_demonstration_that_does_not_exist_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dgits"]) == 2
    assert "Did you mean 'digits'?" in capsys.readouterr().err
    assert "digits" in DEMOS


def test_the_digits_demonstration_learns() -> None:
    lines: list[str] = []
    assert run_digits(lines.append) >= 0.97
    assert len(lines) == 15
