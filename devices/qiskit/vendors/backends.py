"""From the names of a package and a backend to the backend."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from inspect import isclass
from typing import Any, Self

from qgate.devices.qiskit.vendors.card import VendorCard
from qgate.exceptions import (
    AccessRefused,
    BrokenProvider,
    DeviceError,
    MissingPackage,
    OpenedInParent,
    UnknownDevice,
    suggest,
)
from qgate.forks import ForkSafeLock, at_fork
from qgate.masking import learn, masked_error
from qgate.sealed import Sealed

METHODS = ("get_backend", "backend")
"""By what a backend is given, in packages nobody knows."""


class Source:
    """A backend, and the function or provider that returned it.

    A backend that was obtained by names is obtained again in a forked child, and by a pickle at
    first use. An object that a program made itself belongs to the process in which it was made:
    its connections and credentials cannot be separated from the rest of it.

    Parameters
    ----------
    backend, provider
    names : tuple, optional
        Arguments of ``backend_of`` that obtain them again.
    """

    def __init__(
        self, backend: Any, provider: Any, names: tuple[VendorCard, str, str] | None = None
    ) -> None:
        self.names = names
        self._held: Sealed[tuple[Any, Any]] | None = Sealed((backend, provider))
        self._lock = ForkSafeLock()
        at_fork(in_child=self._forget)

    @property
    def backend(self) -> Any:
        """The package's backend.

        Raises
        ------
        OpenedInParent
            In a forked child, of an object that its parent has made.
        """
        return self._taken()[0]

    @property
    def provider(self) -> Any:
        """Function or provider that returned the backend."""
        return self._taken()[1]

    def _taken(self) -> tuple[Any, Any]:
        with self._lock:
            if self._held is None:
                if self.names is None:
                    remedy = "Make the device in the child, or start it with the method 'spawn'"
                    raise OpenedInParent(what="The backend of the device", remedy=remedy)
                card, name, text = self.names
                self._held = Sealed(backend_of(card, name, text=text)._taken())
            return self._held.value

    def _forget(self) -> None:
        self._held = None

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        if self.names is None:
            raise DeviceError(
                "A device around a backend object cannot be pickled, because the object may hold "
                "credentials. Name the backend by a string, qg.device('qiskit:PACKAGE/BACKEND')."
            )
        return _source_again, self.names


def _source_again(card: VendorCard, name: str, text: str) -> Source:
    source = Source(None, None, (card, name, text))
    source._forget()
    return source


def backend_of(card: VendorCard, name: str, *, text: str) -> Source:
    """Return a backend of a package.

    Raises
    ------
    MissingPackage
        It is not installed.
    BrokenProvider
        It cannot be imported, or nothing in it gives backends.
    AccessRefused
        The vendor's class wants a key and was not given one, or did not like it.
    UnknownDevice
        It has no backend of this name.
    """
    cls = _provider_class(card, text)
    given = {}
    if card.key_variable:
        if card.key_variable not in os.environ:
            reason = "there is no key"
            remedy = f"Set {card.key_variable}."
            raise AccessRefused(device=text, reason=reason, remedy=remedy)
        learn(os.environ[card.key_variable])
        given = {card.key_argument: os.environ[card.key_variable]}
    try:
        provider = cls(**given)
        for step in card.steps:
            provider = getattr(provider, step)
    except Exception as error:  # it is somebody else's code
        remedy = f"Give {card.package} its credentials as its own documents say."
        reason = repr(error)
        raise AccessRefused(device=text, reason=reason, remedy=remedy) from masked_error(error)
    try:
        return Source(_getter(card, provider)(name), provider, (card, name, text))
    except Exception as error:
        known = _known(provider)
        hint = suggest(name, known)
        raise UnknownDevice(
            text=text, unknown=name, kind="backend", known=known, hint=hint
        ) from masked_error(error)


def _provider_class(card: VendorCard, text: str) -> Callable[..., Any]:
    install = card.install or card.package.replace("_", "-")
    try:
        if find_spec(card.package) is None:
            raise MissingPackage(what=text, package=install)
        module: Any = import_module(card.package)
    except MissingPackage:
        raise
    except Exception as error:  # it is somebody else's code
        broken = BrokenProvider(provider="qiskit", package=install, reason=repr(error))
        raise broken from masked_error(error)
    cls: Any = module
    if card.provider:
        for part in card.provider.split("."):
            cls = getattr(cls, part, None)
    else:
        cls = _found(module)
    if cls is None:
        reason = (
            f"{card.provider or 'a class named ...Provider that gives backends'} is not in it; "
            "make the backend yourself and hand the object over, or give a card"
        )
        raise BrokenProvider(provider="qiskit", package=install, reason=reason)
    return cls  # type: ignore[no-any-return]


def _found(module: Any) -> Any:
    """Return the class of a module that looks as if it gave backends."""
    classes = [
        value
        for name, value in sorted(vars(module).items())
        if isclass(value)
        and name.endswith("Provider")
        and any(hasattr(value, method) for method in METHODS)
    ]
    return classes[0] if classes else None


def _getter(card: VendorCard, provider: Any) -> Callable[[str], Any]:
    methods = dict.fromkeys((card.method, *METHODS))
    found: Callable[[str], Any] = next(
        getattr(provider, method) for method in methods if hasattr(provider, method)
    )
    return found


def _known(provider: Any) -> list[str]:
    """Return the names of a provider's backends, where it lists them."""
    try:
        return sorted(str(backend.name) for backend in provider.backends())
    except Exception:  # it need not have that, nor need that work
        return []
