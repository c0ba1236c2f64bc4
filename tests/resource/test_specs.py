"""Counts of QNodes: gates, parameters, submissions, circuits on the device."""

import json

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import (
    DeviceError,
    InvalidLevel,
    NoQNode,
    TooManyWires,
    UnknownEntry,
    UnsupportedDiffMethod,
)
from qgate.prices import Price

H = qg.Hamiltonian([0.2, 0.3, 0.5], [qg.X(0) @ qg.Z(1), qg.Z(0), qg.Y(1)])
"""A Hamiltonian of two measurement bases."""


def layered(weights):
    qg.BasicEntanglerLayers(weights, wires=range(3))
    return qg.expval(H)


def weights(layers=2):
    return qg.numpy.ones((layers, 3), requires_grad=True)


def specs_of(device="local", level=None, shots="device", args=None, function=layered, **options):
    node = qg.QNode(function, device, shots=shots, **options)
    return qg.specs(node, level=level)(*((weights(),) if args is None else args))


class TestResources:
    def test_a_template_is_one_operation_as_it_is_written(self):
        found = specs_of(level="top").resources

        assert found.gate_types == {"BasicEntanglerLayers": 1}
        assert specs_of(level=0).resources == specs_of(level="user").resources == found

    def test_the_device_has_the_gates_of_the_template(self):
        found = specs_of(level="device").resources

        assert found.gate_types == {"RX": 6, "CNOT": 6}
        assert found.gate_sizes == {1: 6, 2: 6}

    def test_the_default_level_has_the_gates_that_the_gradient_shifts(self):
        found = specs_of(diff_method="parameter-shift")

        assert found.level == "gradient"
        assert found.resources.gate_types == {"RX": 6, "CNOT": 6}

    def test_circuits_of_several_bases_are_a_list(self):
        found = specs_of(level="device", shots=100).resources

        assert [each.gate_types["CNOT"] for each in found] == [6, 6]

    def test_the_depth_is_left_out_on_request(self):
        node = qg.QNode(layered, "local")

        assert qg.specs(node, compute_depth=False)(weights()).resources.depth is None

    def test_a_circuit_that_no_device_holds_is_counted(self):
        def wide():
            for wire in range(99):
                qg.CNOT([wire, wire + 1])
            return qg.expval(qg.Z(99))

        found = specs_of(function=wide, args=(), level="top")

        assert found.resources.depth == 99
        assert "Cannot run" in str(found)
        with pytest.raises(TooManyWires):
            _ = found.value


