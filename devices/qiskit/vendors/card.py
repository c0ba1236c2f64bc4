"""Facts about a vendor's package that Qiskit's interface does not state."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Literal

from pydantic import BaseModel, ConfigDict, PositiveInt

from qgate.exceptions import BrokenProvider
from qgate.prices import Rate

GROUP = "qgate.qiskit_cards"
"""Group of entry points that name cards, each under the name of its package's module."""


class VendorCard(BaseModel):
    """Facts about a package with backends for Qiskit.

    Parameters
    ----------
    package : str
        Module that is imported.
    install : str
        Distribution of the module; empty: of the same name.
    provider : str
        Class that returns backends, as a path from the module; empty: it is searched for.
    steps : tuple of str
        Attributes between an instance of that class and the method below, for example
        ``("offline",)``.
    method : str
        Method that returns a backend by its name.
    key_variable, key_argument : str
        Environment variable with the key, and the class's argument for it; empty: the package finds
        its key itself.
    paid : bool
        Whether its backends cost money.
    free : frozenset of str
        Backends that are free although ``paid`` is set.
    min_shots, max_shots : int, int or None
        Range of shots of one circuit.
    circuits_per_job : int or None
        Maximum number of circuits of a job; None: as reported by the backend.
    price : Rate or None
        None: unknown.
    charged_by : str
        Unit by which several circuits in one job are charged.
    reopen : str
        How a job is retrieved by its id: ``backend.METHOD`` or ``provider.METHOD``; empty: it
        cannot be.
    tags, idempotent : bool
        Whether jobs can be found by a tag, or created with an idempotency token. No surveyed
        package has either, and nothing here uses them yet.
    repeats_creation : bool
        Whether the package itself retries creations after a 5xx, which may create a second job.
    source : str
        Sources of the facts.
    unverified : str
        Facts that were not confirmed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: str
    install: str = ""
    provider: str = ""
    steps: tuple[str, ...] = ()
    method: str = "get_backend"
    key_variable: str = ""
    key_argument: str = ""
    paid: bool = True
    free: frozenset[str] = frozenset()
    min_shots: PositiveInt = 1
    max_shots: PositiveInt | None = None
    circuits_per_job: PositiveInt | None = None
    price: Rate | None = None
    charged_by: Literal["circuit", "job", "unknown"] = "unknown"
    reopen: str = ""
    tags: bool = False
    idempotent: bool = False
    repeats_creation: bool = False
    source: str = ""
    unverified: str = ""

    def is_paid(self, backend: str) -> bool:
        """Return whether a backend costs money."""
        return self.paid and backend not in self.free


CARDS: Mapping[str, VendorCard] = {
    card.package: card
    for card in (
        VendorCard(
            package="qiskit_ionq",
            install="qiskit-ionq",
            provider="IonQProvider",
            free=frozenset({"simulator", "ionq_simulator"}),
            min_shots=1,
            max_shots=10_000,
            charged_by="circuit",
            reopen="backend.retrieve_job",
            repeats_creation=True,
            source="source of qiskit-ionq 1.1.1",
            unverified="price; whether a circuit of a job is charged as a job of its own",
        ),
        VendorCard(
            package="qiskit_aqt_provider",
            install="qiskit-aqt-provider",
            provider="AQTProvider",
            steps=("offline",),
            paid=False,
            max_shots=2000,
            source="source of qiskit-aqt-provider 2.0.1; shots: metriq-gym issue 793",
            unverified=(
                "the offline simulators alone are reached; the cloud needs a login and a "
                "workspace: make its backend and hand over the object"
            ),
        ),
        VendorCard(
            package="qiskit_alice_bob_provider",
            install="qiskit-alice-bob-provider",
            provider="AliceBobRemoteProvider",
            key_variable="ALICE_BOB_API_KEY",
            key_argument="api_key",
            circuits_per_job=1,
            charged_by="circuit",
            source="source of qiskit-alice-bob-provider 3.0.0",
            unverified="price; the name of the variable is ours",
        ),
        VendorCard(
            package="qiskit_superstaq",
            install="qiskit-superstaq",
            provider="SuperstaqProvider",
            reopen="provider.get_job",
            source="source of qiskit-superstaq 0.5.70",
            unverified="price; shots; what several circuits in a job are charged as",
        ),
    )
}
"""Cards of the examined packages, by module."""


def has_card(package: str) -> bool:
    """Return whether a package has a card, from qgate or from an entry point."""
    return package in CARDS or any(entry.name == package for entry in entry_points(group=GROUP))


def card_of(package: str) -> VendorCard:
    """Return the card of a package: an installed one, else one of qgate, else an empty one.

    Parameters
    ----------
    package : str
        Name of the module.

    Raises
    ------
    BrokenProvider
        The installed card cannot be loaded, or is not a card.
    """
    for entry in entry_points(group=GROUP):
        if entry.name == package:
            return _installed(entry)
    return CARDS.get(package) or VendorCard(package=package, unverified="everything")


def _installed(entry: EntryPoint) -> VendorCard:
    try:
        return VendorCard.model_validate(entry.load())
    except Exception as error:
        owner = entry.dist.name if entry.dist else entry.value
        raise BrokenProvider(
            provider="qiskit", package=owner, reason=f"its card of {entry.name}: {error!r}"
        ) from error
