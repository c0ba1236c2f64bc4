"""Programs and names in the documents are correct."""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from clouds.braket.double import BraketDouble

import qgate as qg
from qgate.cli import main as command
from qgate.devices.aliases import ALIASES
from qgate.devices.plugins import PLUGINS
from qgate.gradients.registry import METHODS

ROOT = Path(__file__).parents[1]
CONTRIBUTING = "CONTRIBUTING.md"
ON_A_QPU = "docs/training.md"
"""Document whose programs submit to a paid device; in the test a double of its service responds."""

DOCUMENTS = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
FRAMEWORK = re.compile(r"^(?:import|from) (?:torch|jax|tensorflow|keras)\b", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)(?P<path>[^)#]*)(?:#[^)]*)?\)")
CUSTOM_DEVICE = runpy.run_path(str(ROOT / "examples" / "custom_device.py"))
SAME = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def read(document: str) -> str:
    """Return the text of a document."""
    return (ROOT / document).read_text(encoding="utf-8")


def blocks(document: str) -> Iterator[tuple[str, str]]:
    """Yield the language and the content of each fenced block."""
    for match in FENCE.finditer(read(document)):
        yield match["language"], match["body"]


def first_column(document: str, heading: str) -> list[str]:
    """Return the texts in backticks in the first column of the table below a heading."""
    section = read(document).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")]
    return [name for cell in cells[1:] for name in re.findall(r"`([^`]+)`", cell)]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working directory without user settings."""
    for variable in ("QGATE_DEVICE", "QGATE_CONFIG", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(variable, raising=False)
    for variable in [name for name in os.environ if name.startswith(("AWS_", "QISKIT_IBM_"))]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def braket(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BraketDouble]:
    """Return a double of Amazon Braket, which the SDK finds by environment variables."""
    double = BraketDouble(tmp_path_factory.mktemp("braket"))
    for name, value in double.environment().items():
        monkeypatch.setenv(name, value)
    yield double
    double.stop()


def imports_a_framework(document: str) -> bool:
    """Return whether a program of a document imports torch, JAX, TensorFlow or Keras."""
    return any(
        FRAMEWORK.search(body) for language, body in blocks(document) if language == "python"
    )


@pytest.mark.parametrize("document", [*filter(imports_a_framework, DOCUMENTS)])
def test_programs_with_a_framework_print_what_is_shown(document: str):
    test = f"{__file__}::test_the_programs_of_a_document_print_what_it_shows"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"{test}[{document}]",
    ]
    environment = {**os.environ, "QGATE_DOCUMENT": document, "TF_CPP_MIN_LOG_LEVEL": "3"}

    run = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
@pytest.mark.parametrize(
    "document",
    [
        document
        for document in DOCUMENTS
        if not imports_a_framework(document) or document == os.environ.get("QGATE_DOCUMENT")
        if document != ON_A_QPU
    ],
)
def test_the_programs_of_a_document_print_what_it_shows(document: str, project: Path):
    run_programs(document, project)


def test_a_training_on_a_qpu_prints_what_is_shown(braket: BraketDouble, project: Path):
    run_programs(ON_A_QPU, project)

    assert braket.ledger()["charged_usd"] > 0


def run_programs(document: str, project: Path) -> None:
    """Run the programs of a document in order, and compare their output with the document."""
    names: dict[str, object] = {}
    printed = ""
    for language, body in blocks(document):
        if language == "toml":
            (project / "qgate.toml").write_text(body)
        elif language == "python":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(body, document, "exec"), names)
            printed = out.getvalue()
        elif language == "text":
            assert doctest.OutputChecker().check_output(body, printed, SAME), printed


def section_names(document: str) -> set[str]:
    """Return the names by which links find the headings of a document, made as GitHub does."""
    outside = FENCE.sub("", read(document))
    headings = re.findall(r"^#+ (.+)$", outside, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", [*DOCUMENTS, CONTRIBUTING])
def test_links_to_a_section_find_its_heading(document: str):
    folder = Path(document).parent
    links = re.findall(r"\]\((?!https?:)([^)#]*\.md)?#([^)]+)\)", read(document))

    missing = [
        (path, name)
        for path, name in links
        if name not in section_names(os.path.normpath(folder / path) if path else document)
    ]

    assert missing == []


def test_the_index_lists_every_document():
    listed = set(re.findall(r"\]\((\w+\.md)\)", read("docs/README.md")))

    assert listed == {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}


def test_the_table_of_commands_has_all_of_them(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        command(["--help"])

    listed = set(re.findall(r"^ {4}(\w+)", capsys.readouterr().out, re.MULTILINE))
    shown = {text.split()[1] for text in first_column("docs/runs.md", "Commands")}
    assert shown == listed


def test_the_errors_of_runs_exist():
    shown = first_column("docs/runs.md", "Errors")

    assert len(shown) > 15
    assert [name for name in shown if not hasattr(qg.exceptions, name)] == []


def test_contributing_names_files_that_exist():
    named = re.findall(
        r"`((?:qgate|devices|gradients|tests|benchmarks|docs)/[\w/.]+)`", read(CONTRIBUTING)
    )

    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", [*DOCUMENTS, CONTRIBUTING, "CHANGELOG.md"])
def test_links_of_a_document_lead_somewhere(document: str):
    folder = (ROOT / document).parent

    links = [match["path"] for match in LINK.finditer(read(document)) if match["path"]]

    assert [path for path in links if not (folder / path).exists()] == []


@pytest.mark.parametrize("example", ["config_strings.py", "custom_device.py", "gradients.py"])
def test_an_example_runs(
    example: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(sys, "argv", [example])

    runpy.run_path(str(ROOT / "examples" / example), run_name="__main__")

    assert capsys.readouterr().out


class TestCustomDevice(CUSTOM_DEVICE["TestTinyDevice"]):
    """The example's device passes the conformance suite."""


def test_the_table_of_the_readme_is_what_the_demo_prints(project: Path):
    script = ROOT / "examples" / "ground_state.py"
    environment = {**os.environ, "DEVICE": "local", "PYTHONPATH": str(ROOT)}

    run = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, check=True
    )

    (shown,) = (line for line in read("README.md").splitlines() if line.startswith("local   "))
    (printed,) = (line for line in run.stdout.splitlines() if line.startswith("local   "))
    assert printed.split()[:-1] == shown.split()[:-1]  # the seconds differ


