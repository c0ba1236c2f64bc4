import subprocess
import sys

import pytest

import qgate.devices.registry
from qgate.devices.braket import provider
from qgate.devices.options import Options
from qgate.exceptions import InvalidOption, UnknownDevice, UnknownOption


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


@pytest.mark.parametrize(
    "target", ["sv2", "iqm", "arn:aws:s3:::device/x", "arn:aws:braket:eu-north-1", "local/qpu"]
)
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


def test_a_device_that_is_not_known_is_refused_with_near_names():
    with pytest.raises(UnknownDevice, match=r"no device 'iqm/garnett'.*'iqm/garnet'"):
        qgate.devices.registry.device("braket:iqm/garnett")


@pytest.mark.parametrize(
    "target", ["sv1", "iqm/garnet", "arn:aws:braket:eu-north-1::device/qpu/iqm/Crystal"]
)
def test_devices_in_the_cloud_are_accepted_without_asking_any_network(target):
    assert provider.accepts(target)


def test_options_of_the_cloud_are_refused_on_this_machine():
    with pytest.raises(InvalidOption, match=r"s3_bucket=.* devices in the cloud"):
        qgate.devices.registry.device("braket:local?s3_bucket=amazon-braket-x")


def test_a_misspelt_option_is_told_its_near_names():
    with pytest.raises(UnknownOption, match="'budget_usd'"):
        qgate.devices.registry.device("braket:iqm/garnet?budget_us=3")


@pytest.mark.parametrize(
    ("option", "value"),
    [("budget_usd", "-1"), ("unknown_price", "maybe"), ("s3_bucket", "No Bucket"), ("tags", "x")],
)
def test_options_with_impossible_values_are_refused(option, value):
    with pytest.raises(InvalidOption, match=option):
        qgate.devices.registry.device("braket:iqm/garnet", **{option: value})


def test_options_of_the_plugin_for_pennylane_are_refused_with_what_to_write_instead():
    with pytest.raises(UnknownOption, match="s3_bucket='BUCKET' and s3_prefix='FOLDER'"):
        qgate.devices.registry.device("braket:sv1", s3_destination_folder=("bucket", "folder"))