class TestSubmissions:
    @pytest.mark.parametrize("layers", [1, 2])
    def test_a_gradient_by_parameter_shift_has_two_rows_an_angle_in_every_basis(self, layers):
        found = specs_of(shots=100, args=(weights(layers),))

        angles, bases = 3 * layers, 2
        assert found.diff_method == "parameter-shift"
        assert (found.value.circuits, found.value.rows) == (bases, bases)
        assert found.gradient.rows == bases * (2 * angles + 1)
        assert found.gradient.shots == 100 * found.gradient.rows
        assert found.gradient.submissions == 1
        assert found.num_gradient_executions == bases * 2 * angles

    def test_counts_are_those_of_a_plan(self):
        node = qg.QNode(layered, "local", shots=100)

        planned = qg.plan(qg.grad(node))(weights())

        found = qg.specs(node)(weights()).gradient
        assert (found.submissions, found.rows) == (planned.submissions, planned.rows)
        assert (found.shots, found.price) == (planned.shots, planned.price)

    def test_counts_are_those_of_the_run(self):
        node = qg.QNode(layered, "local", shots=100)
        found = qg.specs(node)(weights()).gradient

        with qg.Tracker(node.device) as tracker:
            qg.grad(node)(weights())

        assert tracker.totals["executions"] == found.rows
        assert tracker.totals["shots"] == found.shots

    def test_a_gradient_by_the_state_is_one_run(self):
        found = specs_of()

        assert found.diff_method == "adjoint"
        assert found.value == found.gradient
        assert (found.value.submissions, found.value.rows, found.value.shots) == (1, 1, 0)
        assert found.value.price == Price()

    @pytest.mark.parametrize("method", ["hadamard", "finite-diff", qg.gradients.param_shift])
    def test_every_kind_of_gradient_method_is_counted(self, method):
        node = qg.QNode(layered, "local", shots=100, diff_method=method)

        planned = qg.plan(qg.grad(node))(weights(1))

        assert qg.specs(node)(weights(1)).gradient.rows == planned.rows

    def test_a_broadcast_has_a_row_for_each_of_its_numbers(self):
        def rotated(angles):
            qg.RX(angles, wires=0)
            return qg.expval(qg.Z(0))

        found = specs_of(function=rotated, args=(np.linspace(0, 1, 7),), shots=10)

        assert (found.value.circuits, found.value.rows, found.value.shots) == (1, 7, 70)

    def test_shots_of_the_call_are_counted(self):
        found = qg.specs(qg.QNode(layered, "local"))(weights(), shots=50)

        assert (found.shots.total_shots, found.value.shots) == (50, 100)

    def test_a_budget_is_counted_with_all_its_shots(self):
        found = specs_of(shots=qg.Budget(shots=3000))

        assert 0 < found.value.shots <= 3000

    def test_plain_numbers_count_as_trainable(self):
        found = specs_of(shots=100, args=(np.ones((1, 3)),))

        assert found.num_trainable_params == 1
        assert found.gradient.rows == 2 * (2 * 3 + 1)

    def test_a_circuit_without_angles_has_no_gradient(self):
        def fixed():
            qg.X(0)
            return qg.expval(qg.Z(0))

        found = specs_of(function=fixed, args=())

        assert found.gradient is None
        assert found.num_gradient_executions == 0

    def test_results_without_derivative_are_reported_and_values_counted(self):
        def sampled(angle):
            qg.RX(angle, wires=0)
            return qg.sample(wires=0)

        found = specs_of(function=sampled, args=(0.3,), shots=10)

        assert found.value.shots == 10
        with pytest.raises(UnsupportedDiffMethod):
            _ = found.gradient
        assert "Gradient: not possible" in str(found)
        assert found.to_dict()["gradient"] is None

    def test_wrong_options_of_a_gradient_leave_the_other_counts(self):
        found = specs_of(diff_method="parameter-shift", gradient_kwargs={"shifts": 0.5})

        assert found.to_dict()["gradient"] is None
        assert "Gradient: not possible" in str(found)
        assert found.value.rows == 1

    def test_nothing_is_simulated(self):
        def wide(angle):
            for wire in range(32):
                qg.RX(angle, wires=wire)
            return qg.expval(qg.Z(0))

        found = specs_of(function=wide, args=(0.1,), diff_method="parameter-shift")

        assert found.gradient.rows == 2 * 32 + 1


class TestTransformsAndOutcomes:
    def test_tapes_of_a_transform_are_counted_as_one_submission(self):
        @qg.transform
        def twice(tape):
            return [tape, tape], lambda results: results[0] + results[1]

        node = twice(qg.QNode(layered, "local", shots=100, diff_method="parameter-shift"))

        found = qg.specs(node, level="user")(weights())

        planned = qg.plan(qg.grad(node))(weights())
        assert [each.gate_types for each in found.resources] == [{"BasicEntanglerLayers": 1}] * 2
        assert found.value.rows == 4
        assert (found.gradient.submissions, found.gradient.rows) == (1, planned.rows)

    def test_mid_circuit_measurements_are_counted_and_deferred(self):
        def measured(angle):
            qg.RX(angle, wires=0)
            outcome = qg.measure(0)
            qg.cond(outcome, qg.RY)(angle, wires=1)
            return qg.expval(qg.Z(1)), qg.expval(outcome)

        found = specs_of(function=measured, args=(0.3,), shots=10)

        assert found.resources.gate_types == {"RX": 1, "MidMeasureMP": 1, "Conditional(RY)": 1}
        assert found.resources.measurements == {"expval(PauliZ)": 1, "expval(mcm)": 1}
        assert found.compiled[0].gate_types["CRY"] == 1
        assert found.gradient.rows > found.value.rows
        assert specs_of(function=measured, args=(0.3,), level="device").value.rows == 1


