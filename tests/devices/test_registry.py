"""Conversion of a name, an object or nothing to a device."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest
from leaks import texts_of_error

import qgate as qg
from qgate.devices.config import DeviceConfig
from qgate.devices.local.device import LocalDevice
from qgate.devices.registry import device
from qgate.exceptions import (
    ConfigurationError,
    DeviceAlreadyMade,
    DeviceError,
    InvalidOption,
    InvalidShots,
    MalformedDevice,
    MissingExtra,
    MissingTarget,
    NotADevice,
    UnknownDevice,
    UnknownOption,
)

pytestmark = pytest.mark.usefixtures("home")


def test_local_is_the_local_simulator():
    assert isinstance(device("local"), LocalDevice)
    assert isinstance(device("local:statevector"), LocalDevice)


def test_options_of_a_string_reach_the_device():
    made = device("local?wires=3&shots=100&seed=7")

    assert made.wires == (0, 1, 2)
    assert made.shots.total_shots == 100


def test_equal_seeds_draw_equal_numbers():
    one, two, other = device("local?seed=7"), device("local", seed=7), device("local", seed=8)

    def coins(made):
        @qg.qnode(made, shots=60)
        def toss():
            qg.H(0)
            return qg.sample(wires=0)

        return toss().ravel().tolist()

    assert coins(one) == coins(two) != coins(other)


def test_keyword_arguments_win_over_options_of_the_string():
    made = device("local?wires=3&shots=100", wires=["a", "b"], shots=[10, (5, 2)])

    assert made.wires == ("a", "b")
    assert made.shots.parts == (10, 5, 5)


def test_no_shots_and_the_word_none_both_ask_for_exact_values():
    assert device("local?shots=100", shots=None).shots.total_shots is None
    assert device("local?shots=none").shots.total_shots is None


def test_wires_may_stand_second_as_a_number_of_any_integer_type():
    assert device("local", 2).wires == (0, 1)
    assert device("local", np.int64(2)).wires == (0, 1)


def test_a_config_is_taken_like_its_string():
    assert device(DeviceConfig.parse("local?shots=5")).shots.total_shots == 5


def test_a_device_is_returned_as_it_is():
    made = LocalDevice(wires=2)

    assert device(made) is made


@pytest.mark.parametrize("argument", [{"wires": 2}, {"shots": 5}, {"seed": 1}, {"level": 3}])
def test_a_device_that_exists_takes_no_more_arguments(argument: dict[str, int]):
    with pytest.raises(DeviceAlreadyMade, match=f"is a device already; {next(iter(argument))} "):
        device(LocalDevice(), **argument)


@pytest.mark.usefixtures("acme")
class TestThirdParty:
    """A provider from a separate distribution."""

    def test_its_entry_point_is_found(self):
        made = device("acme:one?level=3&fast=true", shots=5)

        assert (made.name, made.target, made.shots.total_shots) == ("acme", "one", 5)

    def test_options_get_the_types_of_its_model(self):
        made = device("acme:one?level=3&fast=true")

        assert (made.options.level, made.options.fast) == (3, True)
        assert device("acme:one", level=4).options.level == 4

    def test_a_provider_without_a_default_demands_a_target(self):
        with pytest.raises(MissingTarget, match=r"'acme' .*Write acme:TARGET; .*and 11 more"):
            device("acme")

    def test_an_unknown_target_names_the_near_ones_first(self):
        with pytest.raises(UnknownDevice, match=r"'acme:chip_77'.*Did you mean 'chip_7'") as caught:
            device("acme:chip_77")

        assert caught.value.known[0] == "chip_7"
        assert caught.value.known[-1] == "and 11 more"

    def test_an_unknown_option_names_the_near_ones(self):
        with pytest.raises(UnknownOption, match="Did you mean 'level'") as caught:
            device("acme:one?levl=3")

        assert "fast, level, mitigation, seed, shots, wires" in str(caught.value)

    def test_a_missing_package_names_the_extra(self):
        with pytest.raises(MissingExtra, match=r'pip install "qgate\[acme\]"') as caught:
            device("acme:needy")

        assert caught.value.package == "acme-sdk"
        assert "acme:needy" in str(caught.value)

    def test_its_vendors_objects_are_wrapped(self):
        backend = vendor_object("acme_vendor.simulators", "Simulator")

        made = device(backend, wires=2, shots=9, level=5)

        assert made.target is backend
        assert (len(made.wires), made.shots.total_shots, made.options.level) == (2, 9, 5)

    def test_objects_of_other_vendors_are_not_shown_to_it(self):
        backend = vendor_object("other_vendor", "Simulator")

        with pytest.raises(NotADevice, match=r"type other_vendor\.Simulator .*acme, "):
            device(backend)

    def test_an_object_of_its_vendor_that_is_no_device_is_refused(self):
        with pytest.raises(NotADevice):
            device(vendor_object("acme_vendor", "Result"))


def vendor_object(module: str, name: str) -> object:
    """Return an object of a class that claims to come from a module."""
    return type(name, (), {"__module__": module})()


def test_one_broken_provider_does_not_keep_others_from_claiming(acme: None, install):
    install("bad-qgate", "import not_there", provider="aaa", value="bad_qgate:provider")

    assert device(vendor_object("acme_vendor", "Simulator")).name == "acme"


def test_a_provider_is_not_imported_before_it_is_named(install):
    install("shy", "raise RuntimeError('imported')", provider="shy", value="shy_qgate:provider")

    assert device("local").name == "local"
    assert "shy_qgate" not in sys.modules


@pytest.mark.parametrize("text", ["nosuch", "nosuch:torino?instance=x"])
def test_an_unknown_provider_lists_those_installed(text: str):
    with pytest.raises(UnknownDevice, match="no provider or named device 'nosuch'") as caught:
        device(text)

    assert "local" in caught.value.known
    assert repr(text) in str(caught.value)


def test_an_unknown_name_lists_named_devices_too(home: Path):
    (home / "project" / "qgate.toml").write_text('[devices]\nlaboratory = "local"')

    with pytest.raises(UnknownDevice, match="Did you mean 'laboratory'") as caught:
        device("labratory")

    assert "laboratory" in caught.value.known


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"name": "locl"}, UnknownDevice, "Did you mean 'local'?"),
        ({"name": "local:statevectr"}, UnknownDevice, "Did you mean 'statevector'?"),
        ({"name": "local?shot=5"}, UnknownOption, "Did you mean 'shots'?"),
        ({"name": "local", "sed": 5}, UnknownOption, "Did you mean 'seed'"),
        ({"name": "local?shots=-5"}, InvalidOption, "shots='-5' cannot be used: input should be"),
        ({"name": "local?shots=many"}, InvalidOption, "shots='many' cannot be used"),
        ({"name": "local?seed=-1"}, InvalidOption, "seed='-1'"),
        ({"name": "local?wires=0"}, InvalidOption, "wires='0'"),
        ({"name": "local", "wires": 0}, InvalidOption, "wires=0 cannot be used"),
        ({"name": "local", "shots": 0}, InvalidShots, "shots=0 cannot be run"),
        ({"name": "local?shots"}, MalformedDevice, "the option 'shots' has no value"),
        ({"name": 3.5}, NotADevice, "type builtins.float"),
    ],
)
def test_wrong_use_names_what_was_written_and_what_is_near(
    arguments: dict[str, object], error: type[DeviceError], says: str
):
    with pytest.raises(error) as caught:
        device(**arguments)

    assert says in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_wrong_option_of_a_named_device_says_where_it_stands(home: Path):
    file = home / "project" / "qgate.toml"
    file.write_text('[devices.lab]\ndevice = "local"\nshots = -5')

    with pytest.raises(InvalidOption) as caught:
        device("lab")

    assert caught.value.text == f"local?shots=-5 ([devices.lab] in {file})"


def test_every_error_of_a_name_has_one_parent():
    for text in ("nosuch", "local:x", "local?x=1", "local?shots=x", "?"):
        with pytest.raises(ConfigurationError):
            device(text)


def test_naming_local_imports_no_vendor():
    program = (
        "import sys; from qgate.devices.registry import device; device('local');"
        "print({'qiskit', 'braket', 'boto3'} & set(sys.modules))"
    )

    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "set()"


def test_aer_without_its_package_names_the_extra():
    program = (
        "import sys; sys.modules['qiskit_aer'] = None\n"
        "from qgate.devices.registry import device\n"
        "from qgate.exceptions import MissingExtra\n"
        "try: device('qiskit:aer')\n"
        "except MissingExtra as error: print(error.extra, error.package)"
    )

    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert run.stdout.split() == ["aer", "qiskit-aer"]


def test_the_providers_of_this_package_are_entry_points_of_its_distribution():
    entries = distribution("qgate").entry_points.select(group="qgate.devices")

    assert {"local", "qiskit", "braket"} <= entries.names


@pytest.mark.parametrize(
    ("name", "options", "config"),
    [
        ("local", {}, "local:statevector"),
        ("default.qubit", {"wires": 2, "shots": 10}, "local:statevector?wires=2&shots=10"),
        ("local?seed=4&shots=10", {"shots": None}, "local:statevector?seed=4&shots=none"),
        ("local", {"wires": ["a", "b"]}, None),
        ("local", {"shots": [10, 20]}, None),
        (LocalDevice(), {}, None),
    ],
)
def test_a_device_keeps_the_string_that_makes_it_again(name, options, config):
    made = device(name, **options)

    assert made.config == config


def test_the_kept_string_makes_the_same_device():
    made = device("local?seed=4", wires=3, shots=10)

    again = device(made.config)

    assert again.config == made.config
    assert (again.wires, again.shots) == (made.wires, made.shots)


SECRET_ACME = """
from qgate.devices.local.device import LocalDevice
from qgate.devices.options import Options
from qgate.devices.provider import Provider


