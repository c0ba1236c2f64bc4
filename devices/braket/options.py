"""What can be said about a device of Braket after the question mark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, PositiveFloat

from qgate.devices.braket.cards import ARN
from qgate.devices.options import Options

LONGEST_TAG = 128
MOST_TAGS = 47
"""Most tags of the user: a task takes 50, and three hold the order's key, run and journal."""


ADVICE: Mapping[str, str] = {
    "aws_session": "Credentials are found by AWS's own chain; choose with profile=....",
    "poll_interval_seconds": "Write poll_s=....",
    "poll_timeout_seconds": "A job is waited for; give a time-out to result(timeout_s=...).",
    "s3_destination_folder": "Write s3_bucket='BUCKET' and s3_prefix='FOLDER'.",
}
"""Remedies for options of Braket's plugin for PennyLane."""


def _pairs(value: object) -> object:
    """Read ``name:value,name:value``, which is how a string writes tags."""
    if not isinstance(value, str):
        return value
    pairs = [pair.partition(":") for pair in value.split(",")]
    if not all(name and colon for name, colon, _ in pairs):
        raise ValueError("tags are written name:value,name:value")
    return {name: text for name, _, text in pairs}


class BraketOptions(Options):
    """Options of Braket's devices; all but the first three are of those in the cloud.

    Parameters
    ----------
    wires, shots, seed
        As for every device; a seed only for simulators on this machine.
    s3_bucket, s3_prefix : str
        Where results are stored; default: the account's own bucket for Braket, below ``qgate``.
    profile : str, optional
        Of AWS's configuration; default: what AWS's chain of credentials finds.
    budget_usd : float, optional
        What may be spent.
    unknown_price : str
        Whether to buy what no price is known of.
    verbatim : bool
        Whether circuits run as they are: in the device's native gates, the wires being its
        qubits.
    disable_qubit_rewiring : bool
        Whether the wires are the device's qubits, while gates are compiled.
    canary : bool
        Whether circuits with known answers go with each submission.
    patience_s : float
        So long are requests made again that fail in passing.
    poll_s : float, optional
        The shortest time between two questions about one task; default: the device's advice.
    tags : mapping of str to str
        Which each task gets, ``name:value,name:value`` in a string.
    reservation : str, optional
        The ARN of a reservation to run in.
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


LOCAL = frozenset({"wires", "shots", "seed"})
"""The options of simulators on this machine."""
