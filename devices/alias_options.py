"""Translation of the options of PennyLane's devices into qgate's options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn

from qgate.exceptions import InvalidOption, described

Translate = Callable[[str, str, object], dict[str, object]]
"""Function from the device string, the option and its value to qgate's options."""

PAIR = 2

FORMER = tuple(f"default.qubit.{name}" for name in ("autograd", "jax", "legacy", "tf", "torch"))
"""Names of the simulator in older versions of PennyLane, one for each framework."""


def _bucket_and_prefix(text: str, option: str, value: object) -> dict[str, object]:
    """Return the options for a storage location, given as a pair of bucket and folder."""
    parts = value.split(",") if isinstance(value, str) else value
    pair = list(parts) if isinstance(parts, list | tuple) else []
    if len(pair) != PAIR or not all(isinstance(part, str) and part.strip("/ ") for part in pair):
        reason = (
            'it is a pair of the names of a bucket and of a folder in it, for example ("amazon-'
            'braket-results", "vqe"); the options s3_bucket and s3_prefix are equivalent'
        )
        raise InvalidOption(text=text, option=option, value=value, reason=reason)
    bucket, folder = (part.strip("/ ") for part in pair)
    return {"s3_bucket": bucket, "s3_prefix": folder}


def _named(ours: str) -> Translate:
    """Return a function that gives an option another name."""
    return lambda text, option, value: {ours: value}


def _refused(reason: str) -> Translate:
    """Return a function that refuses an option, with the remedy."""

    def refuse(text: str, option: str, value: object) -> NoReturn:
        raise InvalidOption(text=text, option=option, value=value, reason=reason)

    return refuse


def _unused(text: str, option: str, value: object) -> dict[str, object]:
    """Leave out an option that changes how results are computed, and not the results."""
    return {}


def _precision(text: str, option: str, value: object) -> dict[str, object]:
    """Return the precision of a type of complex numbers."""
    names = {"complex64": "single", "complex128": "double"}
    name = str(getattr(value, "__name__", value))
    if name not in names:
        reason = "the types are numpy.complex64 and numpy.complex128"
        raise InvalidOption(text=text, option=option, value=value, reason=reason)
    return {"precision": names[name]}


def _aer_backend(text: str, option: str, value: object) -> dict[str, object]:
    """Return the options of Aer for one of the names of its simulators."""
    name = str(value).removesuffix("_gpu")
    chosen = {"device": "GPU"} if str(value).endswith("_gpu") else {}
    method = METHODS.get(name, name.removeprefix("aer_simulator_"))
    if name not in METHODS and not name.startswith("aer_simulator_"):
        reason = (
            f"Aer's simulators are {', '.join(METHODS)} and aer_simulator_METHOD; for another "
            "backend give its object"
        )
        raise InvalidOption(text=text, option=option, value=value, reason=reason)
    return {"method": method, **chosen}


METHODS = {
    "aer_simulator": "automatic",
    "qasm_simulator": "automatic",
    "statevector_simulator": "statevector",
}
"""Method of Aer for each name of its simulators that does not end with the method."""

LOCAL: Mapping[str, Translate] = {
    "batch_obs": _unused,
    "c_dtype": _precision,
    "debugger": _unused,
    "kernel_name": _unused,
    "max_workers": _unused,
    "mcmc": _unused,
    "mpi": _refused("the simulator runs in one process, with threads; leave it out"),
    "num_burnin": _unused,
    "prng_key": _refused("keys of jax.random are given as seed=key, of the device or of a call"),
    "readout_prob": _refused(
        "readout errors are part of the circuit: apply qg.BitFlip(p, wires=wire) before each "
        "measured wire, after a rotation to the measured basis"
    ),
    "use_csingle": lambda text, option, value: {"precision": "single" if value else "double"},
}
"""Options of PennyLane's simulators."""

TOGETHER = "all circuits of a request are sent together and run in parallel; leave it out"

OPTIONS: Mapping[str, Mapping[str, Translate]] = {
    **dict.fromkeys(
        (
            "default.mixed",
            "default.qubit",
            *FORMER,
            "lightning.gpu",
            "lightning.kokkos",
            "lightning.qubit",
            "reference.qubit",
        ),
        LOCAL,
    ),
    "qiskit.aer": {"backend": _aer_backend},
    "braket.aws.qubit": {
        "aws_session": _refused(
            "credentials and region are those that AWS's own chain finds; set AWS_PROFILE or give "
            "the option profile, and leave the session out"
        ),
        "max_connections": _refused(TOGETHER),
        "max_parallel": _refused(TOGETHER),
        "max_retries": _refused(
            "requests that fail are repeated for patience_s seconds, and tasks that fail are "
            "created again within the budget; give patience_s"
        ),
        "parallel": _refused(TOGETHER),
        "poll_interval_seconds": _named("poll_s"),
        "poll_timeout_seconds": _refused(
            "qgate waits for a task until it ends; use qg.submit(...).result(timeout_s=...) to "
            "wait for some time only"
        ),
        "s3_destination_folder": _bucket_and_prefix,
    },
}
"""Functions that translate options, by device name."""


def in_our_words(name: str, options: Mapping[str, object], *, text: str) -> dict[str, object]:
    """Return options of a PennyLane device under qgate's names.

    Parameters
    ----------
    name : str
        Name of the device in PennyLane.
    options : mapping
        Options of the device; those under qgate's own names are left unchanged.
    text : str
        Device string as written by the user, for error messages.

    Raises
    ------
    InvalidOption
        An option has no counterpart in qgate, has an invalid value, or is given with another
        value under qgate's own name as well.
    """
    known = OPTIONS.get(name, {})
    found = {option: value for option, value in options.items() if option not in known}
    for option in sorted(options.keys() & known.keys()):
        if options[option] is None:  # PennyLane's default for each of them
            continue
        for ours, value in known[option](text, option, options[option]).items():
            if found.setdefault(ours, value) != value:
                reason = (
                    f"the option {ours}={described(found[ours])} has another value; "
                    "give one of them"
                )
                raise InvalidOption(text=text, option=option, value=options[option], reason=reason)
    return found
