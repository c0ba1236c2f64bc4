"""Fractional gates of IBM's backends, whose angles have a range."""

from math import pi

import numpy as np
import pytest
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_ibm_runtime.utils.utils import is_valid_rzz_pub

import qgate as qg
from qgate.devices.qiskit.ibm.device import IbmDevice
from qgate.exceptions import InvalidOption

ANGLES = np.array([-7.0, -4.0, -2.0, -0.3, 0.0, 0.9, 2.0, pi, 4.0, 5.5, 8.0])


def value(device, **options):
    @qg.qnode(device, **options)
    def circuit(angles):
        qg.RY(0.4, 0)
        qg.RY(1.3, 1)
        qg.IsingZZ(angles[0], [0, 1])
        qg.CRX(angles[1], [0, 1])
        qg.IsingZZ(-2.5, [0, 1])
        return qg.expval(qg.X(0) @ qg.Y(1))

    return circuit


@pytest.fixture
def sent(monkeypatch):
    """All PUBs that devices pass to IBM's client."""
    found, create = [], IbmDevice._created

    def record(self, parts, shots, tags):
        found.extend(parts)
        return create(self, parts, shots, tags)

    monkeypatch.setattr(IbmDevice, "_created", record)
    return found


@pytest.mark.parametrize("primitive", ["executor", "sampler"])
@pytest.mark.parametrize("level", [0, 2])
def test_all_angles_that_are_sent_are_in_range_and_values_are_exact(make, sent, primitive, level):
    shots = 4000
    device = make(
        "ibm_fractional",
        use_fractional_gates=True,
        primitive=primitive,
        optimization_level=level,
        shots=shots,
    )
    angles = np.stack([ANGLES, ANGLES[::-1]])

    found = value(device)(angles)

    exact = value(qg.device("local"))(angles)
    assert np.all(abs(found - exact) <= 5 * np.sqrt((1 - exact**2) / shots) + 1e-9)
    assert sum("rzz" in pub[0].count_ops() for pub in sent) == len(sent) > 0
    assert [is_valid_rzz_pub(SamplerPub.coerce(pub)) for pub in sent] == [""] * len(sent)


def test_a_gradient_with_fractional_gates_is_one_circuit(make, cloud, sent):
    device = make("ibm_fractional", use_fractional_gates=True, shots=2000)
    circuit = value(device, diff_method="parameter-shift")
    angles = qg.numpy.array([2.0, -4.0], requires_grad=True)

    gradient = qg.grad(circuit)(angles)

    exact = qg.grad(value(qg.device("local")))(angles)
    np.testing.assert_allclose(gradient, exact, atol=0.15)
    assert len(cloud.jobs) == len(sent) == 1
    assert device.transpilations == 1


def test_without_the_option_no_fractional_gate_is_sent(make, sent):
    value(make("ibm_fractional", shots=100))(np.array([2.0, -4.0]))

    assert all({"rzz", "rx"}.isdisjoint(pub[0].count_ops()) for pub in sent)


def test_a_backend_object_keeps_its_own_choice(make, cloud):
    backend = make("ibm_fractional", use_fractional_gates=True).backend

    assert "rzz" in qg.device(backend).backend.target.operation_names
    with pytest.raises(InvalidOption, match=r"service.backend"):
        qg.device(backend, use_fractional_gates=False)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_identities_are_sent_at_every_level(make, sent, level):
    @qg.qnode(make("ibm_manila", shots=10, optimization_level=level))
    def circuit():
        qg.X(0)
        for _ in range(5):
            qg.Identity(0)
        return qg.counts()

    circuit()

    (pub,) = sent
    assert pub[0].count_ops()["id"] == 5
