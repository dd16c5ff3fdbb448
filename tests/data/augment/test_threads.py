import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import cv2
import pytest

from hondo.data.augment.threads import in_parts


@pytest.mark.parametrize(("count", "pixels", "threads"), [(1, 10, None), (7, 10**6, 3), (64, 2**15, 4), (2, 10**6, 8)])
def test_the_parts_cover_everything_once(count, pixels, threads):
    done = []
    in_parts(lambda start, stop: done.extend(range(start, stop)), count, pixels, threads)
    assert sorted(done) == list(range(count))


def test_small_work_stays_in_its_thread():
    seen = set()
    in_parts(lambda start, stop: seen.add(threading.current_thread()), 8, 100, 4)
    assert seen == {threading.current_thread()}


def test_large_work_is_shared():
    seen = set()
    barrier = threading.Barrier(2, timeout=10)

    def work(start, stop):
        barrier.wait()
        seen.add(threading.current_thread())

    in_parts(work, 2, 10**6, 2)
    assert len(seen) == 2


def test_an_error_in_a_thread_is_raised_after_all_have_ended():
    done = []

    def work(start, stop):
        if start:
            raise ValueError("broken")
        done.append(start)

    with pytest.raises(ValueError, match="broken"):
        in_parts(work, 2, 10**6, 2)
    assert done == [0]


@pytest.mark.skipif(not hasattr(os, "register_at_fork"), reason="only where processes fork")
def test_a_child_process_gets_threads_of_its_own():
    code = (
        "import os, sys, warnings\n"
        "warnings.simplefilter('ignore')\n"
        "from hondo.data.augment.threads import in_parts\n"
        "done = []\n"
        "in_parts(lambda a, b: done.append(a), 4, 10**6, 4)\n"
        "if os.fork() == 0:\n"
        "    in_parts(lambda a, b: done.append(a), 4, 10**6, 4)\n"
        "    os._exit(0 if len(done) == 8 else 1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


@pytest.mark.parametrize("before", [1, 2])
def test_opencvs_own_threads_rest_meanwhile_and_are_as_they_were_afterwards(before):
    usual = cv2.getNumThreads()
    cv2.setNumThreads(before)
    try:
        seen = []
        for _ in range(2):
            with ThreadPoolExecutor(4) as pool:
                jobs = [
                    pool.submit(in_parts, lambda a, b: seen.append(cv2.getNumThreads()), 8, 10**6, 2) for _ in "1234"
                ]
            for job in jobs:
                job.result()
            with pytest.raises(ValueError, match="broken"):
                in_parts(broken, 8, 10**6, 2)
        assert set(seen) == {1}
        assert cv2.getNumThreads() == before
    finally:
        cv2.setNumThreads(usual)


def broken(start, stop):
    raise ValueError("broken")
