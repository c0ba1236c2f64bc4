import numpy as np
import pytest
from braket.circuits import Circuit, FreeParameter
from braket.devices import LocalSimulator
from braket.program_sets import CircuitBinding, ProgramSet
from scipy.stats import unitary_group

from qgate.devices.braket.simulator import SIMULATORS

SHOTS = 2000
NAMES = ("slot_0", "slot_1", "slot_2")


def circuit() -> Circuit:
    a, b, c = (FreeParameter(name) for name in NAMES)
    made = Circuit().rx(0, a).u(1, b, 0.3, c).cnot(0, 2).pswap(1, 2, b).xy(0, 2, c).ry(3, a)
    return made.unitary([3, 1], unitary_group.rvs(4, random_state=0)).measure([2, 0, 3])


def program_set() -> ProgramSet:
    values = np.random.default_rng(5).normal(size=(3, 4))  # four rows
    inputs = dict(zip(NAMES, values.tolist(), strict=True))
    return ProgramSet([CircuitBinding(circuit(), inputs), Circuit().x(0).measure([0])], SHOTS)


def executables(result):
    return [executable for entry in result.entries for executable in entry.entries]


def frequencies(executable):
    weights = 1 << np.arange(executable.measurements.shape[1])[::-1]
    return np.bincount(executable.measurements @ weights, minlength=8) / SHOTS


@pytest.mark.parametrize("name", SIMULATORS)
def test_frequencies_are_those_of_the_sdk(name):
    result = LocalSimulator(SIMULATORS[name](seed=1)).run(program_set()).result()

    for executable, bound in zip(executables(result), exact_circuits(), strict=True):
        exact = np.abs(bound.to_unitary()[:, 0]) ** 2
        exact = marginal(exact, executable.measured_qubits, bound.qubit_count)
        error = np.sqrt(exact * (1 - exact) / SHOTS)
        found = frequencies(executable)[: len(exact)]
        assert np.all(np.abs(found - exact) <= 5 * error + 1e-12)


def exact_circuits():
    inputs = program_set().entries[0].input_sets.as_list()
    return [*(circuit().make_bound_circuit(values) for values in inputs), Circuit().x(0)]


def marginal(probabilities, qubits, num_qubits):
    tensor = probabilities.reshape((2,) * num_qubits)
    return np.einsum(tensor, range(num_qubits), qubits).ravel()


@pytest.mark.parametrize("name", SIMULATORS)
def test_results_are_laid_out_as_the_sdk_lays_them_out(name):
    ours = LocalSimulator(SIMULATORS[name](seed=1)).run(program_set()).result()
    theirs = LocalSimulator("braket_sv").run(program_set()).result()

    for one, other in zip(executables(ours), executables(theirs), strict=True):
        assert one.measured_qubits == other.measured_qubits
        assert one.measurements.shape == other.measurements.shape
        assert one.inputs == other.inputs
    assert ours.num_executables == theirs.num_executables == 5
    assert ours.task_metadata.requestedShots == theirs.task_metadata.requestedShots
    assert ours.task_metadata.successfulShots == theirs.task_metadata.successfulShots


def test_a_seed_repeats_the_bits_and_another_does_not():
    def bits(seed):
        result = LocalSimulator(SIMULATORS["braket_sv"](seed)).run(program_set()).result()
        return np.concatenate(
            [executable.measurements.ravel() for executable in executables(result)]
        )

    assert np.array_equal(bits(3), bits(3))
    assert not np.array_equal(bits(3), bits(4))


def test_a_program_is_parsed_once():
    simulator = SIMULATORS["braket_sv"]()

    LocalSimulator(simulator).run(program_set())
    LocalSimulator(simulator).run(program_set())

    assert simulator._parse.cache_info().misses == 2
