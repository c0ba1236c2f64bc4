"""Every public function has an entry point of the fuzzer, and a few calls of each are made."""

import importlib
import os
from types import ModuleType

import pytest
from fuzz.calling import Limits, Session
from fuzz.drawing import Pools
from fuzz.entries import entries

import qgate as qg

CALLS = 6
LIMITS = Limits(seconds=60.0)  # guards against hangs also on a slow machine

MODULES = ("", "gradients", "fourier", "optimize", "qnn", "shot_allocation.estimates")

WITHOUT = {
    "Device": "the base class of devices",
    "GATES": "a table",
    "I": "a gate of any number of wires, without parameters",
    "Identity": "as I",
    "Operator": "the base class of operators",
    "ParameterKind": "an enumeration",
    "device_errors": "takes nothing",
    "gradients.GradientTransform": "the class of the transforms",
    "optimize.Estimate": "returned",
    "optimize.History": "returned",
    "optimize.Minimum": "returned",
    "optimize.Optimizer": "the base class of optimizers",
    "optimize.Record": "returned",
    "shot_allocation.estimates.Cost": "returned",
    "shot_allocation.estimates.Differences": "returned",
    "shot_allocation.estimates.Estimate": "returned",
    "shot_allocation.estimates.GradientEstimate": "returned",
}
"""Public names without an entry point, and why."""

FUZZED = [entry for entry in entries() if not entry.framework]


def public():
    """Return every public object but modules by its name below ``qgate``; layers by the name alone.

    Layers would load their frameworks.
    """
    found = {}
    for module in MODULES:
        owner = importlib.import_module(f"qgate.{module}") if module else qg
        for name in owner.__all__:
            whole = f"{module}.{name}" if module else name
            found[whole] = whole if module == "qnn" else getattr(owner, name)
    return {name: made for name, made in found.items() if not isinstance(made, ModuleType)}


def test_every_public_function_has_an_entry_point():
    named = {entry.name.split()[0].rstrip(",") for entry in entries()}
    objects = public()
    covered = {id(objects[name]) for name in named & objects.keys()}

    lacking = {name for name, made in objects.items() if id(made) not in covered} - WITHOUT.keys()

    assert not lacking, f"Write entry points of {sorted(lacking)} in tests/fuzz/entries."


def test_names_without_an_entry_point_are_public():
    assert WITHOUT.keys() <= public().keys()


@pytest.fixture(scope="module")
def pools():
    return Pools(draws=1000, seed=0)


@pytest.mark.parametrize("entry", FUZZED, ids=[entry.name for entry in FUZZED])
def test_errors_are_of_qgate_whatever_arguments_are(entry, pools):
    for module in entry.modules:
        importlib.import_module(module)
    pools.draw_all(entry.kinds.values())
    session = Session(entry, CALLS, pools, LIMITS)

    more = True
    while more:
        _, status, usage = os.wait4(session.start(), 0)
        more = session.ended(status, usage.ru_utime + usage.ru_stime)

    assert not session.failures, "\n".join(map(str, session.failures))
