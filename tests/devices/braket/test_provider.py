import subprocess
import sys

import pytest

import qgate.devices.registry
from qgate.devices.braket import provider
from qgate.devices.provider import Options
from qgate.exceptions import UnknownDevice


def make(target, **options):
    return provider.make(target, Options(**options), wires=None, shots="default")


@pytest.mark.parametrize(
    ("target", "simulator"),
    [
        ("local", "StateVector"),
        ("local/braket_sv", "StateVector"),
        ("local/default", "StateVector"),
        ("local/braket_dm", "DensityMatrix"),
    ],
)
def test_each_target_is_a_local_simulator(target, simulator):
    device = make(target)

    assert device.name == f"braket:{target}"
    assert simulator in device.runner.name
    assert device.shots.total_shots is None


@pytest.mark.parametrize("target", ["sv1", "iqm/garnet", "arn:aws:braket:::device/x", "local/qpu"])
def test_other_targets_are_not_accepted(target):
    assert not provider.accepts(target)


def test_the_default_target_is_accepted():
    assert provider.accepts(provider.default_target)


def test_what_is_missing_is_named_with_its_extra():
    (requirement,) = provider.requirements("local")

    assert (requirement.package, requirement.extra) == ("amazon-braket-sdk", "braket")


def test_the_sdk_is_imported_only_for_a_device():
    code = (
        "import sys; from qgate.devices.braket import provider; provider.accepts('local');"
        "print(sorted({'braket', 'boto3', 'sympy'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_a_device_of_the_cloud_is_refused_with_what_is_known():
    with pytest.raises(UnknownDevice, match=r"no device 'sv1'.* local, local/braket_dm"):
        qgate.devices.registry.device("braket:sv1")
