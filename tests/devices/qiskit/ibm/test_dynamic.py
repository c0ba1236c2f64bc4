"""Dynamic circuits of IBM: measurements in the middle of a circuit."""

import numpy as np

import qgate as qg


def test_outcomes_and_conditions_are_one_job(make, cloud):
    shots = 2000
    device = make(wires=2, shots=shots)

    @qg.qnode(device)
    def circuit(x):
        qg.RY(x, 0)
        first = qg.measure(0, reset=True)
        qg.cond(first, qg.RX)(x, wires=1)
        second = qg.measure(1)
        qg.cond(first & ~second, qg.X)(wires=0)
        return qg.expval(qg.Z(1)), qg.expval(qg.Z(0)), qg.expval(first)

    x = 1.2
    flipped = np.sin(x / 2) ** 2
    z, again, first = circuit(x)

    expected = (
        1 - flipped + flipped * np.cos(x),
        1 - 2 * flipped * np.cos(x / 2) ** 2,
        flipped,
    )
    for found, truth in zip((z, again, first), expected, strict=True):
        assert abs(found - truth) < 5 / np.sqrt(shots) + 0.15  # the backend has noise
    (job,) = cloud.jobs
    assert (job["pubs"], job["rows"]) == (1, 1)
    assert "MidMeasureMP" in device.capabilities.gates
