import importlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from hondo.core.backend import keras
from hondo.core.errors import DataError
from hondo.core.language import use_language
from hondo.data.generator.generator import ImageDataGenerator

Old = importlib.import_module("keras.src.legacy.preprocessing.image").ImageDataGenerator
pytestmark = pytest.mark.filterwarnings("ignore:.*ndimage.interpolation.*:DeprecationWarning")

OPTIONS = {"rotation_range": 30, "horizontal_flip": True, "zoom_range": 0.2}


def pictures(count=10, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 6, 7, 3)).astype(np.float32)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("batch_size", [3, 5, 32])
def test_epochs_by_index_are_those_of_the_old_class(shuffle, batch_size):
    x = pictures()
    ours = ImageDataGenerator(**OPTIONS).flow(x, batch_size=batch_size, shuffle=shuffle, seed=4)
    theirs = Old(**OPTIONS).flow(x.copy(), batch_size=batch_size, shuffle=shuffle, seed=4)
    assert len(ours) == len(theirs)
    for _ in range(3):
        for index in range(len(ours)):
            np.testing.assert_allclose(ours[index], theirs[index], atol=0.02)
        ours.on_epoch_end()
        theirs.on_epoch_end()


def epochs_in(threads, seed=1):
    batches = ImageDataGenerator(**OPTIONS).flow(pictures(20), np.arange(20), batch_size=3, seed=seed)
    results = []
    for _ in range(3):
        with ThreadPoolExecutor(threads) as pool:
            results += list(pool.map(batches.__getitem__, range(len(batches))))
        batches.on_epoch_end()
    return results


def test_threads_that_ask_for_batches_change_nothing():
    for alone, together in zip(epochs_in(1), epochs_in(6), strict=True):
        np.testing.assert_array_equal(alone[0], together[0])
        np.testing.assert_array_equal(alone[1], together[1])


def test_batches_in_another_order_are_the_same_batches():
    forwards = ImageDataGenerator(**OPTIONS).flow(pictures(), batch_size=4, seed=1)
    backwards = ImageDataGenerator(**OPTIONS).flow(pictures(), batch_size=4, seed=1)
    last = [backwards[index] for index in (2, 1, 0)]
    for index, batch in zip((2, 1, 0), last, strict=True):
        np.testing.assert_array_equal(
            ImageDataGenerator(**OPTIONS).flow(pictures(), batch_size=4, seed=1)[index], batch
        )
    assert not np.array_equal(forwards[0], forwards[0])  # asked for again, it is drawn again


def test_every_epoch_has_each_sample_once_in_an_order_of_its_own():
    batches = ImageDataGenerator().flow(pictures(11), np.arange(11), batch_size=4, seed=2)
    orders = []
    for _ in range(3):
        orders.append(np.concatenate([next(batches)[1] for _ in range(3)]))
        np.testing.assert_array_equal(np.sort(orders[-1]), np.arange(11))
    assert not np.array_equal(orders[0], orders[1])


def test_reset_begins_at_the_first_batch():
    batches = ImageDataGenerator().flow(pictures(), np.arange(10), batch_size=4, shuffle=False)
    next(batches)
    batches.reset()
    np.testing.assert_array_equal(next(batches)[1], [0, 1, 2, 3])
    assert iter(batches) is batches
    assert batches.total_batches_seen == 2


def test_batches_are_counted_from_both_ends():
    batches = ImageDataGenerator().flow(pictures(), np.arange(10), batch_size=4, shuffle=False)
    np.testing.assert_array_equal(batches[-1][1], [8, 9])
    for outside in (3, -4):
        with pytest.raises(IndexError, match="of 3"):
            batches[outside]


def test_what_goes_with_the_pictures_comes_along():
    x, extra, weights = pictures(), np.arange(10) * 10, np.linspace(0, 1, 10)
    y = np.arange(10)
    given = ([x, extra], y)
    (inputs, company), targets, shares = next(
        ImageDataGenerator().flow(given[0], given[1], batch_size=10, sample_weight=weights, seed=1)
    )
    np.testing.assert_array_equal(company, targets * 10)
    np.testing.assert_array_equal(shares, weights[targets])
    np.testing.assert_array_equal(inputs, x[targets])