class TestOnADevice:
    def test_compiled_circuits_have_the_gates_of_a_chip(self):
        found = specs_of("qiskit:fake_manila", shots=100)

        assert len(found.compiled) == found.value.circuits == 2
        for circuit in found.compiled:
            assert set(circuit.gate_types) <= {"cx", "rz", "sx", "x"}
            assert circuit.two_qubit_gates >= 6
            assert 0 < circuit.success_probability < 1
            assert circuit.duration_s > 0

    def test_the_success_probability_is_that_of_a_noisy_simulation(self):
        angles = np.random.default_rng(5).uniform(-3, 3, (3, 4, 3))

        @qg.qnode("qiskit:fake_manila?shots=4000&seed=2")
        def mirrored():
            qg.StronglyEntanglingLayers(angles, wires=range(4))
            qg.Barrier(wires=range(4))
            qg.adjoint(qg.StronglyEntanglingLayers)(angles, wires=range(4))
            return qg.probs(wires=range(4))

        (circuit,) = qg.specs(mirrored)().compiled

        assert mirrored()[0] == pytest.approx(circuit.success_probability, abs=0.1)

    def test_another_device_replaces_that_of_the_qnode(self):
        node = qg.QNode(layered, "local", shots=100)

        found = qg.specs(node, device="braket:local?shots=100")(weights())

        assert found.device_name == "braket:local"
        assert found.compiled[0].gate_types["CNot"] == 6

    def test_a_device_of_a_cloud_has_a_price_without_credentials(self, monkeypatch, tmp_path):
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("HOME", str(tmp_path))
        for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name, raising=False)
        node = qg.QNode(layered, "local", shots=100)

        found = qg.specs(node, device="braket:iqm/garnet?shots=100")(weights())

        planned = qg.plan(node, device="braket:iqm/garnet?shots=100")(weights())
        assert found.value.price == planned.price != Price()
        assert found.compiled[0].success_probability is None


class TestAccess:
    def test_the_report_has_a_line_for_every_figure(self):
        text = str(specs_of(shots=100))

        assert text.splitlines()[:4] == [
            "Device: local",
            "Device wires: None",
            "Shots: 100",
            "Level: gradient",
        ]
        assert "Parameters: 2, of which 1 trainable with 6 angles" in text
        assert "Value: 1 submission, 2 circuits, 2 rows, 200 shots" in text
        assert "Value and gradient: 1 submission, 2 circuits, 26 rows, 2600 shots" in text
        heads, first, second = text.splitlines()[-3:]
        assert heads.split()[:2] == ["circuit", "depth"]
        assert [first[0], second[0]] == ["a", "b"]

    def test_several_circuits_are_printed_one_by_one(self):
        text = str(specs_of(level="device", shots=100))

        assert "Batched tape a:\n    Wire allocations: 3" in text
        assert "Batched tape b:" in text

    def test_long_lists_of_circuits_are_cut(self):
        def whole():
            qg.broadcast(qg.Hadamard, wires=range(3), pattern="single")
            return qg.state()

        text = str(specs_of(function=whole, args=(), level="device", shots=10))

        assert "And 7 more." in text  # 27 bases of three wires
        assert text.endswith("There are 7 more circuits.")

    def test_the_dictionary_can_be_written_as_json(self):
        found = specs_of(shots=100)

        read = json.loads(json.dumps(found.to_dict()))

        assert read["resources"]["gate_types"] == {"RX": 6, "CNOT": 6}
        assert read["gradient"]["rows"] == found.gradient.rows
        assert read["compiled"][0]["two_qubit_gates"] == 6

    def test_a_notebook_shows_tables(self):
        html = specs_of(shots=100)._repr_html_()

        assert html.count("<table>") == html.count("</table>") == 4
        assert "<th>Device</th><td>local</td>" in html

    def test_entries_are_read_as_of_a_dictionary_also_by_older_names(self):
        found = specs_of(shots=100)

        assert found["resources"] is found.resources
        assert found["num_device_wires"] is None
        assert found["gradient_fn"] == "parameter-shift"
        assert found["num_trainable_params"] == 1
        assert found["num_tape_wires"] == 3
        assert found["depth"] == found.resources.depth
        with pytest.raises(UnknownEntry, match="resources"):
            found["colour"]

    def test_what_is_no_qnode_is_refused(self):
        with pytest.raises(NoQNode, match="Give a QNode"):
            qg.specs(layered)

    def test_an_unknown_level_is_refused(self):
        with pytest.raises(InvalidLevel, match="no level 'nowhere'"):
            specs_of(level="nowhere")

    def test_a_device_that_lacks_wires_is_refused_at_its_level_only(self):
        device = qg.device("local", wires=2)

        assert specs_of(device, level="top").resources.num_allocs == 3
        with pytest.raises(DeviceError):
            specs_of(device, level="device")
