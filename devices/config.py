"""Device strings: ``provider:target?option=value&...``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from qgate.exceptions import MalformedDevice
from qgate.masking import is_secret, masked, masked_device

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
"""Pattern of the name of a provider, or of a device named in a configuration file."""

OPTION = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

PLAIN_IN_TARGET = ":/@,+="
PLAIN_IN_VALUE = PLAIN_IN_TARGET + "?"
"""Characters written unescaped, besides letters, digits and ``_.-~``."""


@dataclass(frozen=True, repr=False)
class DeviceConfig:
    """Parsed device string; prints back to that string.

    The grammar is ``provider[:target][?option=value[&option=value]...]``. The target is the text
    between the first colon and the first question mark, so it may contain colons and slashes.
    Characters that would be misread (``%``, ``&``, ``#``, a ``?`` in the target, spaces, anything
    outside ASCII) are percent-encoded when printed. Values remain text here; the provider's options
    give them types.

    Parameters
    ----------
    provider : str
        Letters, digits, ``_``, ``.`` and ``-``, a letter first.
    target : str, optional
        Not empty; default: the provider's default device.
    options : tuple of (str, str)
        Names and values in the order written; no name twice, no value empty.

    Raises
    ------
    ValueError
        A part is invalid; ``parse`` raises ``MalformedDevice`` instead.

    Examples
    --------
    >>> config = DeviceConfig.parse("braket:local/braket_dm?shots=100&seed=7")
    >>> config.provider, config.target, config.options
    ('braket', 'local/braket_dm', (('shots', '100'), ('seed', '7')))
    >>> str(config)
    'braket:local/braket_dm?shots=100&seed=7'
    """

    provider: str
    target: str | None = None
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> DeviceConfig:
        """Parse a device string.

        Raises
        ------
        MalformedDevice
            The string does not follow the grammar; the message states where.
        """
        try:
            return cls(**_parts(text))
        except ValueError as error:
            raise MalformedDevice(text=masked_device(text), reason=str(error)) from None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.provider):
            raise ValueError(f"{self.provider!r} is not the name of a provider")
        if self.target == "":
            raise ValueError(f"there is no target after '{self.provider}:'")
        seen: set[str] = set()
        for option, value in self.options:
            if not OPTION.fullmatch(option):
                raise ValueError(f"{option!r} is not the name of an option")
            if not value:
                raise ValueError(f"the option {option!r} has no value")
            if option in seen:
                raise ValueError(f"the option {option!r} is given twice")
            seen.add(option)

    def with_options(self, options: Mapping[str, str]) -> DeviceConfig:
        """Return this device with more options; ``options`` has precedence."""
        merged = {**dict(self.options), **options}
        return DeviceConfig(
            provider=self.provider, target=self.target, options=tuple(merged.items())
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """Fields that hold a credential: ``target``, and names of options."""
        parts = {"target": self.target or "", **dict(self.options)}
        return tuple(
            name for name, text in parts.items() if is_secret(name) or masked(text) != text
        )

    def __str__(self) -> str:
        target = "" if self.target is None else f":{quote(self.target, safe=PLAIN_IN_TARGET)}"
        options = "&".join(
            f"{option}={quote(value, safe=PLAIN_IN_VALUE)}" for option, value in self.options
        )
        return f"{self.provider}{target}{'?' if options else ''}{options}"

    def __repr__(self) -> str:
        return f"DeviceConfig.parse({masked_device(str(self))!r})"


def _is_shown_masked(name: str, text: str) -> bool:
    return is_secret(name) or masked(text) != text


def _parts(text: str) -> dict[str, Any]:
    """Split a string at its colon, question mark and ampersands, and decode the parts."""
    device, question, query = text.partition("?")
    provider, colon, target = device.partition(":")
    if question and not query:
        raise ValueError("no option follows the '?'")
    options = [_option(part) for part in query.split("&")] if question else []
    return {
        "provider": provider,
        "target": _decode(target) if colon else None,
        "options": tuple(options),
    }


def _option(part: str) -> tuple[str, str]:
    if not part:
        raise ValueError("an option is empty (a stray '&')")
    option, equals, value = part.partition("=")
    if not equals:
        raise ValueError(f"the option {option!r} has no value")
    return option, _decode(value)


def _decode(part: str) -> str:
    """Decode percent-encoding; refuse invalid sequences."""
    if wrong := re.search(r"%(?![0-9A-Fa-f]{2}).{0,2}", part):
        raise ValueError(f"{wrong.group()!r} is not a percent-encoded character")
    try:
        return unquote(part, errors="strict")
    except UnicodeDecodeError:
        raise ValueError(f"{part!r} is not percent-encoded UTF-8") from None
