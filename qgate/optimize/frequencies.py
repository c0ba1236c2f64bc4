"""The frequencies of the numbers of a function's arguments, as a user names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qgate.exceptions import InvalidOptimizerOption, described
from qgate.fourier.series import Interpolation
from qgate.optimize.options import count

Index = tuple[int, ...]
"""Position of a number in an argument: () for a number, (i,) in an array with one axis."""

ByIndex = Mapping[str, Mapping[Index, Any]]
"""Something for names of arguments and indices in them."""


@dataclass(frozen=True)
class Frequencies:
    """What is known of the Fourier series in each number.

    Parameters
    ----------
    nums_frequency : mapping
        How many frequencies 1, 2, ..., R there are.
    spectra : mapping
        Which there are; 0 and negative ones may be there or not.
    shifts : mapping
        Where a series of several frequencies is evaluated.
    optimizer : str
        Who asks, for messages.
    """

    nums_frequency: ByIndex
    spectra: ByIndex
    shifts: ByIndex
    optimizer: str

    def interpolation(self, name: str, index: Index) -> Interpolation:
        """Return how the series in one number follows from values.

        Raises
        ------
        InvalidOptimizerOption
            Its frequencies are not given.
        InvalidReconstruction
            They are no frequencies, or the shifts do not fit them.
        """
        number = self.nums_frequency.get(name, {}).get(index)
        if number is not None:
            count(self.optimizer, least=0, nums_frequency=number)
            return of_one(1.0) if number == 1 else Interpolation.equidistant(number)
        spectrum: Sequence[float] | None = self.spectra.get(name, {}).get(index)
        if spectrum is None:
            raise InvalidOptimizerOption(
                optimizer=self.optimizer,
                option=f"nums_frequency[{described(name)}][{index}]",
                value=None,
                needed="how many frequencies this trainable number has, unless spectra says "
                "which; qg.fourier.qnode_spectrum finds them",
            )
        positive = [float(frequency) for frequency in spectrum if frequency > 0]
        if len(positive) == 1:
            return of_one(positive[0])
        return Interpolation.of_spectrum(positive, self.shifts.get(name, {}).get(index))


def of_one(frequency: float) -> Interpolation:
    """Interpolate a series of one frequency by its center and a quarter of a period either way."""
    quarter = np.pi / (2 * frequency)
    return Interpolation(np.array([frequency]), np.array([-quarter, 0.0, quarter]))