class AcmeOptions(Options):
    api_key: str | None = None
    instance: str | None = None


class Acme(Provider):
    name = "acme"
    options = AcmeOptions

    def targets(self):
        return ("one",)

    def make(self, target, options, *, wires, shots):
        made = LocalDevice(wires=wires, shots=shots)
        made.key_is_given = options.api_key is not None or options.instance is not None
        return made


provider = Acme()
"""


@pytest.mark.parametrize("option", ["api_key", "instance"])
def test_a_secret_given_as_an_argument_is_used_and_written_nowhere(install, monkeypatch, option):
    install("acme-qgate", SECRET_ACME, provider="acme", value="acme_secret:provider")
    monkeypatch.setenv("ACME_TOKEN", "hush-hush")

    made = device("acme:one", **{option: "hush-hush"})

    assert made.key_is_given
    assert made.config is None
    assert not any("hush" in text for text in (repr(made), made.identity, str(vars(made))))


@pytest.mark.parametrize("where", ["QGATE_DEVICE", "file", "call"])
def test_a_secret_in_a_string_is_refused_wherever_it_is_written(home, monkeypatch, where):
    if where == "QGATE_DEVICE":
        monkeypatch.setenv("QGATE_DEVICE", "ibm:ibm_torino?token=hush-hush")
    if where == "file":
        (home / "project" / "qgate.toml").write_text(
            'default = "lab"\n[devices.lab]\ndevice = "ibm:ibm_torino"\ntoken = "hush-hush"\n'
        )

    with pytest.raises(InvalidOption, match=r"holds a credential.*QISKIT_IBM_TOKEN") as refused:
        device(*(["ibm:ibm_torino?token=hush-hush"] if where == "call" else []))

    assert not any("hush" in text for text in texts_of_error(refused.value))


def test_a_secret_that_is_no_option_is_not_shown_and_its_place_is_told(home):
    with pytest.raises(UnknownOption, match="environment variables") as refused:
        device("local", token="hush-hush")

    assert not any("hush" in text for text in texts_of_error(refused.value))


@pytest.mark.parametrize("label", ["", "a", "2", "a,b"])
def test_a_text_as_wires_is_one_label_which_no_string_of_a_device_holds(label):
    made = device("local", wires=label)

    assert tuple(made.wires) == (label,)
    assert made.config is None
