"""Discovery of installed providers."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from qgate.devices.provider import Provider, Requirement
from qgate.exceptions import BrokenProvider
from qgate.masking import masked_error

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "qgate.devices"
"""Group of entry points that name providers."""

BUILT_IN = {"local": "qgate.devices.local"}
"""Modules of built-in providers, which need no search for entry points (it takes long)."""


class Plugins:
    """Providers installed in this Python; each is loaded on first use."""

    def __init__(self) -> None:
        self._found: dict[str, list[EntryPoint]] = {}
        self._loaded: dict[str, Provider] = {}

    def names(self) -> list[str]:
        """Return the sorted names of all providers, without loading any."""
        if not self._found:
            self.refresh()
        return sorted(self._found)

    def refresh(self) -> None:
        """Search for installed providers again."""
        from importlib.metadata import entry_points

        importlib.invalidate_caches()
        self._found, self._loaded = {}, {}
        for entry in entry_points(group=GROUP):
            self._found.setdefault(entry.name, []).append(entry)

    def provider(self, name: str) -> Provider | None:
        """Return a provider, or None if none of this name is installed.

        Built-in providers take precedence; no other package can take their names.

        Raises
        ------
        BrokenProvider
            The provider cannot be imported or is no ``Provider``, or two packages define different
            providers of this name.
        """
        if name in BUILT_IN:
            built_in: Provider = importlib.import_module(BUILT_IN[name]).provider
            return built_in
        if name not in self.names():
            self.refresh()  # it may have been installed since
        if name in self._found and name not in self._loaded:
            self._loaded[name] = _load(*self._found[name])
        return self._loaded.get(name)

    def claiming(self, candidate: object) -> Provider | None:
        """Return the provider that accepts a vendor's device object, or None.

        A provider is asked only if the object's class comes from, or inherits from, one of its
        ``sdks``; the vendor's package is then loaded already.
        """
        claimant = self._claimant(candidate)
        if claimant is None:
            self.refresh()  # its provider may have been installed since
            claimant = self._claimant(candidate)
        return claimant

    def _claimant(self, candidate: object) -> Provider | None:
        asked = self.asked_about(candidate)
        return next((provider for provider in asked if provider.claims(candidate)), None)

    def asked_about(self, candidate: object) -> Iterator[Provider]:
        """Yield the providers whose vendor's packages have the class of an object, or its base."""
        modules = {kind.__module__.partition(".")[0] for kind in type(candidate).__mro__}
        return (provider for provider in self.loadable() if provider.sdks & modules)

    def loadable(self) -> Iterator[Provider]:
        """Yield every provider that can be loaded; skip broken ones."""
        for name in self.names():
            try:
                provider = self.provider(name)
            except BrokenProvider:
                continue
            if provider is not None:
                yield provider


PLUGINS = Plugins()
"""Plugins of the running interpreter."""


def missing(requirements: Iterable[Requirement]) -> Requirement | None:
    """Return the first requirement that is not installed, without importing any."""
    return next((need for need in requirements if find_spec(need.module) is None), None)


def _load(entry: EntryPoint, *others: EntryPoint) -> Provider:
    for other in others:
        if other.value != entry.value:
            reason = f"the package {_package(other)} gives a provider of the same name"
            raise BrokenProvider(provider=entry.name, package=_package(entry), reason=reason)
    try:
        provider = entry.load()
    except Exception as error:  # third-party code may raise anything
        raise BrokenProvider(
            provider=entry.name, package=_package(entry), reason=repr(error)
        ) from masked_error(error)
    if not isinstance(provider, Provider):
        reason = f"{entry.value} is not an instance of qgate.devices.provider.Provider"
        raise BrokenProvider(provider=entry.name, package=_package(entry), reason=reason)
    return provider


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else "of unknown origin"
