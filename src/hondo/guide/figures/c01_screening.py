"""What an accuracy is worth depends on how rare the thing is that is looked for."""

from hondo.core.language import tr
from hondo.guide.drawing.canvas import Canvas, Picture
from hondo.guide.figures.controls import At, Slider
from hondo.guide.figures.figure import figure

_PEOPLE, _COLUMNS = 1000, 50


def counted(rare: float, found: float, cleared: float) -> tuple[int, int, int, int]:
    """Of 1,000 people, rounded: ill and flagged, ill and missed, well and flagged, well and cleared."""
    ill = round(_PEOPLE * rare)
    flagged = round(ill * found)
    alarms = round((_PEOPLE - ill) * (1 - cleared))
    return flagged, ill - flagged, alarms, _PEOPLE - ill - alarms


@figure(
    "screening-thousand",
    ("A thousand people are screened", "Un cribado de mil personas"),
    Slider("rare", ("ill people, %", "personas enfermas, %"), 0.5, 50, 2, 0.5),
    Slider("found", ("sensitivity, %", "sensibilidad, %"), 50, 100, 95, 1),
    Slider("cleared", ("specificity, %", "especificidad, %"), 50, 100, 95, 1),
)
def screening_thousand(at: At) -> Picture:
    """A square for each person, by state and verdict."""
    rare, found, cleared = (at.number(each) / 100 for each in ("rare", "found", "cleared"))
    counts = counted(rare, found, cleared)
    flagged, missed, alarms, _ = counts
    canvas = Canvas(640, 380)
    shades = ("blue", "red", "orange", "faint")
    words = (
        tr("ill, flagged", "enfermos, avisados"),
        tr("ill, missed", "enfermos, no vistos"),
        tr("healthy, flagged", "sanos, avisados"),
        tr("healthy, cleared", "sanos, descartados"),
    )
    for place, (count, shade, name) in enumerate(zip(counts, shades, words, strict=True)):
        x, y = 60 + 300 * (place % 2), 10 + 20 * (place // 2)
        canvas.rect(x, y, 13, 13, shade, round_=3)
        canvas.text(x + 20, y + 11, f"{name}: {count}", size=12)
    place = 0
    for count, shade in zip(counts, shades, strict=True):
        for _ in range(count):
            column, row = place // (_PEOPLE // _COLUMNS), place % (_PEOPLE // _COLUMNS)
            canvas.rect(15 + 12.2 * column, 58 + 13.4 * row, 10, 11, shade, round_=3)
            place += 1
    right = (counts[0] + counts[3]) / _PEOPLE
    worth = flagged / (flagged + alarms) if flagged + alarms else 0.0
    canvas.text(
        320,
        352,
        tr(
            f"right: {right:.1%} · of the {flagged + alarms} flagged, {worth:.0%} are ill",
            f"aciertos: {right:.1%} · de los {flagged + alarms} avisados, el {worth:.0%} está enfermo",
        ),
        anchor="middle",
        bold=True,
    )
    idle = 1 - rare
    canvas.text(
        320,
        372,
        tr(
            f"saying “healthy” to everybody would be right {idle:.1%} of the time",
            f"decir «sano» a todo el mundo acertaría el {idle:.1%}",
        ),
        anchor="middle",
        size=12,
        colour_="muted",
    )
    return canvas.picture(
        tr(
            f"The classifier is right {right:.1%} of the time. Ill and missed: {missed}. Flagged:"
            f" {flagged + alarms}, of whom {worth:.0%} are ill.",
            f"El clasificador acierta el {right:.1%}. Enfermos no vistos: {missed}. Avisados: {flagged + alarms}, de"
            f" los que el {worth:.0%} está enfermo.",
        )
    )
