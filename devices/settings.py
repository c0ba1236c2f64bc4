"""Named devices and the default device, from configuration files and the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qgate.devices.config import NAME, DeviceConfig
from qgate.exceptions import DeviceLoop, InvalidConfigFile, MalformedDevice, suggest

DEVICE_VARIABLE = "QGATE_DEVICE"
FILE_VARIABLE = "QGATE_CONFIG"
FILE_NAME = "qgate.toml"
KEYS = ("default", "devices")
BUILT_IN_DEFAULT = "local"


@dataclass(frozen=True, slots=True)
class Written:
    """A device as written by the user.

    Parameters
    ----------
    device : str or table
        Device string, or the table of a named device.
    source : str
        Where it was written; empty for the call itself.
    in_file : bool
        Whether it is in a configuration file, which may come from someone else.
    """

    device: str | Mapping[str, object]
    source: str = ""
    in_file: bool = False

    def config(self) -> DeviceConfig:
        """Parse the device string or table.

        Raises
        ------
        MalformedDevice
            The string, or the table made into one, does not follow the grammar.
        """
        try:
            if isinstance(self.device, str):
                return DeviceConfig.parse(self.device)
            return _from_table(self.device)
        except MalformedDevice as error:
            raise MalformedDevice(text=self.place(error.text), reason=error.reason) from None

    def place(self, text: str) -> str:
        """Return a text followed by the place where the device was written, for error messages."""
        return f"{text} ({self.source})" if self.source else text


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings from configuration: named devices and the default device.

    Parameters
    ----------
    devices : mapping of str to Written
    default : Written
    """

    devices: Mapping[str, Written] = field(default_factory=dict)
    default: Written = Written(BUILT_IN_DEFAULT)

    @classmethod
    def current(cls) -> Settings:
        """Read the environment, the project file and the user file, in this precedence.

        The project file is the nearest ``qgate.toml``, or ``pyproject.toml`` with a table
        ``[tool.qgate]``, from the working directory upwards, as far as the home directory
        or the root. The user file is ``qgate/qgate.toml`` in the platform's configuration
        directory, or the file that ``QGATE_CONFIG`` names.

        Raises
        ------
        InvalidConfigFile
            A file cannot be read, or has invalid contents; the message has the name of the file and
            the line of a syntax error.
        """
        settings = cls()
        for file in (user_file(), _project_file_here()):
            if file is not None:
                settings = settings.under(_read(file))
        named = os.environ.get(DEVICE_VARIABLE)
        return settings.under(cls(default=Written(named, DEVICE_VARIABLE))) if named else settings

    def under(self, other: Settings) -> Settings:
        """Return these settings overridden by ``other``."""
        default = other.default if other.default.source else self.default
        return Settings({**self.devices, **other.devices}, default)

    def resolve(self, written: Written, reserved: Collection[str]) -> tuple[DeviceConfig, str]:
        """Follow named devices until a provider is reached.

        Options of the referring device have precedence over those of the device that it names.

        Parameters
        ----------
        written : Written
            Device string; a bare name may be that of a named device.
        reserved : collection of str
            Names that are defined without configuration.

        Returns
        -------
        config : DeviceConfig
            Device of a provider, of an alias, or of an unknown name.
        text : str
            Text for error messages: the last string that was followed, and where it was written.

        Raises
        ------
        MalformedDevice, DeviceLoop
        InvalidConfigFile
            A named device has a reserved name.
        """
        last, config, options = self._followed(written, reserved)
        return config.with_options(options), last.place(str(config))

    def comes_from_file(self, written: Written, reserved: Collection[str]) -> bool:
        """Return whether provider and target of a device come from a configuration file."""
        return self._followed(written, reserved)[0].in_file

    def _followed(
        self, written: Written, reserved: Collection[str]
    ) -> tuple[Written, DeviceConfig, dict[str, str]]:
        """Return the last reference, its device, and the options of the references before it."""
        config, options, chain = written.config(), dict[str, str](), list[str]()
        while config.target is None and config.provider in self.devices:
            name, named = config.provider, self.devices[config.provider]
            if name in reserved:
                raise _taken(name, named)
            if name in chain:
                raise DeviceLoop(chain=[*chain, name])
            chain.append(name)
            options = {**dict(config.options), **options}
            written, config = named, named.config()
        return written, config, options


def _taken(name: str, named: Written) -> InvalidConfigFile:
    return InvalidConfigFile(
        file=named.source,
        reason=f"{name!r} is the name of an installed provider, and cannot be a named device's",
        remedy="Give the device another name.",
    )


