"""Backends of one name whose results differ are different devices to a run."""

from __future__ import annotations

import pytest
from children import answer
from qiskit.circuit.library import RZGate
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

import qgate as qg

IN_ANOTHER_PROCESS = """
import qgate as qg
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

noise = NoiseModel()
noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["x", "sx"])
backends = [AerSimulator(noise_model=noise), AerSimulator(), GenericBackendV2(3, seed=1)]
tell([qg.device(each).identity for each in backends])
"""


def noisy(probability):
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(probability, 1), ["x", "sx"])
    return AerSimulator(noise_model=noise)


def test_simulators_of_one_name_are_distinguished_by_their_noise():
    backends = [
        AerSimulator(),
        noisy(0.1),
        noisy(0.2),
        GenericBackendV2(3, seed=1),
        GenericBackendV2(3, seed=2),
    ]

    assert len({qg.device(each).identity for each in backends}) == len(backends)


def test_equal_noise_is_the_same_device_also_in_another_process():
    backends = [noisy(0.1), AerSimulator(), GenericBackendV2(3, seed=1)]
    identities = [qg.device(each).identity for each in backends]

    for hashing in ("1", "2"):
        found = answer(IN_ANOTHER_PROCESS, environment={"PYTHONHASHSEED": hashing})
        assert found == identities


@pytest.mark.parametrize("options", [{"initial_layout": (1, 0)}, {"optimization_level": 3}])
def test_options_of_a_device_around_a_backend_distinguish_it(options):
    backend = GenericBackendV2(3, seed=1)

    assert qg.device(backend, **options).identity != qg.device(backend).identity
    assert qg.device(backend, shots=5).identity == qg.device(backend).identity


def test_the_calibration_of_hardware_does_not_change_its_identity():
    class Hardware(GenericBackendV2):
        pass

    backend = Hardware(3, seed=1)
    before = qg.device(backend).identity
    backend.target.update_instruction_properties(
        "rz", (0,), type(backend.target["rz"][(0,)])(duration=1e-9, error=0.5)
    )

    assert qg.device(backend).identity == before
    assert isinstance(backend.target.operation_from_name("rz"), RZGate)


def test_a_journal_does_not_mix_the_results_of_two_simulators(tmp_path):
    def values(*backends):
        def flip():
            qg.X(0)
            return qg.expval(qg.Z(0))

        with qg.run("noise", str(tmp_path / "runs.db"), ordered=False) as run:
            return [
                float(qg.QNode(flip, qg.device(each), shots=2000)()) for each in backends
            ], run.replayed

    (clean, depolarized), _ = values(AerSimulator(), noisy(0.6))

    assert values(noisy(0.6), AerSimulator()) == ([depolarized, clean], 2)
    assert clean == -1 < depolarized
