"""How fast a training goes: how much of it is done, and how long the rest will take."""

import statistics
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import select

from hondo.store.records import RunRecord
from hondo.store.tables import metrics
from hondo.store.workspace import Workspace

_LOOKED_AT = 12  # epochs


@dataclass(frozen=True)
class Pace:
    """Where a training stands.

    Attributes:
        done: how many epochs are done, the part of the present one included where that is known.
        steps: the newest step of the present epoch, counted since its begin; None where no step is known.
        seconds: how long an epoch takes; None before two are done.
    """

    done: float
    steps: int | None
    seconds: float | None

    def left(self, planned: int | None) -> float | None:
        """Seconds until the planned epochs are done, if all of them are trained."""
        if self.seconds is None or planned is None:
            return None
        return max(0.0, planned - self.done) * self.seconds


def read_pace(workspace: Workspace, run: RunRecord) -> Pace:
    """The pace of the last epochs; of a training that was resumed, its pause does not count.

    Raises:
        StoreError: the database cannot be read.
    """
    series, when = metrics.c.series, (metrics.c.step, metrics.c.epoch, metrics.c.time)
    own = metrics.c.run_id == run.id
    with workspace.reading() as connection:
        epochs = connection.execute(
            select(*when)
            .where(own, metrics.c.level == "epoch", series == "loss")
            .order_by(metrics.c.step.desc())
            .limit(_LOOKED_AT)
        ).all()
        steps = select(*when).where(own, metrics.c.level == "step", series == "loss").order_by(metrics.c.step.desc())
        newest = connection.execute(steps.limit(1)).first()
        last = epochs[0].epoch if epochs else None
        ended = connection.execute(steps.where(metrics.c.epoch == last).limit(1)).first() if epochs else None
    times = [row.time for row in epochs if row.time is not None]
    gaps = [later - earlier for later, earlier in pairwise(times)]
    seconds = statistics.median(gaps) if gaps else None
    done, inside = float(len(epochs) and epochs[0].step + 1), None
    if newest is not None and newest.epoch is not None and newest.epoch >= done:
        before = ended.step if ended is not None else 0
        inside = newest.step - before
        if ended is not None and last is not None:
            done += min(1.0, inside / (before / (last + 1)))
    return Pace(done, inside, seconds)
