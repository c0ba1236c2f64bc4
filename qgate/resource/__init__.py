"""Counts of circuits, and what they become on a device."""

from qgate.circuit_resources import SpecsResources
from qgate.resource.circuit_specs import CircuitSpecs
from qgate.resource.requests import RequestCounts
from qgate.resource.specs import resources_from_tape, specs

__all__ = ["CircuitSpecs", "RequestCounts", "SpecsResources", "resources_from_tape", "specs"]
