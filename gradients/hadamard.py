r"""Hadamard-test gradients, and their direct counterparts without auxiliary wire.

For a gate :math:`e^{ixG}` with :math:`G = \sum_w g_w P_w`, the state :math:`\phi` after it, and the
observable pulled back to there, :math:`\tilde O`, the derivative is

.. math:: \partial_x \langle O \rangle = i \langle\phi| [\tilde O, G] |\phi\rangle
    = -2 \sum_w g_w \, \mathrm{Im} \langle\phi| \tilde O P_w |\phi\rangle.

Each of the four modes measures the imaginary part with a different circuit. Guerreschi and
Smelyanskiy, arXiv:1701.01450; Schuld et al., Phys. Rev. A 99, 032331; arXiv:2408.05406.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from qgate.exceptions import UndefinedError, UnsupportedDiffMethod, described, suggest
from qgate.gradients.circuits import AvailableWires, Circuits
from qgate.gradients.generators import in_generators, turns
from qgate.gradients.hadamard_circuits import direct, of_state, reversed_roles, standard
from qgate.gradients.method import NO_OPTIONS, Options, Refusal
from qgate.measurements import MeasurementKind
from qgate.recording import paused
from qgate.structure import Structure
from qgate.tape import Tape
from qgate.transforms.density import DERIVED
from qgate.transforms.readouts import plan_readings
from qgate.typing import Wire
from qgate.wires import Wires

MEASURES = (
    MeasurementKind.EXPVAL,
    MeasurementKind.VAR,
    MeasurementKind.PROBS,
    *DERIVED,
    MeasurementKind.TERMS,
)
"""Supported measurements: expectation values, functions of them, and the state by itself."""

OBSERVABLES = frozenset({MeasurementKind.EXPVAL, MeasurementKind.TERMS})
"""Measurements whose observable can be exchanged with the generator."""

Build = Callable[[Structure, tuple[int, ...], Wire | None, Wires], Circuits]

MODES: Mapping[str, Build] = {
    "standard": standard,
    "reversed": reversed_roles,
    "direct": lambda structure, slots, _, everything: direct(structure, slots),
    "reversed-direct": lambda structure, slots, _, everything: reversed_roles(
        structure, slots, None, everything
    ),
}
"""Function that builds the circuits of each mode, from a structure in generators."""

TESTS = ("standard", "reversed")
"""Modes that require an auxiliary wire."""

NEEDS_OBSERVABLES = ("reversed", "reversed-direct")


def hadamard_test(
    structure: Structure,
    slots: tuple[int, ...],
    *,
    available: AvailableWires,
    options: Options = NO_OPTIONS,
) -> Circuits:
    """Differentiate by Hadamard tests: one circuit for each Pauli word of the generator G.

    Options (``gradient_kwargs``): ``mode``, the roles of generator and observable:

    - ``standard`` (default): an auxiliary wire controls the word of the generator after the gate,
      and its Y is measured together with the observable. One circuit for each word.
    - ``direct``: exp(-i pi/4 P) and its inverse in place of the controlled word. Two circuits for
      each word, no auxiliary wire.
    - ``reversed``: the auxiliary wire controls a word of the observable after all gates, the gates
      are undone down to the trainable one, and Y is measured together with its generator. One
      circuit for each word of the observable and each layer of trainable gates; expectation values
      only.
    - ``reversed-direct``: both at once.
    - ``auto``: the one of these with the fewest circuits.

    The derivative of the state itself, if a simulator returns it, requires none of these: it is the
    state with i P inserted after the gate, in every mode.

    ``aux_wire``: the auxiliary wire (default: one that neither circuit nor measurement uses);
    ``device_wires``: the wires from which it is taken when a tape is transformed.
    """
    mode = options.get("mode", "standard")
    if not isinstance(mode, str) or (mode not in MODES and mode != "auto"):
        known = [*MODES, "auto"]
        raise _unsupported(
            f"mode={described(mode)} is not one of its modes",
            f"Give one of {', '.join(known)}.{suggest(mode, known)}",
        )
    if available.wires is None and options.get("device_wires") is not None:
        available = AvailableWires(Wires(options["device_wires"]), available.most)
    given = options.get("aux_wire")
    named = None if given is None else Wires(given)
    if named is not None and len(named) != 1:
        raise _unsupported(
            f"aux_wire={described(given)} names {len(named)} wires",
            "Name one wire, or leave it out.",
        )
    return _circuits(structure, slots, available, mode, named)


def refuse_gates(tape: Tape) -> Refusal:
    """Refuse a tape with noise channels, or with a trainable gate that has no generator."""
    if tape.structure.is_mixed:
        return (
            "the circuit has noise channels, and a Hadamard test needs a pure state",
            "Use diff_method='parameter-shift', or 'adjoint' on qg.device('local').",
        )
    slots = tuple(int(slot) for slot in tape.trainable_slots)
    name = _without_generator(tape.structure, slots)
    if name is None:
        return None
    return (
        f"{name} is no exponential of an angle times a fixed matrix, and does not decompose "
        "into such",
        "Use diff_method='parameter-shift' or 'finite-diff', which differentiate it by "
        "differences.",
    )


@lru_cache(maxsize=256)
def _without_generator(structure: Structure, slots: tuple[int, ...]) -> str | None:
    """Return the name of a trainable gate that is not of the form exp(i x G), or None."""
    try:
        for _ in turns(in_generators(structure), slots):
            pass
    except UndefinedError as error:
        return str(error)
    return None


@lru_cache(maxsize=64)
def _circuits(
    structure: Structure,
    slots: tuple[int, ...],
    available: AvailableWires,
    mode: str,
    named: Wires | None,
) -> Circuits:
    auxiliary, missing = _auxiliary_wire(structure, available, named)
    everything = structure.wires if available.wires is None else available.wires
    prepared = in_generators(structure)

    def build(name: str) -> Circuits:
        return MODES[name](prepared, slots, auxiliary, everything)

    measures_state = _measures_state(structure)
    with paused():
        if measures_state:
            return of_state(prepared, slots)
        if mode == "auto":
            usable = [name for name in MODES if not _obstacle(name, structure, missing)]
            return _fewest(structure, usable, build)
        obstacle = _obstacle(mode, structure, missing)
        if obstacle is not None:
            raise _unsupported(*obstacle)
        return build(mode)


def _measures_state(structure: Structure) -> bool:
    """Return whether the state is measured; it cannot be combined with other measurements."""
    kinds = {item.kind for item in structure.measurements}
    if MeasurementKind.STATE not in kinds:
        return False
    if len(kinds) > 1:
        raise _unsupported(
            "the circuit returns the state together with something else, and the two need "
            "different circuits",
            "Return the state from a quantum function of its own.",
        )
    return True


def _fewest(
    structure: Structure, usable: Sequence[str], build: Callable[[str], Circuits]
) -> Circuits:
    """Return the circuits of the mode with the fewest circuits; of equal ones, the simpler mode."""
    best = min((build(name) for name in usable if name not in NEEDS_OBSERVABLES), key=_count)
    least = _count(best)
    for name in (name for name in usable if name in NEEDS_OBSERVABLES):
        # A reversed mode runs at least one circuit for every term except the identity.
        if max(item.observable.num_terms for item in structure.measurements) - 1 >= least:
            continue
        try:
            other = build(name)
        except UnsupportedDiffMethod:  # observables that are not Pauli words
            continue
        best, least = min((best, least), (other, _count(other)), key=lambda pair: pair[1])
    return best


def _unsupported(reason: str, remedy: str) -> UnsupportedDiffMethod:
    return UnsupportedDiffMethod(method="hadamard", reason=reason, remedy=remedy)


def _obstacle(mode: str, structure: Structure, missing: Refusal) -> Refusal:
    """Return why a mode does not support a structure."""
    kinds = {item.kind for item in structure.measurements}
    if mode in NEEDS_OBSERVABLES and not kinds <= OBSERVABLES:
        return (
            f"mode={described(mode)} applies the observable as a gate, and "
            f"{', '.join(sorted(kinds - OBSERVABLES))} has none",
            "Use mode='standard' or 'direct', or return expectation values.",
        )
    return missing if mode in TESTS else None


def _auxiliary_wire(
    structure: Structure, available: AvailableWires, named: Wires | None
) -> tuple[Wire | None, Refusal]:
    """Return a free wire, or why there is none."""
    used = structure.wires
    others = "use mode='direct' or 'reversed-direct', which need none"
    given: Wire | None = None
    if named is not None:
        (given,) = named
        if given in used:
            return None, (
                f"the circuit uses the auxiliary wire {described(given)} itself",
                f"Name another one, leave aux_wire out, or {others}.",
            )
        if available.wires is not None and given not in available.wires:
            return None, (
                f"there is no wire {described(given)} on the device",
                f"Name one of {list(available.wires)}, leave aux_wire out, or {others}.",
            )
    elif available.wires is not None:
        given = next((wire for wire in available.wires if wire not in used), None)
    else:
        given = next(label for label in range(len(used) + 1) if label not in used)
    if given is None or (available.most is not None and len(used) >= available.most):
        return None, (
            f"the circuit uses all {len(used)} wires of the device, and no auxiliary wire is left",
            f"Give the device another wire, or {others}.",
        )
    return given, None


def _count(circuits: Circuits) -> int:
    """Return the number of circuits that are run with shots: one for each measurement basis."""
    return sum(len(plan_readings(each, False).structures) for each in circuits.structures)
