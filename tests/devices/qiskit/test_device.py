"""Sweeps on backends of Qiskit agree with dense matrices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.providers.basic_provider import BasicSimulator
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

import qgate as qg
from qgate.devices.batching import submit_packed
from qgate.devices.qiskit.device import QiskitDevice
from qgate.devices.qiskit.gates import NATIVE
from qgate.exceptions import JobFailed, ShotsRequired
from qgate.measurements import counts, probs, sample
from qgate.operations.gate import GATES
from qgate.sweep import Sweep
from qgate.tape import Tape

RX, RY, CNOT, H = (GATES[name] for name in ("RX", "RY", "CNOT", "Hadamard"))
EXACT = frozenset({"probs"})


def aer(**options):
    return QiskitDevice(AerSimulator(), name="aer", seed=4, exact=EXACT, **options)


def run(device, *sweeps):
    return submit_packed(device, sweeps).result()


def layered(wires, angles):
    """A circuit whose outcomes differ under every permutation of wires."""
    first, second, third = wires
    return [
        RX(angles[0], first),
        RY(angles[1], second),
        CNOT([first, second]),
        RY(angles[2], third),
        CNOT([first, third]),
        RX(angles[3], first),
    ]


ANGLES = np.array([0.7, 1.9, -0.6, 2.4])

GATE_NAMES = sorted(
    name
    for name in NATIVE
    if name in GATES and GATES[name].num_wires is not None and GATES[name].num_wires <= 3
)


@st.composite
def circuits(draw):
    """Draw gates of the table on three wires."""
    operations = [RY(0.3 + wire, wire) for wire in range(3)]
    for name in draw(st.lists(st.sampled_from(GATE_NAMES), min_size=1, max_size=6)):
        gate = GATES[name]
        wires = draw(st.permutations(range(3)))[: gate.num_wires]
        angles = [draw(st.floats(-6, 6)) for _ in gate.spec.angles]
        operations.append(gate(*angles, wires=wires))
    return operations


class TestAgainstDenseMatrices:
    @settings(deadline=None, max_examples=25)
    @given(operations=circuits(), measured=st.permutations(range(3)), most=st.integers(1, 3))
    def test_random_circuits_have_the_right_probabilities(
        self, dense_probabilities, operations, measured, most
    ):
        wires = measured[:most]

        ((found,),) = run(aer(), Tape(operations, [probs(wires=wires)]).sweep())

        np.testing.assert_allclose(found, [dense_probabilities(operations, wires)], atol=1e-7)

    @pytest.mark.parametrize("name", [name for name in GATE_NAMES if GATES[name].spec.angles])
    @pytest.mark.parametrize("rerouted", [False, True])
    def test_angles_of_every_gate_reach_the_simulator(
        self, dense_probabilities, assert_sampled, line_backend, name, rerouted
    ):
        def circuit(angles):
            operation = GATES[name](*angles, wires=range(GATES[name].num_wires))
            before = [RY(0.3 + wire, wire) for wire in range(2)]
            return [*before, operation, *(RX(1.1, wire) for wire in range(2))]

        draws = np.random.default_rng(9).normal(size=(3, len(GATES[name].spec.angles)))
        tapes = [Tape(circuit(row), [counts(wires=[0, 1])]) for row in draws]
        rows = np.stack([tape.row() for tape in tapes])
        target = line_backend if rerouted else None
        device = QiskitDevice(AerSimulator(), name="aer", target=target, wires=5, seed=1)

        ((found,),) = run(device, Sweep(tapes[0].structure, rows, (), np.full(3, 4000)))

        for outcomes, angles in zip(found, draws, strict=True):
            assert_sampled(outcomes, dense_probabilities(circuit(angles), [0, 1]))

    @pytest.mark.parametrize("measured", [["c"], ["c", "a"], ["b", "c", "a"], ["idle", "b"]])
    def test_permuted_and_idle_wires_are_read_in_the_order_asked_for(
        self, dense_probabilities, assert_sampled, count_sweep, measured
    ):
        operations = layered("abc", ANGLES)
        device = aer(wires=["c", "idle", "a", "b"])

        (([found],),) = run(device, count_sweep(operations, measured))

        assert_sampled(found, dense_probabilities(operations, measured))

    @pytest.mark.parametrize("simulator", [AerSimulator, BasicSimulator])
    @pytest.mark.parametrize("layout", [None, (0, 4, 2), (3, 0, 4)])
    @pytest.mark.parametrize("level", [0, 1, 3])
    def test_rerouted_layouts_change_nothing(
        self,
        dense_probabilities,
        assert_sampled,
        count_sweep,
        line_backend,
        simulator,
        layout,
        level,
    ):
        device = QiskitDevice(
            simulator(),
            name="line",
            target=line_backend,
            wires=3,
            seed=2,
            optimization_level=level,
            initial_layout=layout,
        )
        operations = layered(range(3), ANGLES)

        (([found],),) = run(device, count_sweep(operations, [2, 0]))

        assert_sampled(found, dense_probabilities(operations, [2, 0]))

    def test_matrices_have_the_first_wire_most_significant(self, dense_probabilities):
        rng = np.random.default_rng(0)
        matrix = np.linalg.qr(rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4)))[0]
        operations = [RX(0.4, 0), RX(1.1, 1), GATES["QubitUnitary"](matrix, [1, 0])]

        ((found,),) = run(aer(), Tape(operations, [probs(wires=[0, 1])]).sweep())

        np.testing.assert_allclose(found, [dense_probabilities(operations, [0, 1])], atol=1e-9)

    def test_several_exact_measurements_come_in_their_order(self, dense_probabilities):
        operations = layered(range(3), ANGLES)
        tape = Tape(operations, [probs(wires=[2, 1]), probs(wires=[0])])

        ((first, second),) = run(aer(), tape.sweep())

        np.testing.assert_allclose(first, [dense_probabilities(operations, [2, 1])], atol=1e-9)
        np.testing.assert_allclose(second, [dense_probabilities(operations, [0])], atol=1e-9)

    @pytest.mark.filterwarnings("ignore:.*has no QubitProperties:UserWarning")
    @pytest.mark.parametrize("backend", [BasicSimulator(), GenericBackendV2(3, noise_info=False)])
    def test_any_backend_object_runs(
        self, dense_probabilities, assert_sampled, count_sweep, backend
    ):
        operations = layered(range(3), ANGLES)
        device = QiskitDevice(backend, name="object", seed=3)

        (([found],),) = run(device, count_sweep(operations, [1, 2]))

        assert_sampled(found, dense_probabilities(operations, [1, 2]))

    def test_rows_are_bound_each_with_its_numbers(self, dense_probabilities):
        structure = Tape(layered(range(3), ANGLES), [probs(wires=range(3))]).structure
        rows = np.random.default_rng(1).normal(size=(6, 4))

        ((found,),) = run(aer(), Sweep(structure, rows))

        expected = [dense_probabilities(layered(range(3), row), range(3)) for row in rows]
        np.testing.assert_allclose(found, expected, atol=1e-9)


class TestSubmissions:
    def gradient(self, shots=200):
        """Two groups of measured circuits, two shifts of each angle."""
        operations = layered(range(3), ANGLES)
        rows = ANGLES + np.pi / 2 * np.concatenate([np.eye(4), -np.eye(4)])
        rotated = [*operations, H(0)]
        return [
            Sweep(Tape(ops, [counts(wires=[0, 1])]).structure, rows, (), np.full(8, shots))
            for ops in (operations, rotated)
        ]

    def test_a_gradient_is_one_job_and_one_transpilation(self):
        device = aer()

        device.submit(self.gradient())

        assert (device.jobs, device.transpilations) == (1, 1)

    def test_the_next_gradient_is_not_transpiled(self):
        device = aer()
        device.submit(self.gradient()).result()

        device.submit(self.gradient()).result()

        assert (device.jobs, device.transpilations) == (2, 1)

    def test_every_shot_count_is_a_job_of_its_own(self):
        device = aer()
        structure = Tape([RX(0.1, 0)], [counts(wires=[0])]).structure
        shots = np.array([10, 30, 10])

        (([*found],),) = run(device, Sweep(structure, np.zeros((3, 1)), (), shots))

        assert device.jobs == 2
        assert [outcomes.shots for outcomes in found] == [10, 30, 10]

    def test_jobs_hold_no_more_circuits_than_the_backend_takes(self):
        class Narrow(GenericBackendV2):
            max_circuits = 3

        device = QiskitDevice(Narrow(3), name="narrow")

        results = run(device, *self.gradient())

        assert device.jobs == 6
        assert [len(entry) for (entry,) in results] == [8, 8]

    def test_a_new_matrix_is_a_new_program(self, dense_probabilities):
        device, flip = aer(), np.array([[0, 1], [1, 0]])
        for matrix in (np.eye(2), flip, flip):
            tape = Tape([GATES["QubitUnitary"](matrix, [0])], [probs(wires=[0])])

            ((found,),) = run(device, tape.sweep())

            np.testing.assert_allclose(found, [abs(matrix[:, 0]) ** 2], atol=1e-12)
        assert device.transpilations == 2

    def test_the_order_of_the_shots_is_kept(self):
        tape = Tape([RX(np.pi, 0), H(1)], [sample(wires=[0, 1])], shots=50)

        (([found],),) = run(aer(), tape.sweep())

        bits = found.bits()
        assert bits.shape == (50, 2)
        assert bits[:, 0].all()
        assert 0 < bits[:, 1].sum() < 50

    @pytest.mark.parametrize("name", ["qiskit:aer", "qiskit:fake_manila"])
    def test_a_gradient_of_a_quantum_function_is_one_job_and_one_transpilation(self, name):
        device = qg.device(name, wires=3, shots=100)
        energy = qg.Hamiltonian([0.5, 0.3, 0.2], [qg.Z(0) @ qg.Z(1), qg.X(0) @ qg.X(1), qg.Y(2)])

        @qg.qnode(device, diff_method="parameter-shift")
        def circuit(angles):
            qg.RX(angles[0], 0)
            qg.Rot(angles[1], angles[2], angles[3], 1)
            qg.CRY(angles[4], [1, 2])
            return qg.expval(energy)

        angles = qg.numpy.array([0.1, 0.2, 0.3, 0.4, 0.5], requires_grad=True)
        counted = []
        for _ in range(2):
            qg.grad(circuit)(angles)
            counted.append((device.jobs, device.transpilations))

        assert counted == [(1, 1), (2, 1)]


class TestSeeds:
    def draws(self, device, count_sweep, times=2):
        return [run(device, count_sweep([H(0)], [0], 1000))[0][0][0].counts() for _ in range(times)]

    def test_the_same_seed_gives_the_same_outcomes(self, count_sweep):
        assert self.draws(aer(), count_sweep) == self.draws(aer(), count_sweep)

    def test_repeated_calls_draw_anew(self, count_sweep):
        first, second, third = self.draws(aer(), count_sweep, times=3)

        assert not first == second == third

    def test_equal_rows_draw_apart(self, count_sweep):
        sweep = count_sweep([H(0)], [0], 1000).repeated(8)

        ((found,),) = run(aer(), sweep)

        assert len({tuple(outcomes.weights) for outcomes in found}) > 1


class TestLimits:
    def test_facts_come_from_the_backend(self):
        class Limited(GenericBackendV2):
            max_shots = 2000

        capabilities = QiskitDevice(Limited(4), name="limited").capabilities

        assert (capabilities.max_wires, capabilities.max_shots) == (4, 2000)

    def test_shots_are_1024_where_none_are_given(self):
        assert aer().shots.total_shots == 1024

    def test_noisy_backends_are_not_exact(self):
        with pytest.raises(ShotsRequired, match="noisy"):
            QiskitDevice(GenericBackendV2(2), name="noisy", shots=None)

    def test_a_simulation_that_does_not_fit_fails_with_aers_reason(self, count_sweep):
        small = AerSimulator(method="statevector", max_memory_mb=1)
        device = QiskitDevice(small, name="small")

        job = device.submit([count_sweep([H(wire) for wire in range(20)], range(20), 10)])

        with pytest.raises(JobFailed, match="Insufficient memory to run circuit"):
            job.result()
