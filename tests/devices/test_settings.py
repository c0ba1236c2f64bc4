"""Configuration files and the environment: contents and precedence."""

from __future__ import annotations

from pathlib import Path

import pytest

from qgate.devices.registry import device
from qgate.devices.settings import Settings, Written, project_file, user_file
from qgate.exceptions import (
    DeviceLoop,
    InvalidConfigFile,
    MalformedDevice,
    MissingPackage,
    UntrustedDevice,
)

pytestmark = pytest.mark.usefixtures("home")


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def resolved(name: str) -> str:
    config, _ = Settings.current().resolve(Written(name), reserved=())
    return str(config)


@pytest.fixture
def user(home: Path) -> Path:
    """Return the path of the user's configuration file, not yet written."""
    return home / ".config" / "qgate" / "qgate.toml"


@pytest.fixture
def project(home: Path) -> Path:
    """Return the path of the project's configuration file, not yet written."""
    return home / "project" / "qgate.toml"


def test_a_named_device_may_be_a_string(project: Path):
    write(project, '[devices]\nlab = "qiskit:aer?shots=100"')

    assert resolved("lab") == "qiskit:aer?shots=100"


def test_a_named_device_may_be_a_table(project: Path):
    write(
        project,
        '[devices.lab]\ndevice = "qiskit:aer?shots=5"\nshots = 100\nfast = true\nrate = 0.5',
    )

    assert resolved("lab") == "qiskit:aer?shots=100&fast=true&rate=0.5"


def test_a_list_in_a_table_is_written_with_commas(project: Path):
    write(project, '[devices.lab]\ndevice = "qiskit:aer"\ninitial_layout = [0, 5, 6]')

    assert resolved("lab") == "qiskit:aer?initial_layout=0,5,6"


def test_options_of_the_string_win_over_those_of_the_named_device(project: Path):
    write(project, '[devices]\nlab = "qiskit:aer?shots=100&seed=7"')

    assert resolved("lab?shots=3") == "qiskit:aer?shots=3&seed=7"


def test_a_named_device_may_name_another(project: Path, user: Path):
    write(user, '[devices]\nbase = "qiskit:aer?shots=100&seed=7"')
    write(project, '[devices]\nlab = "base?shots=3"')

    assert resolved("lab") == "qiskit:aer?shots=3&seed=7"


def test_a_name_with_a_target_is_not_a_named_device(project: Path):
    write(project, '[devices]\nlab = "qiskit:aer"')

    assert resolved("lab:aer") == "lab:aer"


@pytest.mark.parametrize(
    ("entries", "chain"),
    [
        ('a = "a"', ["a", "a"]),
        ('a = "b?shots=1"\nb = "c"\nc = "a"', ["a", "b", "c", "a"]),
    ],
)
def test_devices_that_name_each_other_in_a_circle_are_refused(
    project: Path, entries: str, chain: list[str]
):
    write(project, f"[devices]\n{entries}")

    with pytest.raises(DeviceLoop) as caught:
        resolved("a")

    assert caught.value.chain == chain
    assert ", ".join(chain) in str(caught.value)


def test_a_pyproject_table_serves_as_the_project_file(home: Path):
    write(
        home / "project" / "pyproject.toml",
        '[project]\nname = "x"\n[tool.qgate]\ndefault = "lab"\n'
        '[tool.qgate.devices.lab]\ndevice = "local"\nshots = 12',
    )

    assert resolved("lab") == "local?shots=12"
    assert device().shots.total_shots == 12


def test_the_nearest_project_file_upwards_is_the_one(home: Path, monkeypatch: pytest.MonkeyPatch):
    folder = home / "project" / "deep" / "down"
    folder.mkdir(parents=True)
    write(home / "qgate.toml", "")
    near = write(home / "project" / "qgate.toml", "")
    write(home / "project" / "deep" / "pyproject.toml", '[project]\nname = "no-qgate-table"')

    monkeypatch.chdir(folder)

    assert project_file(Path.cwd()) == near


def test_qgate_toml_wins_over_pyproject_in_the_same_folder(home: Path):
    write(home / "project" / "pyproject.toml", '[tool.qgate.devices]\nlab = "qiskit:aer"')
    write(home / "project" / "qgate.toml", '[devices]\nlab = "braket:local"')

    assert resolved("lab") == "braket:local"


