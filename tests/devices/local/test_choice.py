"""Choice of the engine, and the warning about it."""

import warnings

import pytest

import qgate as qg
from qgate.devices.local import choice
from qgate.devices.local.choice import choose_engine
from qgate.devices.local.device import LocalDevice
from qgate.devices.local.libraries import SETS, best_library, library, num_threads
from qgate.devices.local.plan_engine import Settings
from qgate.exceptions import DeviceError, InvalidOption, InvalidSeed, QGateError

BUILT = best_library() is not None
needs_kernels = pytest.mark.skipif(not BUILT, reason="no compiled engine was built")


@pytest.fixture
def without_kernels(monkeypatch, tmp_path):
    monkeypatch.setenv("QGATE_KERNELS", str(tmp_path))
    caches = (library, best_library, choice._say_that_numpy_computes)
    for cache in caches:
        cache.cache_clear()
    yield
    monkeypatch.undo()
    for cache in caches:
        cache.cache_clear()


@needs_kernels
@pytest.mark.parametrize("supported", SETS)
def test_the_fastest_instruction_set_of_the_machine_is_taken(monkeypatch, supported):
    monkeypatch.delenv("QGATE_ENGINE", raising=False)
    if library(supported) is None:
        pytest.skip(f"{supported} was not built")
    monkeypatch.setattr(type(library("baseline")), "supported", supported)
    best_library.cache_clear()

    try:
        assert choose_engine(Settings()).name == supported
    finally:
        best_library.cache_clear()


@pytest.mark.parametrize("name", ["numpy", "gates"])
def test_the_variable_names_an_engine(monkeypatch, name):
    monkeypatch.setenv("QGATE_ENGINE", name)

    assert qg.device("local").engine.name == name


@needs_kernels
@pytest.mark.parametrize("name", SETS)
def test_an_instruction_set_is_forced_or_refused(monkeypatch, name):
    monkeypatch.setenv("QGATE_ENGINE", name)
    best = library("baseline").supported

    if SETS.index(name) <= SETS.index(best):
        assert choose_engine(Settings()).name == name
    else:
        with pytest.raises(DeviceError, match=f"this machine has {best}. Unset"):
            choose_engine(Settings())


def test_an_unknown_engine(monkeypatch):
    monkeypatch.setenv("QGATE_ENGINE", "nunpy")

    with pytest.raises(DeviceError, match=r"QGATE_ENGINE is 'nunpy'.*Did you mean 'numpy'"):
        choose_engine(Settings())


@pytest.mark.usefixtures("without_kernels")
def test_numpy_computes_without_kernels_and_says_so_once(monkeypatch):
    monkeypatch.delenv("QGATE_ENGINE", raising=False)

    with pytest.warns(RuntimeWarning, match="was not built when qgate was installed"):
        first = qg.device("local")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        second = qg.device("local")

    assert [first.engine.name, second.engine.name] == ["numpy", "numpy"]


@pytest.mark.usefixtures("without_kernels")
@pytest.mark.parametrize("name", SETS)
def test_what_was_not_built_cannot_be_forced(monkeypatch, name):
    monkeypatch.setenv("QGATE_ENGINE", name)

    with pytest.raises(DeviceError, match="Install it on a machine with a C compiler"):
        choose_engine(Settings())


def test_the_number_of_threads(monkeypatch):
    monkeypatch.setenv("QGATE_NUM_THREADS", "3")

    assert num_threads() == 3
    assert qg.device("local").settings == Settings(threads=3)
    assert qg.device("local?threads=2").settings == Settings(threads=2)


@pytest.mark.parametrize(
    "given", ["0", "two", "-1", "1.5", "", "257", "100000", "1099511627776", "9" * 5000, "１２"]
)
def test_a_number_of_threads_that_is_none(monkeypatch, given):
    monkeypatch.setenv("QGATE_NUM_THREADS", given)

    with pytest.raises(QGateError, match="Give a whole number of threads, at least 1"):
        qg.device("local")


@pytest.mark.parametrize("given", [0, -1, 257, 100_000, 2**40, True, 1.5, "3"])
def test_an_option_threads_that_is_no_number_of_threads(given):
    with pytest.raises(InvalidOption, match="Give a whole number of threads, at least 1"):
        LocalDevice(threads=given)


@pytest.mark.parametrize(
    "name",
    [
        "local?threads=100000",
        "local?threads=1099511627776",
        "qiskit:aer?max_parallel_threads=100000",
        "qiskit:aer?max_parallel_threads=-1",
        "local?seed=99999999999999999999999",
        "local?memory_gib=inf",
        "local?memory_gib=nan",
    ],
)
def test_integers_that_no_provider_can_use_are_refused(name):
    with pytest.raises(InvalidOption, match="cannot be used"):
        qg.device(name)


@pytest.mark.parametrize("seed", [-1, 1.5, 2**64, "x", True])
def test_a_seed_that_no_generator_takes(seed):
    with pytest.raises(InvalidSeed, match="whole number"):
        LocalDevice(seed=seed)


@pytest.mark.parametrize("memory_gib", [0, -1, float("nan"), float("inf"), "a", True])
def test_a_limit_of_memory_that_is_none(memory_gib):
    with pytest.raises(InvalidOption, match="a finite number above 0"):
        LocalDevice(memory_gib=memory_gib)


def test_the_most_threads_compute():
    device = LocalDevice(wires=15, threads=256)
    values = qg.QNode(lambda: [qg.Hadamard(0), qg.expval(qg.X(0))][1], device)()

    assert values == pytest.approx(1.0)


@pytest.mark.parametrize(("given", "taken"), [("2", 2), ("3,1", 3), (" 2 ", 2)])
def test_the_threads_of_openmp_are_taken_where_no_others_are_given(monkeypatch, given, taken):
    monkeypatch.delenv("QGATE_NUM_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", given)

    assert num_threads() == taken
    monkeypatch.setenv("QGATE_NUM_THREADS", "4")
    assert num_threads() == 4


@pytest.mark.parametrize("given", ["", "0", "many", "-1"])
def test_all_processors_are_used_by_default(monkeypatch, given):
    monkeypatch.delenv("QGATE_NUM_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", given)

    assert num_threads() >= 1
    assert num_threads() == qg.device("local").settings.threads
