"""Runs the programs of primitives on Aer: one line of JSON in, one line of JSON out."""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_aer import AerSimulator
from qiskit_aer.primitives import SamplerV2 as AerSampler
from qiskit_ibm_runtime.fake_provider.executor.run_quantum_program import run_quantum_program
from qiskit_ibm_runtime.json import RuntimeDecoder, RuntimeEncoder
from qiskit_ibm_runtime.options_models.simulator import SimulatorOptions
from qiskit_ibm_runtime.quantum_program.params_converters import (
    QUANTUM_PROGRAM_PARAMS_CONVERTERS,
)


def without_idle_qubits(circuit: QuantumCircuit) -> QuantumCircuit:
    """Return a circuit on the qubits that it uses, with the same classical bits."""
    used = [
        qubit
        for qubit in circuit.qubits
        if any(qubit in item.qubits for item in circuit.data if item.operation.name != "barrier")
    ]
    place = {qubit: index for index, qubit in enumerate(used)}
    small = QuantumCircuit(len(used), name=circuit.name)
    for register in circuit.cregs:
        small.add_register(register)
    for item in circuit.data:
        qubits = [place[qubit] for qubit in item.qubits if qubit in place]
        if item.operation.name != "barrier":
            small.append(item.operation, qubits, item.clbits)
    return small


def executor(params: Any, seed: int, fewer: int) -> dict[str, Any]:
    """Run a request of the current primitives."""
    from ibm_quantum_schemas.executor.version_2_0 import models

    model = models.ParamsModel.model_validate(params)
    program, _ = QUANTUM_PROGRAM_PARAMS_CONVERTERS["v2.0"].decoder(model)
    program.shots -= fewer
    rows = 0
    for item in program.items:
        if hasattr(item, "samplex"):
            item.samplex.finalize()
        rows += int(np.prod(item.shape))
        item.circuit = without_idle_qubits(item.circuit)
    found = run_quantum_program(AerSimulator(), program, SimulatorOptions(seed_simulator=seed))
    data = [
        models.QuantumProgramResultItemModel(
            results={
                name: models.CompressedTensorModel.from_numpy(np.asarray(values))
                for name, values in item.items()
            },
            metadata=models.ItemMetadataModel(),
        )
        for item in found
    ]
    result = models.QuantumProgramResultModel(
        data=data,
        metadata=models.MetadataModel(chunk_timing=[]),
        passthrough_data=model.quantum_program.passthrough_data,
        semantic_role=model.quantum_program.semantic_role,
    )
    return {
        "result": result.model_dump_json(),
        "pubs": len(program.items),
        "rows": rows,
        "shots": rows * program.shots,
    }


def sampler(params: Any, seed: int, fewer: int) -> dict[str, Any]:
    """Run a request of the older primitive."""
    decoded = json.loads(json.dumps(params), cls=RuntimeDecoder)
    default = decoded.get("options", {}).get("default_shots")
    pubs = []
    for circuit, values, shots in ([*pub, None, None][:3] for pub in decoded["pubs"]):
        pub = SamplerPub.coerce((circuit, values, shots or default))
        small = without_idle_qubits(pub.circuit)
        pubs.append(SamplerPub(small, pub.parameter_values, pub.shots - fewer))
    found = AerSampler(seed=seed).run(pubs).result()
    return {
        "result": json.dumps(found, cls=RuntimeEncoder),
        "pubs": len(pubs),
        "rows": sum(pub.parameter_values.size for pub in pubs),
        "shots": sum(pub.parameter_values.size * pub.shots for pub in pubs),
    }


PROGRAMS = {"executor": executor, "sampler": sampler}


def main() -> None:
    """Respond to each line until the input ends."""
    warnings.simplefilter("ignore")
    answers, sys.stdout = sys.stdout, sys.stderr  # other output would corrupt the protocol
    for line in sys.stdin:
        request = json.loads(line)
        try:
            run = PROGRAMS[request["program"]]
            answer = run(request["params"], request["seed"], request["fewer"])
        except Exception as error:
            answer = {"error": repr(error), "pubs": 0, "rows": 0, "shots": 0}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
