"""Values of plans on emulated devices, and their errors by noise and by shots."""

import numpy as np
import pytest

import qgate as qg

DEVICE = "qiskit:fake_manila?emulate=gates&shots=400"


def circuit(angle):
    qg.RY(angle, 0)
    qg.CNOT([0, 1])
    return qg.expval(qg.Z(1)), qg.probs(wires=0)


def test_a_plan_on_an_emulated_device_has_the_values_that_the_money_gives():
    (found,) = qg.plan(circuit_on(DEVICE))(0.7).rehearsed

    assert found.ideal == pytest.approx((np.cos(0.7), np.cos(0.35) ** 2, np.sin(0.35) ** 2))
    noisy = np.hstack(qg.set_shots(circuit_on(DEVICE), None)(0.7))
    assert found.noisy == pytest.approx(noisy)
    assert 1e-3 < abs(noisy[0] - found.ideal[0]) < 0.1
    one = np.sqrt((1 - noisy[0] ** 2) / 400)
    assert found.shot_errors[0] == pytest.approx(one, rel=5 / np.sqrt(2 * 49))


def test_later_requests_follow_from_the_values_of_the_emulation():
    qnode = circuit_on(DEVICE)

    def twice():
        value = qnode(0.7)[0]
        return qnode(0.1 if value > 0.5 else 2.0)

    first, second = qg.plan(twice)().rehearsed

    assert first.ideal[0] > 0.5
    assert second.ideal[0] == pytest.approx(np.cos(0.1))  # zeros would give 1 as well


def test_counts_have_no_errors():
    qnode = qg.QNode(lambda: (qg.X(0), qg.counts(wires=0))[1], DEVICE)

    assert qg.plan(qnode)().rehearsed[0].ideal == ()


def test_a_plan_prints_the_errors():
    text = str(qg.plan(circuit_on(DEVICE))(0.7))

    assert "without noise: error by noise" in text


def test_the_command_compares_devices(tmp_path, capsys):
    from qgate.cli import main

    program = tmp_path / "program.py"
    program.write_text(
        "import qgate as qg\n"
        "@qg.qnode('braket:aqt/ibex-q1?shots=100')\n"
        "def value():\n"
        "    qg.RX(0.3, 0)\n"
        "    return qg.expval(qg.Z(0))\n"
        "value()\n"
    )

    assert main(["plan", "--emulate", str(program)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-4].split()[0] == "device"
    assert lines[-2].split()[:2] == ["braket:aqt/ibex-q1?shots=100", "2.65"]
    assert lines[-1].split() == ["without", "noise", "0.9553"]


def test_the_command_asks_for_a_device_where_the_program_names_none(tmp_path, capsys):
    from qgate.cli import main

    program = tmp_path / "program.py"
    program.write_text("")

    assert main(["plan", "--emulate", str(program)]) == 1
    assert "--device" in capsys.readouterr().err


def circuit_on(device):
    return qg.QNode(circuit, device)
