"""Frequencies of the trainable numbers of a function, as the user gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qgate.arguments import mapping_of
from qgate.exceptions import InvalidOptimizerOption, described
from qgate.fourier.series import Interpolation
from qgate.optimize.options import count

Index = tuple[int, ...]
"""Index of a number in an argument: () for a number, (i,) in an array with one axis."""

ByIndex = Mapping[str, Mapping[Index, Any]]
"""Values by names of arguments and indices in them."""


@dataclass(frozen=True)
class Frequencies:
    """Frequencies of the Fourier series in each trainable number."""

    nums_frequency: ByIndex  # number R of frequencies 1, 2, ..., R
    spectra: ByIndex  # the frequencies; 0 and negative ones are optional
    shifts: ByIndex  # shifts at which a series of several frequencies is evaluated
    optimizer: str  # name for messages

    @classmethod
    def of(cls, nums_frequency: Any, spectra: Any, shifts: Any, optimizer: str) -> Frequencies:
        """Return what a user gave.

        Raises
        ------
        InvalidParameters
            One is no mapping from arguments to mappings from indices.
        """
        given = {"nums_frequency": nums_frequency, "spectra": spectra, "shifts": shifts}
        maps = {
            name: {
                key: mapping_of(optimizer, name, inner)
                for key, inner in mapping_of(optimizer, name, value).items()
            }
            for name, value in given.items()
        }
        return cls(**maps, optimizer=optimizer)

    def interpolation(self, name: str, index: Index) -> Interpolation:
        """Return the interpolation of the series in one number.

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
