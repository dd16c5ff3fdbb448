"""Exercises: a question, a place to answer, a check that names the mistake, hints, a solution after an attempt."""

from nicegui import ui

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.guide.exercises.exercise import Exercise
from hondo.guide.render.code import highlighted
from hondo.guide.render.markdown import inline
from hondo.lab.here import here
from hondo.lab.islands.code import CodeEditor
from hondo.lab.pages.guide.bench import Bench, Checked
from hondo.lab.pages.guide.cells import copy_button, keep
from hondo.lab.pages.guide.outputs import Outputs, with_code
from hondo.lab.pages.runs import said
from hondo.lab.parts import attribute, button, element, say, say_error
from hondo.lab.speech import aside, spoken
from hondo.store.progress import Progress, mark


class Task:
    """One exercise on the page.

    Args:
        exercise: the exercise.
        question: its question as HTML.
        bench: runs answers.
        done: what the reader has done in the chapter.
    """

    def __init__(self, exercise: Exercise, question: str, bench: Bench, done: Progress) -> None:
        self._exercise, self._bench = exercise, bench
        self._start = exercise.begins_with()
        self._code = done.code.get(exercise.name, self._start)
        self._tried, self._solved = exercise.name in done.tried, exercise.name in done.solved
        self._hints_shown, self._checking = 0, False
        self._solution_shown = False
        title = tr("Exercise", "Ejercicio")
        with element("section", "task", id=f"exercise-{exercise.name}", aria_label=f"{title}: {exercise.name}"):
            with ui.element("div").classes("task-head"):
                said("span", title, "eyebrow")
                self._chip = said("span", "✓ " + tr("solved", "resuelto"), "chip good")
            ui.html(question, sanitize=False).classes("prose")
            with ui.element("div").classes("snippet"):
                label = tr(f"Your answer to {exercise.name}", f"Su respuesta a {exercise.name}")
                self._editor = CodeEditor(label, self._code, spoken(self._typed), spoken(self._check))
            with ui.element("div").classes("task-buttons"):
                self._go = button(tr("Check", "Comprobar"), self._check, kind="primary")
                with element("button", "button", type="button") as self._hint:
                    self._hint_words = said("span")
                self._hint.on("click", spoken(self._next_hint))
                with element("button", "button", type="button") as self._reveal:
                    self._reveal_words = said("span")
                self._reveal.on("click", spoken(self._solution))
                self._back = button(tr("Reset", "Restablecer"), self._reset, kind="quiet")
                self._why = said("span", _after_an_attempt(), "quiet small")
            self._verdict = element("div", "verdict", role="status")
            self.outputs = Outputs(tr(f"What the answer to {exercise.name} shows", f"Lo que muestra {exercise.name}"))
            self._hints = element("ol", "hints", aria_label=tr("Hints", "Pistas"))
            self._answer = ui.element("div").classes("solution")
        self._stand()

    @spoken
    async def _typed(self, code: str) -> None:
        self._code = code
        self._stand()
        await keep(self._bench.chapter.name, self._exercise.name, None if code == self._start else code)

    @spoken
    async def _check(self) -> None:
        if self._checking:
            return
        self._checking = True
        self._verdict.clear()
        self._stand()
        with self._verdict:
            said("p", tr("Checking…", "Comprobando…"), "quiet")
        try:
            found = await self._bench.check(self._exercise.name, self._code, self.outputs)
        finally:
            self._checking = False
        self._verdict.clear()
        if found is not None:
            await self._judged(found)
        self._stand()

    async def _judged(self, found: Checked) -> None:
        words = found.words or tr(
            "The code stops with an error: see below.", "El código se detiene con un error: véalo abajo."
        )
        with self._verdict, ui.element("div").classes("judged good" if found.right else "judged bad"):
            said("span", "✓" if found.right else "✗", "sign", aria_hidden="true")
            with ui.element("div"):
                said("strong", tr("Right", "Correcto") if found.right else tr("Not yet", "Todavía no"))
                if not found.right:
                    ui.html(with_code(words), tag="p", sanitize=False)
        self._tried = True
        self._solved = self._solved or found.right
        try:
            chapter = self._bench.chapter.name
            await aside(mark, here(), chapter, "tried", self._exercise.name)
            if found.right:
                await aside(mark, here(), chapter, "solved", self._exercise.name)
        except HondoError as error:
            say_error(error)

    def _next_hint(self) -> None:
        if self._hints_shown < len(self._exercise.hints):
            words = inline(self._exercise.hint(self._hints_shown), self._bench.chapter)
            with self._hints, ui.element("li"):
                ui.html(words, sanitize=False)
            self._hints_shown += 1
        self._stand()

    def _solution(self) -> None:
        self._solution_shown = self._tried and not self._solution_shown
        self._answer.clear()
        if self._solution_shown:
            with self._answer:
                with ui.element("div").classes("solution-head"):
                    said("strong", tr("One solution", "Una solución"))
                with ui.element("div").classes("snippet"):
                    copy_button()
                    ui.html(highlighted(self._exercise.solved()), sanitize=False)
        self._stand()

    async def _reset(self) -> None:
        left = self._code
        await self._put(self._start)

        async def back() -> None:
            await self._put(left)

        say(tr("The exercise is as it was at first.", "El ejercicio está como al principio."), undo=spoken(back))

    async def _put(self, code: str) -> None:
        self._code = code
        self._editor.replace(code)
        self._verdict.clear()
        self.outputs.clear()
        self._stand()
        await keep(self._bench.chapter.name, self._exercise.name, None if code == self._start else code)

    def _stand(self) -> None:
        """Bring the buttons up to date."""
        count, all_of_them = self._hints_shown, len(self._exercise.hints)
        self._hint_words.set_text(tr(f"Hint ({count}/{all_of_them})", f"Pista ({count}/{all_of_them})"))
        attribute(self._hint, disabled=count >= all_of_them)
        hide, show = tr("Hide the solution", "Ocultar la solución"), tr("Solution", "Solución")
        self._reveal_words.set_text(hide if self._solution_shown else show)
        attribute(self._reveal, disabled=not self._tried)
        attribute(self._go, disabled=self._checking)
        self._why.set_visibility(not self._tried)
        self._chip.set_visibility(self._solved)
        self._back.set_visibility(self._code != self._start)


def _after_an_attempt() -> str:
    return tr("The solution opens after an attempt.", "La solución se abre tras un intento.")
