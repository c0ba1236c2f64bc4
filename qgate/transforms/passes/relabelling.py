"""Other wires, and simpler operators, in whole circuits."""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType

from qgate.arguments import truth
from qgate.exceptions import WireError, described
from qgate.findable import MadeFunction, picklable
from qgate.measurements import Measurement
from qgate.operations import functions
from qgate.operations.operator import Operator
from qgate.operations.outcome_values import MeasurementValue
from qgate.tape import Tape
from qgate.transforms.circuit_transform import transform
from qgate.transforms.passes.neighbours import first_result, single
from qgate.transforms.pipeline import Transformed
from qgate.typing import Nested, Wire


def _options(
    wire_map: Mapping[Wire, Wire], queue: bool = False, replace: bool = False
) -> tuple[tuple[()], dict[str, object]]:
    """Return the options of ``map_wires``, checked."""
    truth("map_wires", "queue", queue)
    truth("map_wires", "replace", replace)
    if not isinstance(wire_map, Mapping):
        raise WireError(
            f"map_wires was given {described(wire_map)}. Give an operator or a circuit, and a "
            "mapping from labels to labels, {0: 'a'}."
        )
    return (), {"wire_map": wire_map}


@transform(setup_inputs=_options)
def map_wires(
    tape: Tape, wire_map: Mapping[Wire, Wire], queue: bool = False, replace: bool = False
) -> Transformed:
    """Return an operator, measurement or circuit with other wire labels.

    Parameters
    ----------
    input : Operator, Measurement, tape, sequence of tapes, QNode or callable
    wire_map : mapping
        From labels to labels; other labels stay.
    queue, replace : bool
        Without effect: inside of a quantum function the result takes the place of the input.

    Returns
    -------
    as ``input``; for tapes, tapes and a function of their results

    Raises
    ------
    WireError
        The map is none.
    """
    operations = [each.map_wires(wire_map) for each in tape.operations]
    measurements = [each.map_wires(wire_map) for each in tape.measurements]
    return [tape.copy(ops=operations, measurements=measurements)], first_result


def _mapped(
    input: Nested, wire_map: Mapping[Wire, Wire], queue: bool = False, replace: bool = False
) -> Nested:
    """Map an operator, a measurement, or a quantum function whose results stay as they are."""
    _options(wire_map, queue, replace)
    return functions.map_wires(input, wire_map)


for _kind in (Operator, Measurement, MeasurementValue, FunctionType, MadeFunction, type):
    map_wires.register(_kind)(_mapped)


@picklable
def simplify(input: Nested) -> Nested:
    """Return an equal operator or circuit in simpler form: expanded, with like terms merged.

    Parameters
    ----------
    input : Operator, tape, sequence of tapes, QNode or callable

    Returns
    -------
    as ``input``; for tapes, tapes and a function of their results
    """
    if _is_circuit(input) or (callable(input) and not isinstance(input, Operator)):
        return simplified(input)
    return functions.simplify(input)


@transform
def simplified(tape: Tape) -> Transformed:
    """Return a tape with simplified operations."""
    return single(tape, [each.simplify() for each in tape.operations])


def _is_circuit(given: object) -> bool:
    return isinstance(given, Tape | list | tuple) or hasattr(given, "with_pipeline")
