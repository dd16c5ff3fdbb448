"""The one kernel behind convolutions, their gradients and matrix products: a strided sum of products in registers.

    out[o, b, f] = Σ over window positions and channels of left[input position, b, c] · right[window position, c, f]

With other strides the same sum is the gradient with respect to the weights. A tile of ``rows × vectors`` results stays
in the processor's registers while the whole sum runs over it, so that nothing is copied but the part of ``left`` that
a task is about to use, and nothing is computed for padding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from llvmlite import ir

from hondo.core.emit import F32, I64, PTR, VOID, Emitter, Int, Vectors
from hondo.core.machine import Processor
from hondo.engine.kernels.calls import add_handler
from hondo.engine.kernels.tile import Tile, in_whole_tiles, tile_shape
from hondo.engine.kernels.windows import Axis, Tables, parts

_PACKED_BYTES = 160 * 1024  # a task's part of the left array; with the right one it should stay in a core's own cache
_SUMMED_BYTES = 384 * 1024
_LARGE_BYTES = 1024 * 1024
_TASKS = 24


@dataclass(frozen=True)
class Contraction:
    """A strided sum of products; strides are in elements, and features are contiguous in ``right`` and ``out``.

    Attributes:
        axes: the spatial axes.
        batch, left_batch, out_batch: how many, and strides.
        channels, left_channel, right_channel: how many are summed over, and strides.
        features: how many.
        groups, left_group, right_group, out_group: independent sums, and where each begins.
        neighbours: batch entries lie beside each other in ``left``, so that packing would gain nothing.
    """

    axes: tuple[Axis, ...]
    batch: int
    left_batch: int
    out_batch: int
    channels: int
    left_channel: int
    right_channel: int
    features: int
    groups: int = 1
    left_group: int = 0
    right_group: int = 0
    out_group: int = 0
    neighbours: bool = False

    def write(self, module: ir.Module, name: str, processor: Processor) -> None:
        """Add the function that XLA calls under ``name``."""
        _Writer(module, self, processor).write(name)

    @property
    def packs(self) -> bool:
        """Whether a task copies its part of ``left`` first: channels must be contiguous there, batches are not."""
        return self.left_channel == 1 and self.left_batch != 1 and not self.neighbours

    @property
    def channels_inside(self) -> bool:
        """Whether the sum over channels is the innermost one."""
        return self.left_channel == 1


@dataclass(frozen=True)
class Blocking:
    """How a contraction is cut into tasks and tiles.

    Attributes:
        rows: batch entries of a tile.
        vectors: vectors of features of a tile.
        batch_block: batch entries of a task, a multiple of ``rows``.
        feature_block: features of a task, a multiple of a tile's.
        channel_block: channels summed before the next tile is taken up.
        chunks: positions of a task along each axis.
    """

    rows: int
    vectors: int
    batch_block: int
    feature_block: int
    channel_block: int
    chunks: tuple[int, ...]

    def grid(self, c: Contraction) -> tuple[int, ...]:
        """Tasks along groups, axes, batch and features."""
        along = [parts(len(axis.meets), chunk) for axis, chunk in zip(c.axes, self.chunks, strict=True)]
        return (c.groups, *along, parts(c.batch, self.batch_block), parts(c.features, self.feature_block))


def choose_blocking(c: Contraction, processor: Processor) -> Blocking:
    """Tiles that fill the registers, tasks whose data fit a core's cache and that are enough for all threads."""
    rows, vectors = tile_shape(c.batch, c.features, processor)
    tile_features = vectors * processor.lanes
    windows = prod(axis.most for axis in c.axes)
    if c.packs:
        return _blocking_with_packing(c, rows, vectors, tile_features, windows)
    # The gradient of the weights: each result position sums over everything, some samples at a time.
    a_channel = 4 * windows * (c.batch + c.features)
    channel_block = max(1, min(c.channels, _SUMMED_BYTES // max(1, a_channel)))
    positions = prod(len(axis.meets) for axis in c.axes)
    batch_tiles, feature_tiles = parts(c.batch, rows), parts(c.features, tile_features)
    wanted = parts(_TASKS, c.groups * positions)
    batch_parts = min(batch_tiles, wanted)
    feature_parts = min(feature_tiles, parts(wanted, batch_parts))
    return Blocking(
        rows,
        vectors,
        rows * parts(batch_tiles, batch_parts),
        tile_features * parts(feature_tiles, feature_parts),
        channel_block,
        _chunks(c, c.groups * positions // (2 * _TASKS)),
    )


def _chunks(c: Contraction, most: int) -> tuple[int, ...]:
    """Positions of a task along each axis, no more than ``most`` together, the last axis first."""
    chunks: list[int] = []
    for axis in reversed(c.axes):
        chunks.insert(0, max(1, min(len(axis.meets), most)))
        most //= chunks[0]
    return tuple(chunks)


def _blocking_with_packing(c: Contraction, rows: int, vectors: int, tile_features: int, windows: int) -> Blocking:
    channel_block = max(16, min(c.channels, _SUMMED_BYTES // (4 * max(1, windows) * tile_features)))
    channel_block = parts(c.channels, parts(c.channels, channel_block))
    chunks = [len(axis.meets) for axis in c.axes]
    packed = 4 * rows * channel_block

    def bytes_packed() -> int:
        return packed * prod(_most_span(axis, chunk) for axis, chunk in zip(c.axes, chunks, strict=True))

    def tasks() -> int:
        along = [parts(len(axis.meets), chunk) for axis, chunk in zip(c.axes, chunks, strict=True)]
        return c.groups * prod(along) * parts(c.batch, rows)

    for place in range(len(chunks)):  # rows first, columns only when single rows are too large
        while chunks[place] > 1 and (bytes_packed() > _PACKED_BYTES or tasks() < _TASKS):
            chunks[place] = parts(chunks[place], 2)
    # In a matrix product a tile's part is small, so a task takes several: the same part of ``right`` serves all of
    # them. Where ``right`` is larger than the caches, it should be read but once.
    if 4 * windows * c.channels * c.features > _LARGE_BYTES:
        tiles = min(2 * _PACKED_BYTES // max(1, bytes_packed()), parts(c.batch, rows))
    else:
        tiles = min(_PACKED_BYTES // max(1, bytes_packed()), tasks() // _TASKS)
    tiles = max(1, tiles)
    feature_tiles = parts(c.features, tile_features)
    feature_parts = min(feature_tiles, parts(_TASKS, max(1, tasks() // tiles)))
    feature_block = tile_features * parts(feature_tiles, feature_parts)
    return Blocking(rows, vectors, rows * tiles, feature_block, channel_block, tuple(chunks))


def _most_span(axis: Axis, chunk: int) -> int:
    return max(axis.span(first, first + chunk)[1] for first in range(0, len(axis.meets), chunk))


class _Writer:
    """Writes a contraction's machine code into a module."""

    def __init__(self, module: ir.Module, contraction: Contraction, processor: Processor) -> None:
        self.module, self.c, self.lanes = module, contraction, processor.lanes
        self.blocking = choose_blocking(contraction, processor)
        self._tables = Tables(module)
        c, blocking = contraction, self.blocking
        if c.packs:
            spans = [_most_span(axis, chunk) for axis, chunk in zip(c.axes, blocking.chunks, strict=True)]
            line = blocking.channel_block * blocking.batch_block
            strides = [line * prod(spans[place + 1 :]) for place in range(len(spans))]
            self.left_axes, self.left_batch = strides, blocking.channel_block
            self.packed_values = prod(spans) * line
        else:
            self.left_axes, self.left_batch = [axis.left for axis in c.axes], c.left_batch
            self.packed_values = 0

    def write(self, name: str) -> None:
        """Add the function that XLA calls under ``name``."""
        work = ir.Function(self.module, ir.FunctionType(VOID, [PTR, I64]), f"{name}_work")
        work.linkage = "internal"
        self._write_work(work)
        add_handler(self.module, name, work, prod(self.blocking.grid(self.c)), (2, 1))

    def _write_work(self, function: ir.Function) -> None:
        """``void (ptr pointers, i64 task)``."""
        c, blocking, e = self.c, self.blocking, Emitter(function, self.lanes)
        pointers, task = e.args
        left, right, out = (e.b.load(e.byte(pointers, 8 * place), typ=PTR) for place in range(3))
        group, *chunk_numbers, batch_part, feature_part = e.split(task, blocking.grid(c))
        left = e.at(left, e.mul(group, c.left_group))
        right = e.at(right, e.mul(group, c.right_group))
        out = e.at(out, e.mul(group, c.out_group))
        first_row = e.mul(batch_part, blocking.batch_block)
        rows = e.smaller(e.b.sub(e.i64(c.batch), e.i64(first_row)), blocking.batch_block)
        left = e.at(left, e.mul(first_row, c.left_batch))
        out = e.at(out, e.mul(first_row, c.out_batch))
        first_feature = e.mul(feature_part, blocking.feature_block)
        features = e.smaller(e.b.sub(e.i64(c.features), e.i64(first_feature)), blocking.feature_block)
        right, out = e.at(right, first_feature), e.at(out, first_feature)
        packed = None
        if c.packs:
            malloc = e.intrinsic("malloc", PTR, [I64])
            packed = e.b.call(malloc, [e.i64(4 * self.packed_values)])
        with e.loop(c.channels, step=blocking.channel_block) as channel:
            count = blocking.channel_block
            if c.channels % count:
                count = e.smaller(e.b.sub(e.i64(c.channels), e.i64(channel)), count)
            further = e.b.icmp_signed(">", e.i64(channel), e.i64(0))
            from_left = e.at(left, e.mul(channel, c.left_channel))
            from_right = e.at(right, e.mul(channel, c.right_channel))
            if packed is not None:
                self._pack(e, chunk_numbers, from_left, packed, rows, count)
                from_left = packed
            self._tiles(e, chunk_numbers, (from_left, from_right, out), (rows, features, count), further)
        if packed is not None:
            e.b.call(e.intrinsic("free", VOID, [PTR]), [packed])
        e.b.ret_void()

    def _spans(self, place: int) -> tuple[list[int], list[int]]:
        """For each chunk of an axis, the first index into ``left``, and how many."""
        axis, chunk = self.c.axes[place], self.blocking.chunks[place]
        spans = [axis.span(first, first + chunk) for first in range(0, len(axis.meets), chunk)]
        return [first for first, _ in spans], [count for _, count in spans]

    def _pack(
        self, e: Emitter, chunk_numbers: Sequence[Int], left: ir.Value, packed: ir.Value, rows: Int, channels: Int
    ) -> None:
        """Copy what the chunk needs of ``left``, with the rows of a tile side by side."""
        source, target = left, packed
        v = Vectors(e)
        with e.nest() as nest:
            for place, axis in enumerate(self.c.axes):
                firsts, counts = self._spans(place)
                first = self._tables.look_up(e, firsts, chunk_numbers[place])
                count = self._tables.look_up(e, counts, chunk_numbers[place])
                index = nest.enter_context(e.loop(count))
                source = e.at(source, e.mul(e.add(first, index), axis.left))
                target = e.at(target, e.mul(index, self.left_axes[place]))
            row = nest.enter_context(e.loop(rows))
            source = e.at(source, e.mul(row, self.c.left_batch))
            target = e.at(target, e.mul(row, self.left_batch))
            self._copy(e, v, source, target, channels)

    def _copy(self, e: Emitter, v: Vectors, source: ir.Value, target: ir.Value, count: Int) -> None:
        whole = count - count % self.lanes if isinstance(count, int) else e.b.and_(count, e.i64(-self.lanes))
        with e.loop(whole, step=self.lanes) as place:
            v.store(v.load(e.at(source, place), self.lanes), e.at(target, place), self.lanes)
        if isinstance(count, int) and count % self.lanes:
            v.store(v.load(e.at(source, whole), count % self.lanes), e.at(target, whole), count % self.lanes)
        elif not isinstance(count, int):
            with e.loop(count, first=whole) as place:
                e.b.store(e.b.load(e.at(source, place), typ=F32), e.at(target, place))

    def _tiles(
        self,
        e: Emitter,
        chunk_numbers: Sequence[Int],
        pointers: tuple[ir.Value, ir.Value, ir.Value],
        sizes: tuple[Int, Int, Int],
        further: ir.Value,
    ) -> None:
        """Go through a task's tiles: features outermost, so that their part of ``right`` stays in the cache."""
        c, blocking = self.c, self.blocking
        left, right, out = pointers
        rows, features, channels = sizes
        wide = blocking.vectors * self.lanes

        def over_positions(feature: Int, valid: int) -> None:
            from_right, to = e.at(right, feature), e.at(out, feature)
            from_left, counts = left, []
            with e.nest() as nest:
                for place, axis in enumerate(c.axes):
                    chunk = blocking.chunks[place]
                    first = e.mul(chunk_numbers[place], chunk)
                    last = e.add(first, chunk)
                    if len(axis.meets) % chunk:
                        last = e.smaller(last, len(axis.meets))
                    position = nest.enter_context(e.loop(last, first=first))
                    starts, rights, meetings = zip(*axis.meets, strict=True)
                    start = self._tables.look_up(e, starts, position)
                    if c.packs:
                        firsts, _ = self._spans(place)
                        base = self._tables.look_up(e, firsts, chunk_numbers[place])
                        start = e.b.sub(e.i64(start), e.i64(base))
                    from_left = e.at(from_left, e.mul(start, self.left_axes[place]))
                    meets_right = self._tables.look_up(e, rights, position)
                    from_right = e.at(from_right, e.mul(meets_right, axis.right))
                    to = e.at(to, e.mul(position, axis.out))
                    counts.append(self._tables.look_up(e, meetings, position))
                over_rows(from_left, from_right, to, counts, valid)

        def over_rows(from_left: ir.Value, from_right: ir.Value, to: ir.Value, counts: list[Int], valid: int) -> None:
            whole, ragged = in_whole_tiles(e, rows, blocking.rows, c.batch)
            with e.loop(whole, step=blocking.rows) as row:
                call(blocking.rows, row, from_left, from_right, to, counts, valid)
            if ragged:
                with e.b.if_then(e.b.icmp_signed("<", e.i64(whole), e.i64(rows))):
                    call(ragged, whole, from_left, from_right, to, counts, valid)

        def call(height: int, row: Int, a: ir.Value, b: ir.Value, to: ir.Value, counts: list[Int], valid: int) -> None:
            a, to = e.at(a, e.mul(row, self.left_batch)), e.at(to, e.mul(row, c.out_batch))
            extents = [*counts, channels] if c.channels_inside else [channels, *counts]
            e.b.call(self._tile(height, valid), [a, b, to, *(e.i64(n) for n in extents), further])

        whole, tail = in_whole_tiles(e, features, wide, c.features)
        with e.loop(whole, step=wide) as feature:
            over_positions(feature, wide)
        if tail:
            with e.b.if_then(e.b.icmp_signed("<", e.i64(whole), e.i64(features))):
                over_positions(whole, tail)

    def _tile(self, rows: int, features: int) -> ir.Function:
        """The function that computes a tile of this task."""
        c = self.c
        over_space = [
            (axis.left_step * stride, axis.right_step * axis.right)
            for axis, stride in zip(c.axes, self.left_axes, strict=True)
        ]
        over_channels = (c.left_channel, c.right_channel)
        sums = (*over_space, over_channels) if c.channels_inside else (over_channels, *over_space)
        return Tile(rows, features, self.left_batch, c.out_batch, sums).function(self.module, self.lanes)