def test_validation_is_the_beginning_and_training_the_rest():
    x, y = pictures(), np.arange(10) % 2
    generator = ImageDataGenerator(validation_split=0.4)
    old = Old(validation_split=0.4)
    for subset in ("training", "validation"):
        ours = generator.flow(x, y, subset=subset, shuffle=False)
        theirs = old.flow(x.copy(), y, subset=subset, shuffle=False)
        assert ours.n == theirs.n
        np.testing.assert_array_equal(next(ours)[0], next(theirs)[0])


def test_a_source_that_is_read_by_index_is_never_read_whole(tmp_path):
    np.save(tmp_path / "x.npy", pictures().astype(np.uint8))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    batches = ImageDataGenerator(**OPTIONS).flow(mapped, batch_size=4, seed=1)
    assert batches.x is mapped
    np.testing.assert_array_equal(
        next(batches), next(ImageDataGenerator(**OPTIONS).flow(pictures(), batch_size=4, seed=1))
    )


def test_pictures_are_written_where_somebody_wants_to_look(tmp_path):
    batches = ImageDataGenerator(rescale=1 / 255).flow(
        pictures(3), batch_size=3, shuffle=False, seed=1, save_to_dir=tmp_path, save_prefix="seen", save_format="png"
    )
    next(batches)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name.split("_")[:2] for name in names] == [["seen", "0"], ["seen", "1"], ["seen", "2"]]
    with Image.open(tmp_path / names[0]) as image:
        written = np.asarray(image, dtype=np.float32)
    x = pictures(3)[0]
    np.testing.assert_allclose(written, (x - x.min()) / (x.max() - x.min()) * 255, atol=1.01)


def small_model():
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((6, 7, 3)), keras.layers.Flatten(), keras.layers.Dense(2)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    # Built: else Keras begins an epoch only to see a batch, and its workers deliver the others of it later.
    model.train_on_batch(pictures(2) / 255, np.arange(2))
    return model


def test_kerass_fit_trains_on_it_alike_with_any_number_of_workers():
    y = np.arange(24) % 2
    weights = []
    for workers in (1, 3):
        batches = ImageDataGenerator(**OPTIONS, rescale=1 / 255).flow(pictures(24), y, batch_size=5, seed=1)
        batches.workers = workers
        model = small_model()
        history = model.fit(batches, epochs=3, verbose=0)
        assert len(history.history["loss"]) == 3
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("given", "told", "dicho"),
    [
        ({"x": np.zeros((4, 4, 3))}, "four axes", "cuatro ejes"),
        ({"y": np.arange(3)}, "y has 3 entries and x has 10", "y tiene 3 elementos"),
        ({"sample_weight": np.ones(2)}, "sample_weight has 2 entries", "2 elementos"),
        ({"x": [pictures(), np.arange(4)]}, r"x\[1\] has 4 entries", "4 elementos"),
        ({"subset": "test"}, "no subset 'test'", "ningún subconjunto"),
        ({"subset": "training", "y": np.arange(10) // 5}, "sorted by class", "ordenadas por clase"),
        ({"batch_size": 0}, "batch_size should be a whole number above 0", "entero mayor que 0"),
        ({"save_to_dir": "nowhere/at/all"}, "save_to_dir: there is no folder", "no existe la carpeta"),
    ],
)
def test_arrays_that_do_not_go_together_are_refused(given, told, dicho):
    generator = ImageDataGenerator(validation_split=0.5)
    with pytest.raises(DataError, match=told) as caught:
        generator.flow(**{"x": pictures(), **given})
    assert caught.value.hint
    with use_language("es"), pytest.raises(DataError, match=dicho):
        generator.flow(**{"x": pictures(), **given})
