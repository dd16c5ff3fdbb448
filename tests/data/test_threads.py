import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hondo.data import threads
from hondo.data.threads import cores, in_threads, serially


def test_threads_keep_the_order():
    assert in_threads(lambda number: number**2, range(1000)) == [number**2 for number in range(1000)]


@pytest.mark.parametrize("alone", [True, False])
def test_a_thread_that_works_alone_starts_no_others(alone, monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 4)

    def used() -> set[int]:
        gate = threading.Barrier(4) if not alone else None

        def work(number: int) -> int:
            if gate is not None and number < 4 * 2 and number % 2 == 0:
                gate.wait(5)  # passes only if four threads are here at once
            return threading.get_ident()

        return set(in_threads(work, range(8)))

    def run() -> int:
        if not alone:
            return len(used())
        with serially():
            return len(used())

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(run).result() == (1 if alone else 4)


def test_there_is_at_least_one_core():
    assert cores() >= 1
