"""Provider of Qiskit's devices."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BeforeValidator, Field, NonNegativeFloat, NonNegativeInt, ValidationError

from qgate.arguments import items_of
from qgate.devices.base import MOST_THREADS, Device
from qgate.devices.options import Emulate, Options
from qgate.devices.provider import Provider, Requirement
from qgate.devices.qiskit.fakes import FAKE, FAKES, fake_backend, fake_names, is_as_recorded
from qgate.exceptions import InvalidOption
from qgate.shots import Shots
from qgate.wires import Wires

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qgate.devices.emulation.native_circuit import Noise
    from qgate.devices.qiskit.vendors.backends import Source
    from qgate.devices.qiskit.vendors.card import VendorCard
    from qgate.interchange.imported import ImportedCircuit

AER = Requirement("qiskit_aer", "qiskit-aer", "aer")

PACKAGED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*/.+")
"""Pattern of a module and the name of a backend in it."""

MOST_TRANSPILER_SEED = 2**63 - 1

EXACT_METHODS = frozenset(
    {"automatic", "statevector", "density_matrix", "stabilizer", "matrix_product_state"}
)
"""Methods of Aer that return probabilities without shots."""

TranspilerSeed: TypeAlias = Annotated[int, Field(ge=0, le=MOST_TRANSPILER_SEED)]

SIMULATION = ("method", "device", "precision", "max_parallel_threads")
"""Options of Aer; not allowed with a backend object, which has its own."""


OWN_SIMULATOR = "Make the simulator yourself and hand it over: qg.device(AerSimulator({}))."

ADVICE: Mapping[str, str] = {
    "backend": (
        "Hand a backend object over as the device, qg.device(AerSimulator()); for a method of Aer "
        "write qg.device('qiskit:aer?method=statevector')."
    ),
    "basis_gates": OWN_SIMULATOR.format("basis_gates=..."),
    "coupling_map": OWN_SIMULATOR.format("coupling_map=..."),
    "provider": "Name a backend, qg.device('qiskit:PACKAGE/BACKEND'), or hand its object over.",
    "seed_simulator": "Write seed=....",
}
"""Advice on options of PennyLane or Aer."""


def split(value: object) -> object:
    """Return the members of a list, which a device string separates by commas."""
    if isinstance(value, str):
        return value.split(",")
    if isinstance(value, Mapping):
        raise ValueError("it is a mapping; list the qubit of each wire, in the order of the wires")
    items = items_of(value)
    if items is None and isinstance(value, Iterable):
        raise ValueError("it is no list, or a list of over a million members")
    return value if items is None else items


def card_from(value: object) -> object:
    """Return the card that a user gave, as a card or as a mapping of its fields."""
    if value is None:
        return None
    from qgate.devices.qiskit.vendors.card import VendorCard

    try:
        return VendorCard.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(
            f"{place or 'card'}: {first['msg']} (a card is a VendorCard or a mapping of its fields)"
        ) from None


def noise_from(value: object) -> object:
    """Return a noise model of Aer, or refuse another value."""
    if value is None or hasattr(value, "noise_instructions"):
        return value
    raise ValueError("it is not a NoiseModel of qiskit_aer.noise; give one as an argument")


class QiskitOptions(Options):
    """Options of Qiskit's devices.

    Parameters
    ----------
    wires, shots, seed
        As for every device.
    optimization_level : int, optional
        Level of the transpiler, 0 to 3; default: 2 for fake backends, as for ``ibm:``, else 1.
    initial_layout : sequence of int, optional
        Qubit of each wire, ``0,5,6`` in a string; default: chosen by the transpiler.
    seed_transpiler : int
        Seed of the transpiler's searches; another seed may find another layout and other swaps.
    method : str
        Simulation method of Aer.
    device : str
        Hardware that Aer computes on.
    precision : str
        Precision of Aer's numbers.
    max_parallel_threads : int
        Number of threads of Aer, up to 256; 0: the number of cores.
    noise_model : NoiseModel, optional
        Noise of Aer's simulator, an object of ``qiskit_aer.noise``; not in a string.
    card : VendorCard, optional
        Facts about another package's backend; default: the installed card.
    paid : bool, optional
        Whether another package's backend costs money; default: as on its card.
    budget_usd : float, optional
        Maximum spending on a paid backend in US dollars.
    unknown_price : str
        ``allow``: submit also if no price is known.
    patience_s : float
        Time in seconds for which failing requests are retried.
    emulate : {"calibration", "gates"}, optional
        Simulate what the device would be sent on this machine, with the noise of its calibration;
        ``gates``: without the relaxation of waiting qubits. A seed may then be given.
    """

    advice: ClassVar[Mapping[str, str]] = ADVICE

    optimization_level: Annotated[int, Field(ge=0, le=3)] | None = None
    initial_layout: Annotated[
        tuple[NonNegativeInt, ...] | None, Field(min_length=1), BeforeValidator(split)
    ] = None
    seed_transpiler: TranspilerSeed = 0
    method: Literal[
        "automatic",
        "statevector",
        "density_matrix",
        "stabilizer",
        "extended_stabilizer",
        "matrix_product_state",
        "tensor_network",
    ] = "automatic"
    device: Literal["CPU", "GPU"] = "CPU"
    precision: Literal["double", "single"] = "double"
    max_parallel_threads: Annotated[int, Field(ge=0, le=MOST_THREADS)] = 0
    noise_model: Annotated[Any, BeforeValidator(noise_from)] = None
    card: Annotated[Any, BeforeValidator(card_from)] = None
    paid: bool | None = None
    budget_usd: NonNegativeFloat | None = None
    unknown_price: Literal["refuse", "allow"] = "refuse"
    patience_s: NonNegativeFloat = 900.0
    emulate: Emulate = None


class QiskitProvider(Provider):
    """Provider of Aer, fake backends, backends of other packages, and any ``BackendV2``."""

    name = "qiskit"
    default_target = "aer"
    options = QiskitOptions
    sdks = frozenset({"qiskit", "qiskit_aer"})

    def targets(self) -> Collection[str]:
        return ("aer", *fake_names())

    def accepts(self, target: str) -> bool:
        return target in self.targets() or PACKAGED.fullmatch(target) is not None

    def may_stand_in_file(self, target: str) -> bool:
        if "/" not in target:
            return True
        from qgate.devices.qiskit.vendors.card import has_card

        return has_card(target.partition("/")[0])

    def requirements(self, target: str) -> Collection[Requirement]:
        if "/" in target:
            return ()  # a third-party package, for which qgate has no extra
        return (FAKES, AER) if target.startswith(FAKE) else (AER,)

    def make(
        self, target: str, options: QiskitOptions, *, wires: Wires | None, shots: Shots | str
    ) -> Device:
        text = f"{self.name}:{target}"
        if "/" in target:
            return _of_package(target, text, options, wires=wires, shots=shots)
        if target == "aer":
            is_exact = options.method in EXACT_METHODS and options.noise_model is None
            exact = frozenset({"probs"} if is_exact else ())
            simulator = _simulator(options, text)
            return _device(simulator, text, options, wires=wires, shots=shots, exact=exact)
        fake = fake_backend(target)
        return _of_fake(fake, text, options, wires=wires, shots=shots)

    def claims(self, candidate: object) -> bool:
        providers: Any = sys.modules.get("qiskit.providers")
        return providers is not None and isinstance(candidate, providers.BackendV2)

    def circuit(self, candidate: object) -> ImportedCircuit | None:
        from qiskit import QuantumCircuit  # the candidate's class has loaded it

        from qgate.devices.qiskit.incoming import from_qiskit

        return from_qiskit(candidate) if isinstance(candidate, QuantumCircuit) else None

    def noise_of(self, candidate: object) -> Noise | None:
        """Return the noise of a ``NoiseModel`` of Aer, a ``Target`` or a backend."""
        if isinstance(candidate, dict):
            return None
        from qgate.devices.qiskit.noise_models import noise_of  # the candidate's class loaded it

        return noise_of(candidate)

    def make_from_object(
        self,
        candidate: BackendV2,
        options: QiskitOptions,
        *,
        wires: Wires | None,
        shots: Shots | str,
    ) -> Device:
        text = str(candidate.name or type(candidate).__name__)
        if options.card is not None:
            from qgate.devices.qiskit.vendors.backends import Source

            source = Source(candidate, None)
            return _around(source, options.card, text, options, wires=wires, shots=shots)
        given = options.model_fields_set
        for option in (*SIMULATION, "noise_model"):
            if option in given:
                reason = "the backend was made elsewhere, set it there"
                raise refused(text, option, getattr(options, option), reason)
        if options.seed is not None:
            _check_seed(candidate, options.seed, text)
        if is_as_recorded(candidate):
            return _of_fake(candidate, text, options, wires=wires, shots=shots)
        return _device(candidate, text, options, wires=wires, shots=shots)


def _simulator(options: QiskitOptions, text: str, fake: BackendV2 | None = None) -> BackendV2:
    """Return Aer's simulator, with the couplings of a fake backend if one is given."""
    from qiskit_aer import AerSimulator

    here = AerSimulator()
    for option, known in (
        ("method", here.available_methods()),
        ("device", here.available_devices()),
    ):
        chosen = getattr(options, option)
        if chosen not in known:
            raise refused(text, option, chosen, f"Aer has only {', '.join(known)} here")
    settings = {name: getattr(options, name) for name in (*SIMULATION, "noise_model")}
    if fake is None:
        return AerSimulator(**settings)
    return AerSimulator.from_backend(fake, **settings)


