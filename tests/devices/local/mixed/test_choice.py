"""Engines for circuits with channels."""

from qgate.devices.local.engine import GateByGateEngine
from qgate.devices.local.libraries import best_library
from qgate.devices.local.mixed.choice import mixed_engine
from qgate.devices.local.mixed.density import DensityEngine
from qgate.devices.local.mixed.pauli_engine import PauliEngine
from qgate.devices.local.plan_engine import PlanEngine, Settings


def test_engine_has_the_library_and_settings_of_that_for_states():
    engine = mixed_engine(PlanEngine(best_library(), Settings(threads=3, single=True)))

    assert isinstance(engine, PauliEngine)
    assert engine.library is best_library()
    assert engine.settings == Settings(threads=3, single=True)


def test_circuits_run_gate_by_gate_where_states_do():
    assert isinstance(mixed_engine(GateByGateEngine()), DensityEngine)
