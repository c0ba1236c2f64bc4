"""Errors of mid-circuit measurements, of their outcomes, and of gates that depend on these."""

from __future__ import annotations

from qgate.exceptions.base import DeviceError, QuantumFunctionError


class ConditionalTransformError(QuantumFunctionError, ValueError):
    """A condition or branch of ``cond`` cannot be used."""


class UnknownOutcome(QuantumFunctionError, TypeError, ValueError):
    """The outcome of a mid-circuit measurement was used as a number while a circuit is built."""

    use: str
    message = (
        "The outcome of a mid-circuit measurement cannot be used {use}: it is not known while the "
        "circuit is built. Apply gates that depend on it with qg.cond(outcome, gate)(...), "
        "combine outcomes with + - * / % == != < <= > >= & | ^ ~, and measure them with "
        "qg.expval(op=outcome) or qg.sample(op=outcome)."
    )


class OutcomeOfOtherCircuit(QuantumFunctionError, ValueError):
    """An outcome is used in a circuit that does not measure it, or before it is measured."""

    where: str
    message = (
        "{where} depends on the outcome of a mid-circuit measurement that this circuit does not "
        "have before it. Call qg.measure inside the same quantum function, before the outcome is "
        "used, and use the value that it returned."
    )


class UnsupportedMidMeasure(DeviceError, ValueError):
    """A device cannot run a circuit with mid-circuit measurements as it was asked to."""

    device: str
    reason: str
    remedy: str
    message = "{device} cannot run this circuit with mid-circuit measurements: {reason}. {remedy}"


class MidMeasureLeft(QuantumFunctionError, ValueError):
    """A circuit with mid-circuit measurements is used where it has to be a product of gates."""

    operation: str
    message = (
        "{operation} is a mid-circuit measurement, or depends on one, and a product of gates is "
        "needed here. Call the QNode, or apply qg.defer_measurements to the circuit first, which "
        "measures at the end."
    )
