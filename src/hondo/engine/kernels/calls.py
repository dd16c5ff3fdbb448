"""Native code that XLA calls: a handler for its foreign function interface, and work shared among its threads.

The structures are those of ``xla/ffi/api/c_api.h``; offsets are in bytes, on 64-bit systems.
"""

from llvmlite import ir

from hondo.core.emit import I32, I64, PTR, VOID, Emitter

_MAJOR, _MINOR = 0, 1
_FRAME_EXTENSION, _FRAME_API, _FRAME_CONTEXT, _FRAME_ARGS, _FRAME_RESULTS = 8, 16, 24, 72, 112
_EXTENSION_METADATA = 24
_METADATA_MAJOR, _METADATA_MINOR = 24, 28
_API_SCHEDULE, _API_THREADS = 136, 144
_BUFFER_DATA = 24

_API_FUNCTION = ir.PointerType(ir.FunctionType(PTR, [PTR]))
_WORK_FUNCTION = ir.PointerType(ir.FunctionType(VOID, [PTR, I64]))

# The fields of a job that threads share; those that all of them write lie on cache lines of their own.
_NEXT, _DONE, _HOLDERS, _TOTAL, _WORK, _FRAME, _JOB_BYTES = 0, 64, 128, 192, 200, 208, 216


def add_handler(
    module: ir.Module, name: str, work: ir.Function, tasks: int, arrays: tuple[int, int], *, alone: bool = False
) -> None:
    """Add the function that XLA calls; it has ``work(pointers, task)`` done for all tasks by all threads.

    Args:
        module: where to.
        name: what the function is called.
        work: ``void (ptr pointers, i64 task)``; ``pointers`` holds the addresses of operands, then results.
        tasks: how many.
        arrays: the numbers of operands and results.
        alone: all tasks are done before another thread would have awoken.
    """
    function = ir.Function(module, ir.FunctionType(PTR, [PTR]), name)
    e = Emitter(function)
    (frame,) = e.args
    extension = e.read(frame, _FRAME_EXTENSION, PTR)
    with e.b.if_then(e.b.icmp_unsigned("!=", extension, ir.Constant(PTR, None))):
        # XLA asks once for which version of its interface this was made, and refuses what it does not support.
        metadata = e.read(extension, _EXTENSION_METADATA, PTR)
        e.write(ir.Constant(I32, _MAJOR), metadata, _METADATA_MAJOR)
        e.write(ir.Constant(I32, _MINOR), metadata, _METADATA_MINOR)
        e.b.ret(ir.Constant(PTR, None))
    operands, results = arrays
    pointers = e.room(PTR, operands + results)
    for number in range(operands + results):
        group, place = (_FRAME_ARGS, number) if number < operands else (_FRAME_RESULTS, number - operands)
        buffer = e.read(e.read(frame, group, PTR), 8 * place, PTR)
        e.write(e.read(buffer, _BUFFER_DATA, PTR), pointers, 8 * number)
    if alone or tasks == 1:
        with e.loop(tasks) as task:
            e.b.call(work, [pointers, e.i64(task)])
    else:
        _share(e, frame, _run_some(module), work, pointers, tasks)
    e.b.ret(ir.Constant(PTR, None))


def _share(
    e: Emitter, frame: ir.Value, run_some: ir.Function, work: ir.Function, pointers: ir.Value, tasks: int
) -> None:
    """Ask the other threads to help, work oneself, and wait until the last task is done."""
    malloc = e.intrinsic("malloc", PTR, [I64])
    api, context = e.read(frame, _FRAME_API, PTR), e.read(frame, _FRAME_CONTEXT, PTR)
    threads = e.room(I64)
    e.b.store(e.i64(1), threads)
    ask = e.room(I64, 5)
    for place, value in enumerate((e.i64(32), ir.Constant(PTR, None), context, threads)):
        e.write(value, ask, 8 * place)
    e.b.call(e.read(api, _API_THREADS, _API_FUNCTION), [ask])
    helpers = e.b.sub(e.smaller(e.b.load(threads, typ=I64), tasks), e.i64(1))
    job = e.b.call(malloc, [e.i64(_JOB_BYTES)])
    for offset in (_NEXT, _DONE):
        e.write(e.i64(0), job, offset)
    e.write(e.b.add(helpers, e.i64(2)), job, _HOLDERS)  # the helpers, this thread as one of them, and its waiting
    e.write(e.i64(tasks), job, _TOTAL)
    e.write(work, job, _WORK)
    e.write(pointers, job, _FRAME)
    for place, value in enumerate((e.i64(40), ir.Constant(PTR, None), context, run_some, job)):
        e.write(value, ask, 8 * place)
    with e.loop(helpers):
        e.b.call(e.read(api, _API_SCHEDULE, _API_FUNCTION), [ask])
    # A task's pointers lie on this thread's stack, so it must not leave before all are done. The job itself is freed
    # by whoever lets go of it last: helpers may come when there is nothing left to do.
    done = e.function.append_basic_block("done")
    wait = e.function.append_basic_block("wait")
    e.b.call(run_some, [job])
    e.b.branch(wait)
    e.b.position_at_end(wait)
    finished = e.b.load_atomic(e.byte(job, _DONE), "acquire", 8, typ=I64)
    e.b.cbranch(e.b.icmp_signed("<", finished, e.i64(tasks)), wait, done)
    e.b.position_at_end(done)
    _let_go(e, job)


def _let_go(e: Emitter, job: ir.Value) -> None:
    free = e.intrinsic("free", VOID, [PTR])
    before = e.b.atomic_rmw("sub", e.byte(job, _HOLDERS), e.i64(1), "acq_rel")
    with e.b.if_then(e.b.icmp_signed("==", before, e.i64(1))):
        e.b.call(free, [job])


def _run_some(module: ir.Module) -> ir.Function:
    """``void (ptr job)``: do tasks until none is left, then let go of the job."""
    known = module.globals.get("run_some")
    if known is not None:
        return known
    function = ir.Function(module, ir.FunctionType(VOID, [PTR]), "run_some")
    e = Emitter(function)
    (job,) = e.args
    work = e.read(job, _WORK, _WORK_FUNCTION)
    pointers, total = e.read(job, _FRAME, PTR), e.read(job, _TOTAL, I64)
    again, do, leave = (function.append_basic_block(name) for name in ("again", "do", "leave"))
    e.b.branch(again)
    e.b.position_at_end(again)
    task = e.b.atomic_rmw("add", e.byte(job, _NEXT), e.i64(1), "monotonic")
    e.b.cbranch(e.b.icmp_signed("<", task, total), do, leave)
    e.b.position_at_end(do)
    e.b.call(work, [pointers, task])
    e.b.atomic_rmw("add", e.byte(job, _DONE), e.i64(1), "release")
    e.b.branch(again)
    e.b.position_at_end(leave)
    _let_go(e, job)
    e.b.ret_void()
    return function