def _of_fake(
    fake: BackendV2, text: str, options: QiskitOptions, *, wires: Wires | None, shots: Shots | str
) -> Device:
    """Return the device of a fake backend: Aer's simulator with its noise, or with a given one."""
    noise_of = fake if options.noise_model is None else None
    made = {"wires": wires, "shots": shots, "target": fake, "noise_of": noise_of}
    return _device(_simulator(options, text, fake), text, options, **made)


def _device(
    backend: BackendV2,
    text: str,
    options: QiskitOptions,
    *,
    wires: Wires | None,
    shots: Shots | str,
    **facts: Any,
) -> Device:
    from qgate.devices.qiskit.device import QiskitDevice

    layout, target = options.initial_layout, facts.get("target", backend)
    if layout is not None:
        wires = Wires(range(len(layout))) if wires is None else wires
        check_layout(layout, wires, target, text)
    return QiskitDevice(
        backend,
        name=text,
        wires=wires,
        shots=shots,
        seed=options.seed,
        optimization_level=_level(options, target),
        initial_layout=layout,
        seed_transpiler=options.seed_transpiler,
        **facts,
    )


def _of_package(
    target: str, text: str, options: QiskitOptions, *, wires: Wires | None, shots: Shots | str
) -> Device:
    """Return the device of a backend from a third-party package."""
    from qgate.devices.qiskit.vendors.backends import backend_of
    from qgate.devices.qiskit.vendors.card import card_of

    package, _, name = target.partition("/")
    card = card_of(package) if options.card is None else options.card
    paid = card.is_paid(name) if options.paid is None else options.paid
    card = card.model_copy(update={"paid": paid})
    source = backend_of(card, name, text=text)
    return _around(source, card, text, options, wires=wires, shots=shots)


