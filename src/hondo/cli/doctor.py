"""`hondo doctor`: whether everything that Hondo needs is there, and how to mend what is not."""

from typing import TYPE_CHECKING

from rich.markup import escape
from typer import Exit

from hondo.cli.options import AsJson
from hondo.cli.output import console, print_json, say
from hondo.core.language import tr

if TYPE_CHECKING:
    from hondo.cli.examination import Finding

_STYLES = {"ok": "green", "advice": "yellow", "problem": "bold red"}


def doctor(as_json: AsJson = False) -> None:
    """Look at Python, devices, memory, workspace, caches and extras; exit code 1 if there is a problem."""
    from hondo.cli.examination import examine

    found = []
    for finding in examine():
        found.append(finding)
        if not as_json:
            _tell(finding)
    problems = [finding for finding in found if finding.state == "problem"]
    if as_json:
        checks = [
            {"check": each.check, "state": each.state, "text": each.text, "hint": each.hint, "facts": each.facts}
            for each in found
        ]
        print_json({"ok": not problems, "checks": checks})
    else:
        _sum_up(len(problems), sum(finding.state == "advice" for finding in found))
    if problems:
        raise Exit(1)


def _tell(finding: "Finding") -> None:
    words = {"ok": "ok", "advice": tr("advice", "consejo"), "problem": tr("problem", "problema")}
    name, text = _title(finding.check), finding.text
    if finding.hint and finding.state == "ok":
        text += f" — {finding.hint}"
    style = _STYLES[finding.state]
    console.print(f"[{style}]{words[finding.state]:<8}[/]  {name:<14}  {escape(text)}")
    if finding.hint and finding.state != "ok":
        say(f"{'':<8}  {'':<14}  {finding.hint}")


def _title(check: str) -> str:
    return {
        "python": "Python",
        "hondo": "Hondo",
        "processors": tr("processors", "procesadores"),
        "machine": tr("machine", "equipo"),
        "memory": tr("memory", "memoria"),
        "workspace": tr("workspace", "espacio"),
        "disk": tr("disk", "disco"),
        "database": tr("database", "base de datos"),
        "backend": tr("computes on", "calcula en"),
        "compiled": tr("compiled", "compilados"),
        "caches": tr("caches", "cachés"),
        "downloads": tr("downloads", "descargas"),
        "data": tr("your data", "sus datos"),
        "extra": tr("extra", "extra"),
        "extras": tr("extras", "extras"),
        "language": tr("language", "idioma"),
    }.get(check, check)


def _sum_up(problems: int, advice: int) -> None:
    if problems:
        say(tr(f"Problems: {problems}. Advice: {advice}.", f"Problemas: {problems}. Consejos: {advice}."))
    elif advice:
        say(tr(f"Everything works. Advice: {advice}.", f"Todo funciona. Consejos: {advice}."))
    else:
        say(tr("Everything is in order.", "Todo está en orden."))
