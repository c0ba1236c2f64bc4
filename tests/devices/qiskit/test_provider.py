"""A string, or a backend, becomes a device of Qiskit."""

import subprocess
import sys

import numpy as np
import pytest
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import fake_provider

from qgate.devices.qiskit import provider
from qgate.devices.qiskit.fakes import fake_names
from qgate.devices.qiskit.provider import QiskitOptions
from qgate.devices.registry import device
from qgate.exceptions import InvalidOption, ShotsRequired, UnknownDevice, UnknownOption
from qgate.measurements import counts, probs
from qgate.operations.gate import GATES
from qgate.shots import Shots
from qgate.tape import Tape

RY, CNOT, H = GATES["RY"], GATES["CNOT"], GATES["Hadamard"]


def bell():
    return [H(0), CNOT([0, 1])]


def distribution(made, sweep):
    return made.submit([sweep]).result()[0][0][0].probabilities()


def test_every_fake_backend_is_a_target():
    known = {
        kind.backend_name for kind in vars(fake_provider).values() if hasattr(kind, "backend_name")
    }

    assert set(fake_names()) == known


def test_targets_are_listed_without_importing_qiskit():
    code = (
        "import sys; from qgate.devices.qiskit import provider; "
        "assert 'fake_brisbane' in provider.targets(); "
        "print(sorted({name.partition('.')[0] for name in sys.modules} "
        "& {'qiskit', 'qiskit_aer', 'qiskit_ibm_runtime'}))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("target", "extras"), [("aer", {"aer"}), ("fake_manila", {"aer", "ibm"})])
def test_targets_name_the_extras_they_need(target, extras):
    assert {need.extra for need in provider.requirements(target)} == extras


def test_aer_is_exact_where_it_is_asked_to_be():
    made = device("qiskit:aer", shots=None)

    ((found,),) = made.submit([Tape(bell(), [probs(wires=[0, 1])]).sweep()]).result()

    np.testing.assert_allclose(found, [[0.5, 0, 0, 0.5]], atol=1e-12)


@pytest.mark.parametrize("method", ["density_matrix", "matrix_product_state"])
def test_methods_of_aer_agree(method):
    made = device("qiskit:aer", shots=None, method=method)
    tape = Tape([RY(0.4, 0), CNOT([0, 1])], [probs(wires=[1])])

    ((found,),) = made.submit([tape.sweep()]).result()

    np.testing.assert_allclose(found, [[np.cos(0.2) ** 2, np.sin(0.2) ** 2]], atol=1e-9)


def test_options_reach_the_simulator():
    made = device("qiskit:aer?method=statevector&precision=single&max_parallel_threads=1")

    chosen = made.backend.options
    assert (chosen.method, chosen.precision, chosen.max_parallel_threads) == (
        "statevector",
        "single",
        1,
    )


def test_a_fake_backend_is_noisy_but_near_the_ideal(count_sweep):
    made = device("qiskit:fake_manila?seed=7", wires=2)

    found = distribution(made, count_sweep(bell(), [0, 1], 20_000))

    distance = abs(found - [0.5, 0, 0, 0.5]).sum() / 2
    assert 0.01 < distance < 0.15


def test_a_fake_backend_repeats_itself_with_a_seed(count_sweep):
    sweep = count_sweep(bell(), [0, 1], 500)

    first, second = (distribution(device("qiskit:fake_manila?seed=7"), sweep) for _ in range(2))

    np.testing.assert_array_equal(first, second)


def test_a_fake_backend_is_not_exact():
    with pytest.raises(ShotsRequired, match="qiskit:fake_manila"):
        device("qiskit:fake_manila", shots=None)


class _Unspeakable(dict):
    def __repr__(self):
        return repr([self])


@pytest.mark.parametrize("layout", [{0: 5, 1: 6}, _Unspeakable()])
def test_a_mapping_is_no_layout(layout):
    with pytest.raises(InvalidOption, match="list the qubit of each wire"):
        device("qiskit:aer", initial_layout=layout)


def test_wires_follow_the_layout_given(count_sweep):
    made = device("qiskit:fake_manila?initial_layout=4,0,2&seed=1")
    operations = [RY(np.pi, 0), CNOT([0, 2])]

    found = distribution(made, count_sweep(operations, [0, 1, 2], 4000))

    assert list(made.wires) == [0, 1, 2]
    assert found[0b101] > 0.8


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"initial_layout": "0,9"}, "has the qubits 0 to 4"),
        ({"initial_layout": "1,1"}, "names a qubit twice"),
        ({"initial_layout": (0, 1), "wires": 3}, "names 2 qubits for 3 wires"),
        ({"initial_layout": "0,x"}, "valid integer"),
        ({"initial_layout": range(10**12)}, "over a million members"),
        ({"optimization_level": 4}, "less than or equal to 3"),
        ({"method": "magic"}, "'automatic'"),
    ],
)
def test_options_that_cannot_be_used_are_refused(options, reason):
    with pytest.raises(InvalidOption, match=reason):
        device("qiskit:fake_manila", **options)


