"""The public names of qgate, listed once in its stub file."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest

import qgate as qg


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Return the name of a package whose stub lists ``pi``, ``inner`` and ``square``."""
    folder = tmp_path / "toy_lazy"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from qgate.lazy_names import attach_stub\n"
        "__all__, __getattr__, __dir__ = attach_stub(__name__)\n"
    )
    (folder / "__init__.pyi").write_text(
        "from math import pi as pi\n"
        "from toy_lazy import inner as inner\n"
        "from toy_lazy.square import square as square\n"
    )
    (folder / "inner.py").write_text("depth = 1\n")
    (folder / "square.py").write_text("def square(x):\n    return x**2\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "toy_lazy"
    for name in [name for name in sys.modules if name.startswith("toy_lazy")]:
        del sys.modules[name]


def test_every_public_name_leads_to_something():
    assert [name for name in qg.__all__ if not hasattr(qg, name)] == []


def test_completion_offers_public_names_only():
    assert dir(qg) == sorted([*qg.__all__, "__version__"])
    assert "Any" not in dir(qg)
    assert {"RX", "qnode", "gradients", "numpy"} <= set(dir(qg))


@pytest.mark.parametrize(
    "name",
    [
        "devices", "drawer", "fourier", "gradients", "kernels", "measurements", "noise", "optimize",
        "pauli", "qaoa", "qchem", "resource", "shadows", "templates", "transforms", "workflow",
    ],
)  # fmt: skip
def test_completion_in_modules_offers_no_names_of_python(name):
    module = import_module(f"qgate.{name}")

    offered = set(dir(module))

    assert not offered & {"Any", "Callable", "Sequence", "TYPE_CHECKING", "annotations"}
    assert set(getattr(module, "__all__", ())) <= offered
    assert all(hasattr(module, each) for each in offered)


def test_an_unknown_name_is_an_attribute_error_with_the_name():
    with pytest.raises(AttributeError, match="nope") as error:
        qg.nope  # noqa: B018

    assert error.value.name == "nope"


@pytest.mark.parametrize("module", ["qgate.wires", "qgate.typing"])
def test_modules_suggest_their_own_names(module):
    held = import_module(module)

    with pytest.raises(AttributeError, match="Did you mean") as caught:
        held.WireLike  # noqa: B018

    assert "WiresLike" in str(caught.value)


def test_a_name_that_is_also_that_of_its_module_is_not_the_module():
    import_module("qgate.qnode")

    assert qg.qnode.__name__ == "qnode"
    assert callable(qg.qnode)


def test_a_stub_gives_names_of_other_modules_and_modules_of_the_package(toy):
    package = import_module(toy)

    assert package.pi == import_module("math").pi
    assert package.inner.depth == 1
    assert package.square(3) == 9
    assert package.__all__ == ["inner", "pi", "square"]


def test_a_name_is_looked_up_once(toy):
    package = import_module(toy)
    assert "pi" not in vars(package)

    assert package.pi is package.pi

    assert "pi" in vars(package)


def test_a_star_import_brings_every_name(toy):
    namespace = {}
    exec(f"from {toy} import *", namespace)

    assert {"inner", "pi", "square"} <= set(namespace)
