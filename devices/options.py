"""Base class of the options in a device string; loaded only if there are options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from qgate.devices.draws import MOST_SEED
from qgate.shots import MOST_SHOTS
from qgate.wires import MOST_WIRES


def _none_as_text(value: object) -> object:
    """Convert the text ``none`` to None, which requests exact values."""
    return None if isinstance(value, str) and value.lower() == "none" else value


def _is_mitigation(value: object) -> object:
    """Refuse what is no method of mitigation."""
    from qgate.mitigation.methods import mitigation_of  # only where there is one

    mitigation_of(value)
    return value


Emulate: TypeAlias = Literal["calibration", "gates"] | None
"""Option of devices that can be emulated, see ``qgate.devices.emulation.device``."""


class Options(BaseModel):
    """Options that every device accepts in its string.

    A provider with more options subclasses it; the type of an option determines how its text is
    parsed (``"100"`` for an int, ``"true"`` for a bool).

    Parameters
    ----------
    wires : int, optional
        Number of wires, labelled from 0.
    shots : int or "none", optional
        Shots of a circuit that sets none; "none" requests exact values.
    seed : int, optional
        Seed of the random numbers, for reproducible results.
    mitigation : str or Mitigation, optional
        Method against errors of the device, for QNodes with shots that set none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    advice: ClassVar[Mapping[str, str]] = {}
    """Advice on options that exist in other libraries, by option name."""

    wires: Annotated[int | None, Field(gt=0, le=MOST_WIRES)] = None
    shots: Annotated[
        Annotated[int, Field(gt=0, le=MOST_SHOTS)] | None, BeforeValidator(_none_as_text)
    ] = None
    seed: Annotated[int | None, Field(ge=0, le=MOST_SEED)] = None
    mitigation: Annotated[Any, AfterValidator(_is_mitigation)] = None
