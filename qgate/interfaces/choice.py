"""Choice of the interface that computes a circuit's derivatives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from qgate.arrays import PACKAGES, framework_among, load, tracing_interface
from qgate.bridge import Interface
from qgate.exceptions import InterfaceMismatch, MissingExtra, UnknownInterface, described, suggest
from qgate.typing import Tensor

NAMES: Mapping[str | None, str | None] = {
    None: None,
    "auto": "auto",
    "autograd": "autograd",
    "numpy": "autograd",
    "torch": "torch",
    "pytorch": "torch",
    "jax": "jax",
    "jax-jit": "jax",
    "tf": "tf",
    "tensorflow": "tf",
}
"""Names that a user may pass, and the interface that each stands for."""


@dataclass(frozen=True)
class Choice:
    """Interface that a user named, or that fits the parameters.

    Parameters
    ----------
    name : str or None
        ``auto``, ``autograd``, ``torch``, ``jax``, ``tf``, or None for no derivatives.
    """

    name: str | None

    @classmethod
    def of(cls, interface: object) -> Choice:
        """Parse a user's argument ``interface``.

        Raises
        ------
        UnknownInterface
            There is no interface of this name.
        """
        key = interface.lower() if isinstance(interface, str) else interface
        if not (key is None or isinstance(key, str)) or key not in NAMES:
            known = [str(name) for name in NAMES]
            raise UnknownInterface(interface=interface, known=known, hint=suggest(interface, known))
        return cls(NAMES[key])

    def __call__(self, values: Iterable[Tensor]) -> Interface | None:
        """Return the interface for a circuit with these parameters; None: plain numbers.

        Raises
        ------
        InterfaceMismatch
            The parameters are arrays of another framework than the one that was named.
        MissingExtra
            The framework that was named is not installed.
        """
        if self.name is None:
            return None
        met = tracing_interface(values)
        named = _load_named(self.name)
        if met is not None and met is not named:
            raise InterfaceMismatch(interface=self.name, met=met.name)
        return named


Choose = Callable[[Iterable[Tensor]], Interface | None]
"""Function from the parameters of a circuit to its interface; None: they are plain numbers."""


def chooser(interface: object) -> Choose:
    """Return the function that chooses the interface of a circuit by its parameters.

    Raises
    ------
    UnknownInterface
        There is no interface of this name.
    """
    choice = Choice.of(interface)
    return tracing_interface if choice.name == "auto" else choice


def interface_among(values: Iterable[Tensor]) -> Interface:
    """Return the interface of the first array that has one; autograd's for numpy arrays."""
    return framework_among(values) or load("autograd")


def _load_named(name: str) -> Interface:
    try:
        return load(name)
    except ModuleNotFoundError as error:
        package = PACKAGES[name]
        raise MissingExtra(
            what=f"interface={described(name)}", package=package, extra=package
        ) from error