def user_file() -> Path | None:
    """Return the user's configuration file, or None if there is none.

    Raises
    ------
    InvalidConfigFile
        ``QGATE_CONFIG`` names a file that does not exist.
    """
    if named := os.environ.get(FILE_VARIABLE):
        if not os.path.isfile(named):
            raise InvalidConfigFile(
                file=named,
                reason=f"there is no such file, and {FILE_VARIABLE} names it",
                remedy=f"Write that file, or unset {FILE_VARIABLE}.",
            )
        return Path(named)
    folder = os.environ.get("APPDATA" if sys.platform == "win32" else "XDG_CONFIG_HOME")
    file = (Path(folder) if folder else _home() / ".config") / "qgate" / FILE_NAME
    return file if os.path.isfile(file) else None


def _project_file_here() -> Path | None:
    try:
        return project_file(Path.cwd())
    except FileNotFoundError:  # the working directory was removed
        return None


def project_file(start: Path) -> Path | None:
    """Return the nearest configuration file from a folder upwards, or None."""
    home = _home()
    for folder in (start, *start.parents):
        for file in (folder / FILE_NAME, folder / "pyproject.toml"):
            if os.path.isfile(file) and _tables(file) is not None:
                return file
        if folder == home:
            break
    return None


def _home() -> Path:
    """Return the home directory; if there is none, a path that is never reached."""
    return Path(os.path.expanduser("~"))


def _read(file: Path) -> Settings:
    tables = _tables(file) or {}
    for key in tables:
        if key not in KEYS:
            raise InvalidConfigFile(
                file=file,
                reason=f"{key!r} is not a setting",
                remedy=f"The settings are {', '.join(KEYS)}.{suggest(key, KEYS)}",
            )
    devices = tables.get("devices", {})
    _demand(isinstance(devices, dict), file, "devices", "a table of named devices")
    default = tables.get("default", "")
    _demand(isinstance(default, str), file, "default", "the string or the name of a device")
    named = {name: _named_device(file, name, entry) for name, entry in devices.items()}
    return Settings(
        named, Written(default, str(file), in_file=True) if default else Settings().default
    )


def _named_device(file: Path, name: str, entry: object) -> Written:
    key = f"devices.{name}"
    _demand(
        NAME.fullmatch(name) is not None, file, key, "named with letters, digits, '_', '.', '-'"
    )
    if isinstance(entry, dict):
        _demand(isinstance(entry.get("device"), str), file, key, 'a table with device = "..."')
        for option, value in entry.items():
            usable = all(isinstance(item, str | int | float) for item in _items(value))
            _demand(
                usable, file, f"{key}.{option}", "text, a number, true, false or a list of these"
            )
        return Written(entry, f"[{key}] in {file}", in_file=True)
    _demand(isinstance(entry, str), file, key, "a device's string or a table")
    return Written(str(entry), f"{key} in {file}", in_file=True)


def _demand(holds: bool, file: Path, key: str, expected: str) -> None:
    if not holds:
        raise InvalidConfigFile(
            file=file,
            reason=f"{key} has to be {expected}",
            remedy='Write for example lab = "qiskit:aer?shots=1000" under [devices].',
        )


def _from_table(table: Mapping[str, Any]) -> DeviceConfig:
    """Convert a named device's table into the equivalent device string."""
    config = DeviceConfig.parse(table["device"])
    options = {option: _as_text(value) for option, value in table.items() if option != "device"}
    try:
        return config.with_options(options)
    except ValueError as error:
        raise MalformedDevice(text=str(config), reason=str(error)) from None


def _as_text(value: object) -> str:
    """Return a TOML value as the text of an option; a list is joined with commas."""
    items = _items(value)
    return ",".join(str(item).lower() if isinstance(item, bool) else str(item) for item in items)


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _tables(file: Path) -> dict[str, Any] | None:
    """Return qgate's tables in a file; None for a ``pyproject.toml`` without any."""
    import tomllib

    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        reason = f"its TOML is broken: {str(error)[:1].lower()}{str(error)[1:]}"
        raise InvalidConfigFile(file=file, reason=reason, remedy="Fix that line.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfigFile(
            file=file, reason=str(error), remedy="Make it a readable UTF-8 file."
        ) from error
    except (RecursionError, ValueError) as error:  # nested too deeply, or numbers of 5000 digits
        raise InvalidConfigFile(
            file=file, reason=f"it cannot be read: {error}", remedy="Write it more simply."
        ) from error
    if file.name != "pyproject.toml":
        return content
    tool = content.get("tool", {})
    tables = tool.get("qgate") if isinstance(tool, dict) else None
    _demand(tables is None or isinstance(tables, dict), file, "tool.qgate", "a table")
    return tables
