"""Plans in the compiled engine against the same circuits gate by gate."""

import gc
import weakref
from types import SimpleNamespace

import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import qgate as qg
from qgate.devices.local.exact import apply_observable
from qgate.devices.local.libraries import SETS, best_library, library
from qgate.devices.local.native import NativeObservable, NativePlan, NativeSimulation
from qgate.devices.local.plan import PlannedSweep, plan_of
from qgate.devices.local.plan_engine import native_plan
from qgate.tape import Tape
from qgate.wires import Wires

SMALL, LARGE = [1, 2, 3, 4, 5, 6, 8, 10, 11], [13, 14, 15]


def usable():
    """Instruction sets for which there is a library and which this machine supports."""
    baseline = library("baseline")
    known = [] if baseline is None else SETS[: SETS.index(baseline.supported) + 1]
    return [name for name in known if library(name) is not None]


SETS_HERE = pytest.mark.parametrize("name", usable())
PRECISIONS = pytest.mark.parametrize("single", [False, True], ids=["double", "single"])


class Native:
    """Runs a case of ``planned`` in one of the libraries."""

    def __init__(self, case, name, *, single=False, threads=1):
        self.case, self.library = case, library(name)
        self.plan = NativePlan(case.plan, self.library)
        self.options = {"single": single, "threads": threads}
        size = 2.0 ** (len(case.order) / 2)
        self.close = 3e-5 if single else 1e-11
        self.close_slopes = self.close * size * 10

    def run(self):
        return NativeSimulation(self.plan, self.case, **self.options)

    def states(self):
        return self.run().states()

    def slopes(self, bras):
        run = self.run()
        slopes = run.differentiate(len(bras), range(self.case.rows.shape[1]), bras)
        run()
        return slopes

    def observe(self, sums):
        """Values (K, M), derivatives (K, M, P), and the terms of the first value, (K, T)."""
        run = self.run()
        order = self.case.order
        masks = [(item.x_masks(order), item.z_masks(order)) for item in sums]
        held = [NativeObservable(*pair, len(order), self.library) for pair in masks]
        values = run.observe(held, [np.real(item.coefficients) for item in sums])
        means = run.words(held[0])
        slopes = run.differentiate(len(sums), range(self.case.rows.shape[1]))
        run()
        return SimpleNamespace(values=values, slopes=slopes, means=means)


def sums_of_words(n, seed):
    random = np.random.default_rng(seed)
    words = [["".join(random.choice(list("IXYZ"), size=n)) for _ in range(4)] for _ in range(2)]
    return [qg.PauliSum.from_words(random.normal(size=4), some) for some in words]


def check(case, name, single, threads, seed):
    native = Native(case, name, single=single, threads=threads)
    kets, bras = case.states(), case.vectors(2, seed)
    sums = sums_of_words(len(case.order), seed)
    applied = np.stack([apply_observable(item, kets, case.order, anp) for item in sums])

    found = native.observe(sums)

    assert_allclose(native.states(), kets, atol=native.close)
    assert_allclose(native.slopes(bras), case.slopes(bras), atol=native.close_slopes)
    values = np.einsum("ki,vki->kv", kets.conj(), applied).real
    assert_allclose(found.values, values, atol=10 * native.close)
    assert_allclose(found.slopes, case.slopes(applied), atol=10 * native.close)
    words = [sums[0].select([t]).with_parameters([np.ones(1)]) for t in range(4)]
    changed = [apply_observable(word, kets, case.order, anp) for word in words]
    means = np.einsum("ki,tki->kt", kets.conj(), changed).real
    assert_allclose(found.means, means, atol=10 * native.close)


@SETS_HERE
@PRECISIONS
@settings(max_examples=60)
@given(data=st.data(), seed=st.integers(0, 99), threads=st.integers(1, 3))
def test_random_circuits_agree_with_gate_by_gate(name, single, data, seed, threads, planned):
    case = planned.of(*data.draw(planned.sweeps(SMALL)))
    check(case, name, single, threads, seed)


@SETS_HERE
@settings(max_examples=15)
@given(data=st.data(), seed=st.integers(0, 99), threads=st.integers(1, 3), single=st.booleans())
def test_states_that_are_worked_on_in_blocks_agree_too(name, data, seed, threads, single, planned):
    case = planned.of(*data.draw(planned.sweeps(LARGE, most=12)))
    check(case, name, single, threads, seed)


def layered(n, depth, rows=None):
    gates = []
    for layer in range(depth):
        gates += [qg.Rot(0.1 * w, 0.3, layer - 0.2, w) for w in range(n)]
        gates += [qg.CNOT([w, (w + 1) % n]) for w in range(n)]
        gates += [qg.IsingZZ(0.2 * w, [w, (w + 3) % n]) for w in range(n)]
        gates += [qg.CRX(0.4, [0, n - 1]), qg.IsingXX(0.3, [1, n - 2])]
    sweep = Tape(gates, [qg.expval(qg.Z(0))]).sweep()
    if rows is not None:
        noise = np.random.default_rng(4).normal(size=(rows, sweep.rows.shape[1]))
        sweep = sweep.with_rows(sweep.rows + noise, None)
    return sweep, Wires(range(n))