@pytest.mark.skipif("GPU" in AerSimulator().available_devices(), reason="Aer has a GPU here")
def test_a_missing_gpu_is_refused():
    with pytest.raises(InvalidOption, match=r"device='GPU' cannot be used: Aer has only CPU"):
        device("qiskit:aer?device=GPU")


def test_unknown_options_and_devices_are_refused_with_near_names():
    with pytest.raises(UnknownOption, match="seed"):
        device("qiskit:aer?sed=1")
    with pytest.raises(UnknownDevice, match="fake_manila"):
        device("qiskit:fake_manilla")


def test_pennylanes_name_is_aer():
    assert device("qiskit.aer").name == "qiskit:aer"


def test_a_backend_object_is_a_device():
    made = device(GenericBackendV2(3, seed=1), wires=2, shots=77, seed=5)

    assert (len(made.wires), made.shots) == (2, Shots.of(77))
    assert made.capabilities.max_wires == 3


def test_only_backends_are_claimed():
    assert provider.claims(AerSimulator())
    assert not provider.claims(GenericBackendV2(2).target)


def test_options_of_aer_are_refused_for_a_backend_object():
    with pytest.raises(InvalidOption, match="made elsewhere"):
        device(GenericBackendV2(2), method="statevector")


def test_a_seed_is_refused_where_the_backend_takes_none():
    class Unseeded(GenericBackendV2):
        @classmethod
        def _default_options(cls):
            options = super()._default_options()
            del options._fields["seed_simulator"]
            return options

    with pytest.raises(InvalidOption, match="takes no seed"):
        device(Unseeded(2), seed=1)


def test_options_are_read_from_text():
    options = QiskitOptions.model_validate({"initial_layout": "3,1", "optimization_level": "2"})

    assert (options.initial_layout, options.optimization_level) == ((3, 1), 2)


@pytest.mark.parametrize("name", ["qiskit.aer", "qiskit:aer", "qiskit:fake_manila"])
@pytest.mark.parametrize(
    ("option", "advice"),
    [
        ("basis_gates", r"qg.device\(AerSimulator\(basis_gates=...\)\)"),
        ("seed_simulator", "Write seed="),
    ],
)
def test_options_of_others_are_refused_with_what_to_write_instead(name, option, advice):
    with pytest.raises(UnknownOption, match=advice):
        device(name, **{option: object()})


@pytest.mark.parametrize("way", ["an object", "an option", "PennyLane's name"])
def test_a_simulator_with_a_noise_model_is_a_device(way):
    from qiskit_aer.noise import NoiseModel, depolarizing_error

    model, shots = NoiseModel(), 20_000
    model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["x"])
    flipped = Tape([GATES["PauliX"](0)], [counts(wires=[0])], shots=shots).sweep()
    if way == "an object":
        made = device("qiskit.aer", backend=AerSimulator(noise_model=model), seed=1)
    else:
        name = "qiskit:aer" if way == "an option" else "qiskit.aer"
        made = device(name, noise_model=model, seed=1)

    ones = distribution(made, flipped)[1]

    assert abs(ones - 0.95) < 5 * np.sqrt(0.95 * 0.05 / shots)


@pytest.mark.parametrize("name", ["qiskit:aer", "qiskit:fake_manila"])
def test_a_noise_model_has_to_be_one_of_aer(name):
    with pytest.raises(InvalidOption, match="NoiseModel"):
        device(name, noise_model="depolarizing")


@pytest.mark.parametrize(
    ("backend", "method"),
    [
        ("aer_simulator", "automatic"),
        ("qasm_simulator", "automatic"),
        ("statevector_simulator", "statevector"),
        ("aer_simulator_density_matrix", "density_matrix"),
    ],
)
def test_names_of_simulators_are_methods_of_aer(backend, method):
    assert device("qiskit.aer", backend=backend).backend.options.method == method


def test_an_unknown_simulator_of_aer_is_refused():
    with pytest.raises(InvalidOption, match="aer_simulator_METHOD"):
        device("qiskit.aer", backend="unitary_simulator")
