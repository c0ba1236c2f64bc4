"""PennyLane's names of devices."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.devices.aliases import ALIASES, object_option, resolve_alias
from qgate.devices.config import DeviceConfig
from qgate.devices.registry import device
from qgate.exceptions import AccessRefused, InvalidOption, MissingTarget, UnknownDevice

pytestmark = pytest.mark.usefixtures("home")
ARN = "arn:aws:braket:::device/quantum-simulator/amazon/sv1"


@pytest.mark.parametrize(
    ("name", "options", "provider", "target"),
    [
        ("default.mixed", {}, "local", "density_matrix"),
        ("default.qubit", {}, "local", "statevector"),
        ("default.qubit.jax", {}, "local", "statevector"),
        ("default.qubit.torch", {}, "local", "statevector"),
        ("lightning.qubit", {}, "local", "statevector"),
        ("qiskit.aer", {}, "qiskit", "aer"),
        ("qiskit.remote", {"backend": "ibm_torino"}, "ibm", "ibm_torino"),
        ("braket.local.qubit", {}, "braket", "local"),
        ("braket.local.qubit", {"backend": "braket_dm"}, "braket", "local/braket_dm"),
        ("braket.aws.qubit", {"device_arn": ARN}, "braket", ARN),
    ],
)
def test_an_alias_stands_for_provider_and_target(
    name: str, options: dict[str, str], provider: str, target: str
):
    resolved = resolve_alias(DeviceConfig.parse(name), {**options, "shots": 5})

    assert resolved == (provider, target, {"shots": 5})


@pytest.mark.parametrize("name", ["qiskit.remote", "braket.aws.qubit"])
def test_an_alias_of_a_family_demands_the_option_that_chooses(name: str):
    with pytest.raises(MissingTarget, match=f"Choose one with {ALIASES[name].target_option}="):
        resolve_alias(DeviceConfig.parse(name), {})


def test_other_names_pass_through():
    config = DeviceConfig.parse("qiskit:aer?shots=5")

    assert resolve_alias(config, {"shots": "5"}) == ("qiskit", "aer", {"shots": "5"})


def test_pennylanes_own_call_makes_the_local_device():
    made = device("default.qubit", wires=4, shots=100)

    assert made.name == "local"
    assert made.wires == (0, 1, 2, 3)
    assert made.shots.total_shots == 100


def test_an_alias_takes_options_in_its_string():
    assert device("lightning.qubit?shots=7").shots.total_shots == 7


def test_a_backend_object_is_the_device_itself():
    backend = object()

    assert object_option("qiskit.remote", {"backend": backend}) == "backend"
    assert object_option("qiskit.remote", {"backend": "ibm_torino"}) is None
    assert object_option("qiskit.remote", {"backend": None}) is None
    assert object_option("default.qubit", {"backend": backend}) is None
    assert object_option(backend, {"backend": backend}) is None


def test_a_name_of_a_cloud_is_that_of_its_provider(home, monkeypatch):
    monkeypatch.delenv("QISKIT_IBM_TOKEN", raising=False)

    with pytest.raises(AccessRefused, match="ibm:ibm_of_tomorrow"):
        device("qiskit.remote", backend="ibm_of_tomorrow")


def aws(**options):
    return resolve_alias(
        DeviceConfig.parse("braket.aws.qubit"), {"device_arn": "an ARN", **options}
    )


@pytest.mark.parametrize(
    "folder", [("my-bucket", "vqe/one"), ["my-bucket", "/vqe/one/"], "my-bucket,vqe/one"]
)
def test_a_destination_folder_is_a_bucket_and_a_prefix(folder):
    options = {"s3_bucket": "my-bucket", "s3_prefix": "vqe/one"}

    assert aws(s3_destination_folder=folder) == ("braket", "an ARN", options)


def test_a_polling_interval_has_our_name():
    assert aws(poll_interval_seconds=2.5, shots=10)[2] == {"poll_s": 2.5, "shots": 10}


@pytest.mark.parametrize(
    "folder", ["my-bucket", ("my-bucket",), ("my-bucket", ""), ("a", "b", "c"), 3, (1, 2)]
)
def test_a_destination_folder_that_is_no_pair_is_refused(folder):
    with pytest.raises(InvalidOption, match=r"pair.*s3_bucket and s3_prefix"):
        aws(s3_destination_folder=folder)


@pytest.mark.parametrize(
    ("option", "remedy"),
    [
        ("aws_session", "AWS_PROFILE"),
        ("parallel", "leave it out"),
        ("max_parallel", "leave it out"),
        ("max_connections", "leave it out"),
        ("max_retries", "patience_s"),
        ("poll_timeout_seconds", "timeout_s"),
    ],
)
def test_an_option_without_a_counterpart_says_what_to_do(option, remedy):
    with pytest.raises(InvalidOption, match=remedy):
        aws(**{option: 5})


def test_an_option_that_is_given_twice_has_one_value():
    folder = ("my-bucket", "vqe")

    assert aws(s3_destination_folder=folder, s3_bucket="my-bucket")[2]["s3_prefix"] == "vqe"
    with pytest.raises(
        InvalidOption, match="s3_bucket='other' has another value; give one of them"
    ):
        aws(s3_destination_folder=folder, s3_bucket="other")


def test_an_option_with_pennylanes_default_is_left_out():
    assert aws(s3_destination_folder=None, aws_session=None)[2] == {}


@pytest.mark.parametrize(
    "name", ["default.mixed", "lightning.gpu", "lightning.kokkos", "reference.qubit"]
)
def test_other_simulators_of_pennylane_are_local(name):
    assert qg.device(name, wires=2).name == "local"


@pytest.mark.parametrize(("name", "shape"), [("default.mixed", (4, 4)), ("local", (4,))])
def test_the_state_of_the_simulator_of_mixed_states_is_a_density_matrix(name, shape):
    @qg.qnode(qg.device(name, wires=2))
    def circuit():
        qg.Hadamard(wires=0)
        return qg.state()

    assert circuit().shape == shape


def test_options_of_pennylanes_simulators_are_accepted():
    made = qg.device(
        "lightning.qubit", wires=2, c_dtype=np.complex64, batch_obs=True, mcmc=False, seed=1
    )

    assert made.config == "local:statevector?seed=1&precision=single&wires=2"


def test_a_type_that_is_not_complex_is_refused():
    with pytest.raises(InvalidOption, match="complex64"):
        qg.device("lightning.qubit", c_dtype=np.float32)


@pytest.mark.parametrize(
    ("name", "advice"),
    [("default.clifford", "method=stabilizer"), ("default.qutrit", "out of scope")],
)
def test_devices_that_are_not_there_say_what_to_write(name, advice):
    with pytest.raises(UnknownDevice, match=advice):
        qg.device(name, wires=2)
