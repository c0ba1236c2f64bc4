"""The recipes of CONTRIBUTING.md: their code is a package that adds a gate, a device, a method."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```\w+\n# (?P<file>\S+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)

PROGRAM = """
import json
import toy.gates, toy.gradients
import qgate as qg
from qgate import numpy as np

def circuit(x):
    toy.gates.RXZ(x, wires=0)
    return qg.expval(qg.Z(0))

def number(device, method, function=lambda node: node, **options):
    return float(function(qg.QNode(circuit, device, diff_method=method, **options))(np.array(0.7)))

grad = qg.grad
print(json.dumps({
    "matrix": np.abs(qg.matrix(toy.gates.RXZ(0.7, wires=0))).tolist(),
    "value": number("local", "two-points"),
    "sampled": number("toy?seed=7", "two-points", shots=100_000),
    "gradients": [
        number("local", method, grad) for method in ("two-points", "adjoint", "parameter-shift")
    ],
    "of another step": number("local", "two-points", grad, gradient_kwargs={"h": 0.1}),
    "second": number("local", "two-points", lambda node: grad(grad(node))),
    "sampled gradient": number("toy?seed=7", "two-points", grad, shots=100_000),
    "explained": qg.gradients.explain(qg.QNode(circuit, "local"))(0.7).others["two-points"],
}))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the package that the recipes make, as pip would install it."""
    site = tmp_path_factory.mktemp("site")
    files = dict(BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text()))
    (site / "toy").mkdir()
    (site / "toy" / "__init__.py").touch()
    for name in ("gates", "device", "gradients", "test_device"):
        (site / "toy" / f"{name}.py").write_text(files[f"toy/{name}.py"])
    points = tomllib.loads(files["pyproject.toml"])["project"]["entry-points"]["qgate.devices"]
    info = site / "toy-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    listed = "".join(f"{name} = {value}\n" for name, value in points.items())
    (info / "entry_points.txt").write_text(f"[qgate.devices]\n{listed}")
    return site


def run(package: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(package), *sys.path])}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=package, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def found(package: Path) -> dict[str, Any]:
    """Return what the program prints that uses the package."""
    return json.loads(run(package, "-c", PROGRAM))


def test_the_gate_has_its_matrix_and_value(found):
    # exp(-i x n/2) = cos(x/2) - i n sin(x/2); the z axis turns about n by x.
    cosine, sine = np.cos(0.35), np.sin(0.35) / np.sqrt(2)
    expected = [[np.hypot(cosine, sine), sine], [sine, np.hypot(cosine, sine)]]

    np.testing.assert_allclose(found["matrix"], expected, atol=1e-12)
    assert found["value"] == pytest.approx((1 + np.cos(0.7)) / 2, abs=1e-12)


def test_gradient_methods_agree_on_the_gate(found):
    np.testing.assert_allclose(found["gradients"], -np.sin(0.7) / 2, atol=1e-12)
    assert found["of another step"] == pytest.approx(-np.sin(0.7) / 2, abs=1e-12)
    assert found["second"] == pytest.approx(-np.cos(0.7) / 2, abs=1e-12)
    assert found["explained"] == "can"


def test_the_device_runs_the_gate_and_the_gradient_from_shots(found):
    assert found["sampled"] == pytest.approx((1 + np.cos(0.7)) / 2, abs=5 / np.sqrt(100_000))
    assert found["sampled gradient"] == pytest.approx(-np.sin(0.7) / 2, abs=5 / np.sqrt(100_000))


def test_the_device_conforms(package):
    assert " passed" in run(package, "-m", "pytest", "-q", "-p", "no:cacheprovider", "toy")


def test_the_recipe_for_a_cloud_names_what_is_easily_forgotten():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    section = text[text.index("### A device in a cloud") : text.index("## A gradient method")]

    assert {"RemoteDevice", "NOT_IN_IDENTITY", "idempotent"} <= set(re.findall(r"\w+", section))
