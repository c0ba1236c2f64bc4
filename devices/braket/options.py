"""Options of Braket's devices in a device string."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, PositiveFloat

from qgate.devices.braket.cards import ARN
from qgate.devices.options import Emulate, Options

LONGEST_TAG = 128
MOST_TAGS = 47
"""Maximum number of the user's tags: a task has 50, of which three hold token, run and journal."""


ADVICE: Mapping[str, str] = {
    "aws_session": "Credentials are found by AWS's own chain; choose with profile=....",
    "poll_interval_seconds": "Write poll_s=....",
    "poll_timeout_seconds": "A job is waited for; give a time-out to result(timeout_s=...).",
    "s3_destination_folder": "Write s3_bucket='BUCKET' and s3_prefix='FOLDER'.",
}
"""Advice on options of Braket's plugin for PennyLane."""


def _pairs(value: object) -> object:
    """Parse ``name:value,name:value``, the form of tags in a device string."""
    if not isinstance(value, str):
        return value
    pairs = [pair.partition(":") for pair in value.split(",")]
    if not all(name and colon for name, colon, _ in pairs):
        raise ValueError("tags are written name:value,name:value")
    return {name: text for name, _, text in pairs}


class BraketOptions(Options):
    """Options of Braket's devices; all but the first three apply to devices in the cloud.

    Parameters
    ----------
    wires, shots, seed
        As for every device; a seed only for simulators on this machine.
    s3_bucket, s3_prefix : str
        Location of results; default: the account's own bucket for Braket, with the prefix
        ``qgate``.
    profile : str, optional
        Profile of AWS's configuration; default: found by AWS's chain of credentials.
    budget_usd : float, optional
        Maximum spending in US dollars.
    unknown_price : str
        ``allow``: submit also if no price is known.
    verbatim : bool
        Whether circuits run without compilation, in the device's native gates, with wires as its
        qubits.
    disable_qubit_rewiring : bool
        Whether the wires are the device's qubits, while gates are compiled.
    canary : bool
        Whether canary circuits, whose results are known, are added to each submission.
    patience_s : float
        Time in seconds for which requests are retried after transient errors.
    poll_s : float, optional
        Minimum time in seconds between two status requests for one task; default: as advised by the
        device.
    tags : mapping of str to str
        Tags of every task, ``name:value,name:value`` in a string.
    reservation : str, optional
        ARN of the reservation in which tasks run.
    emulate : {"calibration", "gates"}, optional
        Simulate what the device would be sent on this machine, with the noise of its calibration;
        ``gates``: without the relaxation of waiting qubits. A seed may then be given.
    """

    advice: ClassVar[Mapping[str, str]] = ADVICE

    s3_bucket: Annotated[str | None, Field(pattern=r"^[a-z0-9.-]{3,63}$")] = None
    s3_prefix: Annotated[str, Field(min_length=1, max_length=512)] = "qgate"
    profile: Annotated[str | None, Field(min_length=1)] = None
    budget_usd: PositiveFloat | None = None
    unknown_price: Literal["refuse", "allow"] = "refuse"
    verbatim: bool = False
    disable_qubit_rewiring: bool = False
    canary: bool = False
    patience_s: PositiveFloat = 900.0
    poll_s: PositiveFloat | None = None
    tags: Annotated[
        Mapping[str, Annotated[str, Field(max_length=LONGEST_TAG)]] | None,
        Field(max_length=MOST_TAGS),
        BeforeValidator(_pairs),
    ] = None
    reservation: Annotated[str | None, Field(pattern=f"^{ARN}")] = None
    emulate: Emulate = None


LOCAL = frozenset({"wires", "shots", "seed"})
"""Options of simulators on this machine."""