def test_the_search_ends_at_the_home_directory(home: Path):
    write(home.parent / "qgate.toml", "")

    assert project_file(home / "project") is None


def test_outside_the_home_directory_the_search_goes_to_the_root(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    elsewhere = tmp_path / "srv" / "work"
    elsewhere.mkdir(parents=True)
    file = write(tmp_path / "qgate.toml", "")

    assert project_file(elsewhere) == file


def test_the_user_file_follows_the_platform_and_the_environment(
    home: Path, user: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert user_file() is None

    write(user, "")
    assert user_file() == user

    moved = write(tmp_path / "xdg" / "qgate" / "qgate.toml", "")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert user_file() == moved

    named = write(tmp_path / "mine.toml", "")
    monkeypatch.setenv("QGATE_CONFIG", str(named))
    assert user_file() == named


def shots(**call: object) -> int | None:
    """Return the shots of the device of a call, which identify the file that set them."""
    return device(**call).shots.total_shots


def test_without_any_setting_the_device_is_the_local_one():
    assert device().name == "local"
    assert shots() is None


def test_the_call_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QGATE_DEVICE", "local?shots=2")

    assert shots(name="local?shots=1") == 1
    assert shots(name="local") is None
    assert shots(shots=1) == 1


def test_the_call_wins_over_the_project_file(project: Path):
    write(project, 'default = "lab"\n[devices]\nlab = "local?shots=3"')

    assert shots() == 3
    assert shots(name="local?shots=1") == 1
    assert shots(name="lab?shots=1") == 1
    assert shots(name="lab", shots=1) == 1
    assert shots(name="lab", shots=None) is None


def test_the_call_wins_over_the_user_file(user: Path):
    write(user, 'default = "lab"\n[devices]\nlab = "local?shots=4"')

    assert shots() == 4
    assert shots(name="local?shots=1") == 1
    assert shots(name="lab?shots=1") == 1


def test_the_environment_wins_over_the_project_file(project: Path, monkeypatch: pytest.MonkeyPatch):
    write(project, 'default = "lab"\n[devices]\nlab = "local?shots=3"')

    monkeypatch.setenv("QGATE_DEVICE", "local?shots=2")
    assert shots() == 2

    monkeypatch.setenv("QGATE_DEVICE", "lab?shots=2")
    assert shots() == 2


def test_the_environment_wins_over_the_user_file(user: Path, monkeypatch: pytest.MonkeyPatch):
    write(user, 'default = "local?shots=4"')
    monkeypatch.setenv("QGATE_DEVICE", "local?shots=2")

    assert shots() == 2


def test_the_project_file_wins_over_the_user_file(project: Path, user: Path):
    write(user, 'default = "local?shots=4"\n[devices]\nlab = "local?shots=40"\nmine = "lab"')
    write(project, 'default = "local?shots=3"\n[devices]\nlab = "local?shots=30"')

    assert shots() == 3
    assert shots(name="lab") == 30
    assert shots(name="mine") == 30


def test_a_project_file_without_a_default_leaves_that_of_the_user(project: Path, user: Path):
    write(user, 'default = "lab"')
    write(project, '[devices]\nlab = "local?shots=30"')

    assert shots() == 30


def test_an_empty_environment_variable_says_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QGATE_DEVICE", "")

    assert device().name == "local"


def test_broken_toml_is_refused_with_file_and_line(project: Path):
    write(project, '[devices]\nlab = = "local"')

    with pytest.raises(InvalidConfigFile, match="line 2") as caught:
        device("local")

    assert str(project) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("default = 3", "default has to be the string"),
        ("devices = 3", "devices has to be a table"),
        ("[device.lab]\nshots = 3", "'device' is not a setting"),
        ("[devices]\nlab = 3", "devices.lab has to be a device's string or a table"),
        ("[devices.lab]\nshots = 3", 'devices.lab has to be a table with device = "..."'),
        ('[devices.lab]\ndevice = "local"\nwires = [[1]]', "devices.lab.wires has to be text"),
        ('[devices]\n"my lab" = "local"', "devices.my lab has to be named with letters"),
        ('[devices]\nlocal = "qiskit:aer"', "'local' is the name of an installed provider"),
    ],
)
def test_a_wrong_configuration_file_is_named_with_the_key(project: Path, text: str, says: str):
    write(project, text)

    with pytest.raises(InvalidConfigFile) as caught:
        device("local")

    assert str(project) in str(caught.value)
    assert says in str(caught.value)


