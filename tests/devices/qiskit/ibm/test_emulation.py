"""Emulation of a backend that an account has: its calibration of the day, and no job."""

import qgate as qg


def test_a_live_backend_is_emulated_with_its_own_calibration_and_without_a_job(make, cloud):
    device = make(emulate="gates", seed=1)

    @qg.qnode(device)
    def circuit(angle):
        qg.RX(angle, 0)
        qg.CNOT([0, 1])
        return qg.expval(qg.Z(1))

    assert "target of ibm_manila" in device.noise.source
    assert 0.8 < circuit(0.1) < 1
    assert cloud.jobs == []
