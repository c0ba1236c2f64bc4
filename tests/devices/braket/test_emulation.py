"""Emulations of devices of Amazon Braket: the SDK's emulator, shipped calibrations, limits."""

import json

import numpy as np
import pytest
from braket.circuits import Circuit
from braket.emulation.local_emulator import LocalEmulator

import qgate as qg
from qgate.devices.braket.cards import CARDS
from qgate.devices.braket.snapshots import snapshot_of
from qgate.exceptions import InvalidShots, NotEmulated

QPUS = [name for name, card in CARDS.items() if not card.exact and snapshot_of(card.arn)]


def bell(angle):
    qg.RY(angle, 0)
    qg.CNOT([0, 1])
    return qg.expval(qg.Z(0) @ qg.Z(1))


@pytest.mark.parametrize("target", QPUS)
def test_a_device_with_a_shipped_calibration_is_emulated_without_credentials(target):
    qnode = qg.QNode(bell, f"braket:{target}?emulate=calibration&seed=1")

    exact = qg.set_shots(qnode, None)(0.8)

    assert 0.7 < exact < 0.999
    assert abs(qnode(0.8) - exact) < 5 / np.sqrt(1000)


def test_the_limits_and_prices_are_those_of_the_device():
    with pytest.raises(InvalidShots, match="100"):
        qg.set_shots(qg.QNode(bell, "braket:ionq/forte-enterprise-1?emulate=calibration"), 50)(0.8)
    plan = qg.plan(qg.QNode(bell, "local"), device="braket:iqm/garnet?emulate=calibration")(0.8)

    assert plan.price.high_usd == pytest.approx(0.3 + 1000 * 0.00145)


def test_a_simulator_is_not_emulated():
    with pytest.raises(NotEmulated):
        qg.device("braket:sv1?emulate=calibration")


def test_a_device_that_answers_has_its_own_calibration(double):
    device = qg.device("braket:iqm/garnet?emulate=calibration")

    assert device.noise.calibration.date == "2026-05-01"
    assert device.noise.confusion(7) == pytest.approx((0.007, 0.007))


def test_verbatim_circuits_have_the_results_of_the_emulator_of_the_sdk(double):
    device = qg.device("braket:iqm/garnet?verbatim=true&emulate=gates", wires=[1, 2, 3])
    document = json.loads(device.emulated.runner.properties.json())
    results = [{"name": "Probability", "minShots": 1, "maxShots": 20_000}]
    document["action"]["braket.ir.openqasm.program"]["supportedResultTypes"] = results
    emulator = LocalEmulator.from_json(json.dumps(document))
    native = Circuit().prx(1, 0.4, 0.0).prx(2, 1.1, np.pi / 2).cz(1, 2).prx(2, 0.7, 0.0).cz(2, 3)
    sent = Circuit().add_verbatim_box(native).measure([1, 2, 3])
    counts = emulator.run(sent, shots=20_000).result()

    @qg.qnode(device)
    def circuit():
        qg.RX(0.4, 1)
        qg.RY(1.1, 2)
        qg.CZ([1, 2])
        qg.RX(0.7, 2)
        qg.CZ([2, 3])
        return qg.probs(wires=[1, 2, 3])

    exact = qg.set_shots(circuit, None)()
    found = np.array([counts.measurement_probabilities.get(f"{n:03b}", 0.0) for n in range(8)])
    assert np.all(abs(found - exact) < 5 * np.sqrt(exact * (1 - exact) / 20_000) + 1e-3)


def test_circuits_whose_density_matrix_does_not_fit_run_from_shots():
    def chain():
        qg.X(0)
        for wire in range(13):
            qg.CNOT([wire, wire + 1])
        return qg.expval(qg.Z(13))

    device = qg.device("braket:ionq/forte-enterprise-1?emulate=calibration&seed=1&shots=400")

    found = qg.QNode(chain, device)()

    assert -1 < found < -0.6
    assert qg.plan(qg.QNode(chain, device))().rehearsed[0].noisy == ()
