"""Counts of circuits, and what they become on a device."""

from typing import TYPE_CHECKING

from qgate.circuit_resources import SpecsResources
from qgate.lazy_names import refuse_unknown
from qgate.resource.circuit_specs import CircuitSpecs
from qgate.resource.requests import RequestCounts
from qgate.resource.specs import resources_from_tape, specs

__all__ = ["CircuitSpecs", "RequestCounts", "SpecsResources", "resources_from_tape", "specs"]


if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)
