import numpy as np

from hondo.playground.order import mixed, order


def test_splitmix64():
    """The first numbers of the published generator seeded with 1234567."""
    golden = 0x9E3779B97F4A7C15
    assert [mixed(1234567 + golden * i) for i in (1, 2, 3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


def test_each_epoch_has_its_own_permutation():
    for points in (1, 2, 17, 300):
        np.testing.assert_array_equal(np.sort(order(0, 0, points)), np.arange(points))
    assert (order(0, 0, 50) != order(0, 1, 50)).any()
    assert (order(0, 0, 50) != order(1, 0, 50)).any()


def test_permutations_are_even():
    """Every point comes equally often at every place (within 5 standard deviations)."""
    epochs, points = 6000, 6
    times = np.zeros((points, points))
    for epoch in range(epochs):
        times[np.arange(points), order(3, epoch, points)] += 1
    expected = epochs / points
    assert np.abs(times - expected).max() < 5 * np.sqrt(expected)
