"""Limits on the available derivatives."""

from __future__ import annotations

from dataclasses import dataclass

from qgate.exceptions import DifferentiationError, UnsupportedDiffMethod


@dataclass(frozen=True)
class Limits:
    """Derivatives that are available, and the errors for the others.

    Parameters
    ----------
    method : str
        The gradient method, as errors name it.
    max_order : int or None
        Highest order that the user allows; None: any.
    refusal : DifferentiationError or None
        Why no derivative is available at all.
    arrays : DifferentiationError or None
        Why derivatives by matrices and states are not available, in case these are trainable.
    array_order : int or None
        Highest order that is correct where a gate or a state is trained by an array; None: any.
    """

    method: str = ""
    max_order: int | None = None
    refusal: DifferentiationError | None = None
    arrays: DifferentiationError | None = None
    array_order: int | None = None

    def check(self, order: int) -> None:
        """Refuse a derivative of this order if it is not available.

        Raises
        ------
        DifferentiationError
        """
        if self.refusal is not None:
            raise self.refusal
        if self.max_order is not None and order > self.max_order:
            raise DifferentiationError(
                f"A derivative of order {order} is being taken, and the QNode was made with "
                f"max_diff={self.max_order}. Give it max_diff={order}, or leave max_diff out."
            )
        if self.array_order is not None and order > self.array_order:
            raise UnsupportedDiffMethod(
                method=self.method,
                reason=f"a derivative of order {order} is being taken, and a circuit whose matrix "
                f"or state is trained as an array has them up to order {self.array_order}",
                remedy="Write the circuit with gates that have angles, or use "
                "diff_method='backprop' on qg.device('local') with shots=None.",
            )