@SETS_HERE
@PRECISIONS
@pytest.mark.parametrize(("n", "rows"), [(17, None), (15, 2), (6, 7)])
def test_threads_change_no_bit(name, single, n, rows, planned):
    case, sums = planned.of(*layered(n, 2, rows)), sums_of_words(n, 5)
    bras = case.vectors(1, 6)

    found = [Native(case, name, single=single, threads=threads) for threads in (1, 2, 3)]

    first, first_slopes = found[0].observe(sums), found[0].slopes(bras)
    first_states = found[0].states()
    for native in found[1:]:
        other = native.observe(sums)
        assert_array_equal(native.states(), first_states)
        assert_array_equal(native.slopes(bras), first_slopes)
        assert_array_equal(other.values, first.values)
        assert_array_equal(other.slopes, first.slopes)
        assert_array_equal(other.means, first.means)


@SETS_HERE
@settings(max_examples=12)
@given(
    n=st.sampled_from([4, 10, 11, 13, 16, 17, 18]),
    seed=st.integers(0, 99),
    threads=st.integers(1, 3),
    single=st.booleans(),
)
def test_permutations_move_each_amplitude_to_its_place_and_back(name, n, seed, threads, single):
    random = np.random.default_rng(seed)
    state = random.normal(size=(1, 2**n)) + 1j * random.normal(size=(1, 2**n))
    gates, wanted, bits = [qg.RX(0.0, 0)], state[0], np.arange(2**n)
    for _ in range(3 * n):
        control, target = (int(wire) for wire in random.permutation(n)[:2])
        controlled = random.random() < 0.9
        gates.append(qg.CNOT([control, target]) if controlled else qg.X(target))
        flipped = bits >> (n - 1 - control) & 1 if controlled else 1
        wanted = wanted[bits ^ flipped << (n - 1 - target)]
    sweep = Tape(gates, [qg.expval(qg.Z(0))]).sweep()
    order = Wires(range(n))
    plan = NativePlan(plan_of(sweep.structure, order), library(name))
    numbers, phase = plan.plan.numbers_for(())

    def run():
        planned = PlannedSweep(plan.plan, sweep.rows, numbers, phase, state)
        return NativeSimulation(plan, planned, threads=threads, single=single)

    assert_allclose(run().states()[0], wanted, atol=1e-6 if single else 1e-14)
    differentiated = run()
    slopes = differentiated.differentiate(1, [0], wanted[None, None])
    differentiated()
    flipped = state[0][bits ^ 1 << (n - 1)]
    expected = -0.5j * np.vdot(state[0], flipped)
    assert_allclose(slopes[0, 0, 0], expected.real, atol=1e-2 if single else 1e-9)


@SETS_HERE
def test_only_the_slots_that_are_asked_for_are_needed(name, planned):
    case, bras = planned.of(*layered(5, 2)), None
    native = Native(case, name)
    bras = case.vectors(1, 1)
    whole = native.slopes(bras)
    run = native.run()

    some = run.differentiate(1, [3, 40], bras)
    run()

    assert_allclose(some[..., [3, 40]], whole[..., [3, 40]], atol=1e-12)


@SETS_HERE
@pytest.mark.parametrize("rows", [1, 3])
def test_an_initial_state_for_all_rows_or_one_for_each(name, rows, planned):
    case = planned.of(*layered(4, 1, 3))
    case.initial = case.vectors(1, 2)[0][:rows]
    native = Native(case, name)

    found = native.states()

    for row in range(3):
        alone = planned.of(*layered(4, 1))
        alone.rows = case.rows[row : row + 1]
        alone.initial = case.initial[row % rows : row % rows + 1]
        assert_allclose(found[row], Native(alone, name).states()[0], atol=1e-12)


def test_a_library_that_was_not_built_is_none():
    assert library("another set") is None


def test_plans_are_held_no_longer_than_the_caches_hold_them():
    found = best_library()
    if found is None:
        pytest.skip("no compiled engine was built")
    plan = plan_of(Tape([qg.RX(0.1, 0)], [qg.state()]).structure, Wires([0]))
    held = weakref.ref(native_plan(plan, found))
    assert held() is native_plan(plan, found)

    native_plan.cache_clear()
    gc.collect()

    assert held() is None


def test_each_set_of_slots_has_the_angles_that_depend_on_it():
    found = best_library()
    if found is None:
        pytest.skip("no compiled engine was built")
    tape = Tape([qg.RX(0.1, 0), qg.RY(0.2, 0), qg.RZ(0.3, 0)], [qg.state()])
    native = NativePlan(plan_of(tape.structure, Wires([0])), found)

    for slots in ((), (0,), (1, 2), (0,), (0, 1, 2), ()):
        assert native.needed(slots).tolist() == [*(int(slot in slots) for slot in range(3)), 0]


def test_only_long_simulations_are_shared_among_threads(monkeypatch):
    if best_library() is None:
        pytest.skip("no compiled engine was built")
    monkeypatch.setattr("qgate.devices.local.native.SHARED_NS", 20e6)
    taken = []

    class Counted(NativeSimulation):
        def __call__(self):
            super().__call__()
            taken.append(self.request.threads)

    monkeypatch.setattr("qgate.devices.local.plan_engine.NativeSimulation", Counted)
    device = qg.device("local?threads=3")

    @qg.qnode(device)
    def circuit(x, wires, layers):
        for wire in list(range(wires)) * layers:
            qg.RX(x, wires=wire)
            qg.CNOT(wires=[wire, (wire + 1) % wires])
        return qg.probs(wires=0)

    circuit(0.3, 4, 1)
    circuit(np.linspace(0, 1, 20), 8, 1)
    circuit(0.3, 15, 1)
    assert taken == [1, 1, 1]
    circuit(np.linspace(0, 1, 500), 10, 5)
    assert taken[-1] == 3
