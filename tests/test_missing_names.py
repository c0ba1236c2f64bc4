"""Errors for names that qgate does not have."""

from __future__ import annotations

import importlib

import pytest

import qgate as qg
from qgate.missing_names import BY_NAME, REASONS, reason_of


@pytest.mark.parametrize(
    ("module", "name", "text"),
    [
        ("qgate", "QutritUnitary", "Qutrits are out of scope"),
        ("qgate", "Rx", "Did you mean 'RX'"),
        ("qgate", "pulse", "Pulses are out of scope"),
        ("qgate.gradients", "stoch_pulse_grad", "Pulses are out of scope"),
        ("qgate.optimize", "AdamOptimiser", "Did you mean 'AdamOptimizer'"),
        ("qgate.devices", "QubitDevice", "subclass qgate.devices.base.Device"),
        ("qgate.templates", "SqueezingEmbedding", "Continuous variables"),
        ("qgate.operation", "CVOperation", "Continuous variables"),
        ("qgate.tape", "expand_tape", "qg.decompose"),
        ("qgate.ops", "QutritUnitary", "Qutrits are out of scope"),
        ("qgate.exceptions", "CaptureError", "Capture and just-in-time compilation"),
        ("qgate", "VQECost", r"Return qg\.expval\(hamiltonian\) from a QNode"),
        ("qgate", "qinfo", r"qg\.vn_entropy"),
        ("qgate.transforms", "batch_transform", r"made with qg\.transform"),
        ("qgate.transforms", "get_unitary_matrix", r"It is qg\.matrix\."),
        ("qgate.operation", "disable_new_opmath", "leave the line out"),
        ("qgate.exceptions", "QuantumFunctionEror", "Did you mean 'QuantumFunctionError'"),
    ],
)
def test_attribute_and_import_errors_say_what_to_use_instead(module, name, text):
    found = importlib.import_module(module)

    assert not hasattr(found, name)
    with pytest.raises(AttributeError, match=text) as error:
        getattr(found, name)
    assert error.value.name == name
    with pytest.raises(ImportError, match=text):
        exec(f"from {module} import {name}")


def test_a_missing_module_can_be_imported_from_neither():
    with pytest.raises(ImportError, match="Pulses are out of scope"):
        exec("from qgate.pulse.transmon import transmon_drive")


def test_names_like_nothing_have_the_usual_errors():
    with pytest.raises(AttributeError, match=r"^module 'qgate' has no attribute 'zzzzzzzz'$"):
        qg.zzzzzzzz  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'zzzzzzzz'"):
        exec("from qgate import zzzzzzzz")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("qgate.zzzzzzzz")


def test_private_names_are_not_explained():
    assert not hasattr(qg, "_QutritUnitary")
    with pytest.raises(AttributeError, match=r"'_RX'$"):
        qg._RX  # noqa: B018


def test_a_name_has_one_reason():
    names = [name for _, names in REASONS for name in names.split()]

    assert sorted(names) == sorted(set(names))
    assert len(names) == len(BY_NAME)


def test_a_reason_may_be_of_one_module_only():
    assert reason_of("qgate.ops", "composite") is not None
    assert reason_of("qgate.devices", "composite") is None
