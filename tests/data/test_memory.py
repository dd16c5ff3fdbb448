from concurrent.futures import ThreadPoolExecutor

import numpy as np

from hondo.data.memory import lent_array


def test_a_thread_gets_the_same_memory_again_and_other_threads_do_not():
    first = lent_array((3, 4), np.dtype(np.float32))
    assert first.shape == (3, 4)
    assert first.dtype == np.float32
    assert np.shares_memory(first, lent_array((5, 5), np.dtype(np.uint8)))
    larger = lent_array((100, 100), np.dtype(np.int16))
    assert larger.shape == (100, 100)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(lent_array, (10,), np.dtype(np.uint8)).result()
    assert not np.shares_memory(larger, other)


def test_no_rows_need_no_memory():
    assert lent_array((0, 7), np.dtype(np.float64)).shape == (0, 7)
