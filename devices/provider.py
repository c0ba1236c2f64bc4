"""What a provider plugin gives to the registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, NonNegativeInt, PositiveInt

from qgate.devices.base import Device
from qgate.devices.capabilities import Capabilities
from qgate.shots import Shots
from qgate.wires import Wires


def _none_as_text(value: object) -> object:
    """Read the word none, which is how a string asks for exact values."""
    return None if isinstance(value, str) and value.lower() == "none" else value


class Options(BaseModel):
    """What every device takes after the question mark of its string.

    A provider with more options subclasses it; each option's type says what its text may
    be (``"100"`` for an int, ``"true"`` for a bool).

    Parameters
    ----------
    wires : int, optional
        How many wires it has, labelled from 0.
    shots : int or "none", optional
        Shots of a circuit that does not say; "none" asks for exact values.
    seed : int, optional
        Makes its random choices reproducible.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    wires: PositiveInt | None = None
    shots: Annotated[PositiveInt | None, BeforeValidator(_none_as_text)] = None
    seed: NonNegativeInt | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """A vendor's package that a device needs.

    Parameters
    ----------
    module : str
        Its top-level module, for example ``qiskit_aer``.
    package : str
        How it is installed, for example ``qiskit-aer``.
    extra : str
        The extra of qgate that installs it, for example ``aer``.
    """

    module: str
    package: str
    extra: str


class Provider(ABC):
    """A family of devices that a config string can name: ``provider:target?option=value``.

    Required: ``name``, ``targets``, ``make``. Optional: ``options``, ``default_target``,
    ``accepts``, ``requirements``, ``capabilities``; ``sdks``, ``claims`` and
    ``make_from_object`` where the vendor's own device objects are taken as well.

    An instance is named by an entry point of the group ``qgate.devices`` whose name is
    ``name``. Importing its module must not import the vendor's packages.

    >>> from qgate.devices.local.device import LocalDevice
    >>> class Acme(Provider):
    ...     name = "acme"
    ...     default_target = "one"
    ...     def targets(self):
    ...         return ("one", "two")
    ...     def make(self, target, options, *, wires, shots):
    ...         return LocalDevice(wires=wires, shots=shots, seed=options.seed)
    >>> Acme().accepts("two")
    True
    """

    name: ClassVar[str]
    default_target: ClassVar[str | None] = None
    options: ClassVar[type[Options]] = Options
    sdks: ClassVar[frozenset[str]] = frozenset()
    """Top-level modules of the vendor's packages whose objects it may claim."""

    @abstractmethod
    def targets(self) -> Collection[str]:
        """Return the names of its devices that are known without a network."""

    def accepts(self, target: str) -> bool:
        """Say whether ``target`` can be made, also where it is not among ``targets()``."""
        return target in self.targets()

    def requirements(self, target: str) -> Collection[Requirement]:
        """Return the packages that ``target`` needs; asked before ``accepts`` and ``make``."""
        return ()

    def capabilities(self, target: str) -> Capabilities | None:
        """Return what ``target`` can do; None: known only once it is made."""
        return None

    @abstractmethod
    def make(self, target: str, options: Any, *, wires: Wires | None, shots: Shots | str) -> Device:
        """Make the device.

        Parameters
        ----------
        target : str
            Accepted by ``accepts``; its requirements are installed.
        options : Options
            An instance of the class ``options``. What it says about wires and shots has
            already gone into the two arguments below.
        wires : Wires or None
            Its wires; None: as the circuit names them.
        shots : Shots or "default"
            Shots of a circuit that does not say; "default": the device's own default.

        Raises
        ------
        MissingExtra
            A package that the device needs is not installed.
        """

    def claims(self, candidate: object) -> bool:
        """Say whether an object of the vendor's packages is a device that can be wrapped.

        Asked only for objects whose class comes from, or inherits from, one of ``sdks``.
        """
        return False

    def make_from_object(
        self, candidate: Any, options: Any, *, wires: Wires | None, shots: Shots | str
    ) -> Device:
        """Make a device around a claimed object; the rest as in ``make``."""
        raise NotImplementedError
