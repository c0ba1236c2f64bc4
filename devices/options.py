"""What the options of a device's string may be; loaded when there are any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from qgate.devices.draws import MOST_SEED
from qgate.shots import MOST_SHOTS
from qgate.wires import MOST_WIRES


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

    advice: ClassVar[Mapping[str, str]] = {}
    """Remedies for options that other libraries have, by option name."""

    wires: Annotated[int | None, Field(gt=0, le=MOST_WIRES)] = None
    shots: Annotated[
        Annotated[int, Field(gt=0, le=MOST_SHOTS)] | None, BeforeValidator(_none_as_text)
    ] = None
    seed: Annotated[int | None, Field(ge=0, le=MOST_SEED)] = None