def test_the_readme_names_devices_that_can_be_made():
    strings = first_column("README.md", "Devices")

    devices = [qg.device(text) for text in strings]

    assert len(devices) >= 5
    assert [device.shots.total_shots for device in devices[:3]] == [None, 1024, 1024]


@pytest.mark.parametrize(
    ("document", "heading"), [("README.md", "Gradients"), ("docs/gradients.md", "Which method")]
)
def test_a_table_of_gradient_methods_has_all_of_them(document: str, heading: str):
    assert set(first_column(document, heading)) == set(METHODS)


def test_the_table_of_optimizers_has_all_of_them():
    optimizers = {name for name in qg.optimize.__all__ if name.endswith("Optimizer")}

    assert set(first_column("docs/optimizers.md", "Which optimizer")) == optimizers - {"Optimizer"}


def test_every_option_of_every_device_is_in_the_table_of_options():
    providers = [PLUGINS.provider(name) for name in ("braket", "local", "qiskit")]
    options = {field for provider in providers for field in provider.options.model_fields}

    assert set(first_column("docs/devices.md", "Options")) == options


def test_every_option_of_ibm_is_explained_in_its_section():
    section = read("docs/devices.md").partition("## IBM Quantum")[2].partition("\n## ")[0]
    options = set(PLUGINS.provider("ibm").options.model_fields) - {"shots", "wires", "seed"}

    assert {name for name in options if f"`{name}`" not in section} == set()


def test_every_alias_of_a_device_is_explained():
    assert [name for name in ALIASES if f"`{name}`" not in read("docs/devices.md")] == []


def test_the_picture_of_the_folders_names_every_folder_and_module():
    (picture,) = (body for _, body in blocks("docs/architecture.md") if body.startswith("qgate/\n"))
    packages = {"qgate": ROOT / "qgate", "devices": ROOT / "devices"}
    packages["gradients"] = ROOT / "gradients"

    missing = [
        path.name
        for folder in packages.values()
        for path in folder.iterdir()
        if not path.name.startswith("__") and not path.is_symlink()
        if (path / "__init__.py").is_file() or path.suffix == ".py"
        if not re.search(rf"\b{re.escape(path.name)}", picture)
    ]

    assert missing == []


def test_the_rows_of_the_layers_are_those_that_are_checked():
    section = read("docs/architecture.md").partition("## Layers")[2]
    shown = FENCE.search(section)["body"].splitlines()
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = (item["layers"] for item in contracts if item["id"] == "layers")

    there = {path.stem for path in (ROOT / "qgate").iterdir()}
    rows = [set(re.findall(r"\w+", row)) & there for row in layers]

    assert [set(re.findall(r"\w+", row)) for row in shown] == [row for row in rows if row]
