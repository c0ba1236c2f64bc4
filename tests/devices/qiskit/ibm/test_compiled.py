"""Compiled circuits of IBM's backends are those of the jobs."""

import qgate as qg
from qgate.execution.compiled import compiled_circuits
from qgate.execution.execute import execute_sweeps


def test_gates_and_depth_are_those_of_the_job(make, cloud, tmp_path):
    device = make(primitive="sampler", mode="job")
    with qg.QuantumTape(shots=100) as tape:
        qg.Hadamard(0)
        qg.CNOT(wires=[0, 1])
        qg.CNOT(wires=[0, 2])
        qg.RX(0.3, wires=2)
        qg.expval(qg.Z(0) @ qg.Z(2))

    ((compiled,),) = compiled_circuits([tape.sweep()], device)
    assert not cloud.jobs
    with qg.run("compiled", tmp_path / "runs.db"):
        execute_sweeps([tape.sweep()], device)

    (job,) = cloud.jobs
    circuit = device.service.job(job["id"]).inputs["pubs"][0][0]
    assert compiled.two_qubit_gates == circuit.num_nonlocal_gates() >= 2
    assert compiled.depth == circuit.depth(lambda item: item.operation.name != "measure")
    assert 0.5 < compiled.success_probability < 1
    assert 0 < compiled.duration_s < 1e-4
