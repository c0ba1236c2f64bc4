"""Other wires, and simpler operators, in whole circuits."""

from __future__ import annotations

from collections.abc import Mapping

from qgate.arguments import truth
from qgate.exceptions import WireError, described
from qgate.findable import picklable
from qgate.operations import functions
from qgate.operations.operator import Operator
from qgate.tape import Tape
from qgate.transforms.circuit_transform import transform
from qgate.transforms.passes.neighbours import first_result, single
from qgate.transforms.pipeline import Transformed
from qgate.typing import Nested, Wire


@picklable
def map_wires(
    input: Nested, wire_map: Mapping[Wire, Wire], queue: bool = False, replace: bool = False
) -> Nested:
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
    truth("map_wires", "queue", queue)
    truth("map_wires", "replace", replace)
    if not _is_circuit(input):
        return functions.map_wires(input, wire_map)
    if not isinstance(wire_map, Mapping):
        raise WireError(
            f"map_wires was given {described(wire_map)}. Give a mapping from labels to labels, "
            "{0: 'a'}."
        )
    return mapped_wires(input, dict(wire_map))


@transform
def mapped_wires(tape: Tape, wire_map: Mapping[Wire, Wire]) -> Transformed:
    """Return a tape with other wire labels."""
    operations = [each.map_wires(wire_map) for each in tape.operations]
    measurements = [each.map_wires(wire_map) for each in tape.measurements]
    return [tape.copy(ops=operations, measurements=measurements)], first_result


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