def test_a_near_setting_is_suggested(project: Path):
    write(project, "[device.lab]")

    with pytest.raises(InvalidConfigFile, match=r"Did you mean 'devices'\?"):
        device()


def test_a_tool_entry_that_is_no_table_is_refused(home: Path):
    write(home / "project" / "pyproject.toml", "[tool]\nqgate = 3")

    with pytest.raises(InvalidConfigFile, match=r"tool\.qgate has to be a table"):
        device()


def test_a_named_configuration_file_that_is_missing_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QGATE_CONFIG", "/no/such/file.toml")

    with pytest.raises(InvalidConfigFile, match=r"/no/such/file\.toml.*QGATE_CONFIG names it"):
        device()


def test_a_malformed_device_is_named_with_its_place(project: Path, monkeypatch: pytest.MonkeyPatch):
    write(project, '[devices]\nlab = "local?shots"\n[devices.bench]\ndevice = "local"\nseed = ""')

    with pytest.raises(MalformedDevice) as of_file:
        device("lab")
    with pytest.raises(MalformedDevice) as of_table:
        device("bench")
    monkeypatch.setenv("QGATE_DEVICE", "local?shots")
    with pytest.raises(MalformedDevice) as of_environment:
        device()

    assert of_file.value.text == f"local?shots (devices.lab in {project})"
    assert of_table.value.text == f"local ([devices.bench] in {project})"
    assert of_environment.value.text == "local?shots (QGATE_DEVICE)"


# Limits of files of other people -------------------------------------------------------------

MODULE = """
open("imported", "w").close()


class TestProvider:
    def get_backend(self, name):
        from qiskit_aer import AerSimulator

        return AerSimulator()
"""


@pytest.mark.parametrize(
    "text",
    [
        'default = "qiskit:module_of_a_stranger/x"',
        'default = "lab"\n[devices]\nlab = "qiskit:module_of_a_stranger/x"',
        'default = "lab"\n[devices.lab]\ndevice = "qiskit:module_of_a_stranger/x"\npaid = false',
        'default = "one"\n[devices]\none = "two"\ntwo = "qiskit:module_of_a_stranger/x"',
    ],
)
def test_a_file_cannot_have_a_module_imported(
    project: Path, user: Path, text: str, monkeypatch: pytest.MonkeyPatch
):
    write(project, text)
    (project.parent / "module_of_a_stranger.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(project.parent))

    with pytest.raises(UntrustedDevice, match="module 'module_of_a_stranger'"):
        device()

    assert not (project.parent / "imported").exists()


def test_the_program_and_the_environment_may_name_any_module(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    project.parent.mkdir(parents=True, exist_ok=True)
    (project.parent / "module_of_the_user.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(project.parent))
    name = "qiskit:module_of_the_user/x?paid=false"

    assert device(name).name == "qiskit:module_of_the_user/x"
    monkeypatch.setenv("QGATE_DEVICE", name)
    assert device().name == "qiskit:module_of_the_user/x"


def test_a_file_may_name_a_package_with_a_card(project: Path):
    write(project, 'default = "qiskit:qiskit_ionq/simulator"')

    with pytest.raises(MissingPackage, match="qiskit-ionq"):
        device()


# Files that cannot be read ------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "default = " + "[" * 50_000,
        "[devices]\nlab = " + "{a = " * 20_000,
        "default = 1" + "0" * 10_000,
        "a" + ".a" * 5_000 + " = 1",
    ],
    ids=["arrays", "tables", "digits", "keys"],
)
def test_toml_that_is_too_deep_or_too_long_is_refused(project: Path, text: str):
    write(project, text)

    with pytest.raises(InvalidConfigFile, match="cannot be used"):
        device()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"default = '\x00'"])
def test_a_file_that_is_no_text_is_refused(project: Path, content: bytes):
    project.parent.mkdir(parents=True, exist_ok=True)
    project.write_bytes(content)

    with pytest.raises(InvalidConfigFile, match="cannot be used"):
        device()


def test_a_working_directory_that_was_removed_has_no_project_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    assert device().name == "local"
