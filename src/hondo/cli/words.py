"""How the command line words what the rooms below give as codes and numbers: states, ages, sizes."""

import math
from datetime import UTC, datetime, timedelta

from hondo.core.language import tr
from hondo.store.records import Status

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def status_word(status: Status) -> str:
    """Where a run stands, in the reader's words."""
    return {
        "created": tr("not begun", "sin empezar"),
        "queued": tr("waiting", "en espera"),
        "running": tr("running", "en marcha"),
        "complete": tr("complete", "completado"),
        "stopped": tr("stopped", "detenido"),
        "diverged": tr("diverged", "divergió"),
        "failed": tr("failed", "falló"),
        "interrupted": tr("interrupted", "interrumpido"),
        "removed": tr("removed", "borrado"),
    }[status]


def ago(moment: datetime, now: datetime | None = None) -> str:
    """How long ago something was; after a month, its day.

    Example:
        >>> from hondo.core.language import use_language
        >>> noon = datetime(2030, 5, 1, 12, tzinfo=UTC)
        >>> with use_language("es"):
        ...     [ago(noon, noon + timedelta(minutes=minutes)) for minutes in (0, 7, 150, 2000)]
        ['ahora mismo', 'hace 7 min', 'hace 2 h', 'hace 1 día']
    """
    passed = (now or datetime.now(UTC)) - moment
    minutes = passed // timedelta(minutes=1)
    if minutes < 1:
        return tr("just now", "ahora mismo")
    if minutes < 60:
        return tr(f"{minutes} min ago", f"hace {minutes} min")
    if minutes < 24 * 60:
        return tr(f"{minutes // 60} h ago", f"hace {minutes // 60} h")
    if passed.days <= 30:
        days = passed.days
        return tr(f"{days} day{'s' * (days > 1)} ago", f"hace {days} día{'s' * (days > 1)}")
    return moment.astimezone().date().isoformat()


def size(count: int) -> str:
    """A number of bytes in the unit that suits it.

    Example:
        >>> size(512), size(1536), size(3 * 2**30)
        ('512 B', '1.5 KiB', '3.0 GiB')
    """
    power = min(int(math.log(count, 1024)), len(_UNITS) - 1) if count > 0 else 0
    return f"{count} B" if power == 0 else f"{count / 1024**power:.1f} {_UNITS[power]}"