def _around(
    source: Source,
    card: VendorCard,
    text: str,
    options: QiskitOptions,
    *,
    wires: Wires | None,
    shots: Shots | str,
) -> Device:
    """Return a ``VendorDevice`` for a paid backend, else a ``QiskitDevice``."""
    from qgate.devices.qiskit.vendors.device import VendorDevice

    if not card.paid:
        return _device(source.backend, text, options, wires=wires, shots=shots)
    if options.seed is not None:
        raise refused(text, "seed", options.seed, "results of a paid backend cannot be repeated")
    return VendorDevice(
        source,
        card,
        name=text,
        wires=wires,
        shots=shots,
        optimization_level=_level(options, source.backend),
        initial_layout=options.initial_layout,
        seed_transpiler=options.seed_transpiler,
        budget_usd=options.budget_usd,
        unknown_price=options.unknown_price,
        patience_s=options.patience_s,
    )


def _level(options: QiskitOptions, target: BackendV2) -> int:
    """Return the level of the transpiler; that of ``ibm:`` for a recording of IBM's devices."""
    from qgate.devices.qiskit.passes import is_fake

    default = 2 if is_fake(target) else 1
    return default if options.optimization_level is None else options.optimization_level


def _check_seed(backend: BackendV2, seed: int, text: str) -> None:
    from qgate.devices.qiskit.interface import interface_of

    if "seed_simulator" not in interface_of(backend, name=text).arguments:
        reason = "the backend takes no seed (it has no option seed_simulator)"
        raise refused(text, "seed", seed, reason)


def check_layout(layout: tuple[int, ...], wires: Wires, backend: BackendV2, text: str) -> None:
    """Refuse a layout that does not fit the wires or the backend."""
    from qgate.devices.qiskit.qubits import working_qubits

    qubits, working = backend.num_qubits, working_qubits(backend)
    if len(layout) != len(wires):
        reason = f"it names {len(layout)} qubits for {len(wires)} wires"
    elif len(set(layout)) < len(layout):
        reason = "it names a qubit twice"
    elif qubits is not None and max(layout) >= qubits:
        reason = f"the backend has the qubits 0 to {qubits - 1}"
    elif working is not None and not set(layout) <= set(working):
        broken = sorted(set(range(qubits or 0)) - set(working))
        listed = ", ".join(map(str, broken))
        reason = f"the backend reports these qubits as out of order: {listed}; choose others"
    else:
        return
    raise refused(text, "initial_layout", ",".join(map(str, layout)), reason)


def refused(text: str, option: str, value: object, reason: str) -> InvalidOption:
    """Return the error for an option with an invalid value."""
    return InvalidOption(text=text, option=option, value=value, reason=reason)


provider = QiskitProvider()
