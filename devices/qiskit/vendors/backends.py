"""Lookup of a backend from the names of its package and itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from inspect import isclass
from types import ModuleType
from typing import Any

from qiskit.providers import BackendV2

from qgate.devices.cloud.connection import Connection
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
from qgate.masking import learn, masked_error

METHODS = ("get_backend", "backend")
"""Method names that return a backend, tried for packages without a card."""


class Source(Connection[tuple[BackendV2, object]]):
    """Backend, and the function or provider that returned it.

    A backend that was looked up by names is looked up again in a forked child, and by a pickle on
    first use. An object that the program created itself belongs to its process: its connections and
    credentials cannot be separated from the rest of it.

    Parameters
    ----------
    backend, provider
    names : tuple, optional
        Arguments of ``backend_of`` from which they are looked up again.
    """

    def __init__(
        self, backend: BackendV2, provider: object, names: tuple[VendorCard, str, str] | None = None
    ) -> None:
        self.names = names
        super().__init__((backend, provider))

    @property
    def backend(self) -> BackendV2:
        """Backend of the package.

        Raises
        ------
        OpenedInParent
            The process is a forked child, and the object was created by its parent.
        """
        return self.opened[0]

    @property
    def provider(self) -> object:
        """Function or provider that returned the backend."""
        return self.opened[1]

    def open(self) -> tuple[BackendV2, object]:
        if self.names is None:
            remedy = "Make the device in the child, or start it with the method 'spawn'"
            raise OpenedInParent(what="The backend of the device", remedy=remedy)
        card, name, text = self.names
        return backend_of(card, name, text=text).opened

    def __reduce__(self) -> tuple[object, ...]:
        if self.names is None:
            raise DeviceError(
                "A device around a backend object cannot be pickled, because the object may hold "
                "credentials. Name the backend by a string, qg.device('qiskit:PACKAGE/BACKEND')."
            )
        return _source_again, self.names


def _source_again(card: VendorCard, name: str, text: str) -> Source:
    source = Source(None, None, (card, name, text))
    source.after_fork()  # looked up on first use
    return source


def backend_of(card: VendorCard, name: str, *, text: str) -> Source:
    """Return a backend of a third-party package.

    Raises
    ------
    MissingPackage
        The package is not installed.
    BrokenProvider
        The package cannot be imported, or nothing in it returns backends.
    AccessRefused
        The vendor's class requires a key, and none was given or it was refused.
    UnknownDevice
        The package has no backend of this name.
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
    except Exception as error:  # third-party code may raise anything
        remedy = f"Give {card.package} its credentials as its documentation describes."
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


def _provider_class(card: VendorCard, text: str) -> Callable[..., object]:
    install = card.install or card.package.replace("_", "-")
    try:
        if find_spec(card.package) is None:
            raise MissingPackage(what=text, package=install)
        module = import_module(card.package)
    except MissingPackage:
        raise
    except Exception as error:  # third-party code may raise anything
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


def _found(module: ModuleType) -> type[object] | None:
    """Return the class of a module whose name suggests that it returns backends."""
    classes = [
        value
        for name, value in sorted(vars(module).items())
        if isclass(value)
        and name.endswith("Provider")
        and any(hasattr(value, method) for method in METHODS)
    ]
    return classes[0] if classes else None


def _getter(card: VendorCard, provider: object) -> Callable[[str], BackendV2]:
    methods = dict.fromkeys((card.method, *METHODS))
    found: Callable[[str], BackendV2] = next(
        getattr(provider, method) for method in methods if hasattr(provider, method)
    )
    return found


def _known(provider: Any) -> list[str]:
    """Return the names of a provider's backends, if it lists them."""
    try:
        return sorted(str(backend.name) for backend in provider.backends())
    except Exception:  # optional, and third-party code
        return []
