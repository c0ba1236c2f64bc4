"""Errors in the name, options or configuration of a device."""

from __future__ import annotations

from collections.abc import Collection

from qgate.exceptions.base import DeviceError


class ConfigurationError(DeviceError, ValueError):
    """The specification of a device is invalid."""


class UnknownDevice(ConfigurationError):
    """No installed provider knows the device."""

    text: str
    unknown: str
    kind: str
    known: Collection[str]
    hint: str
    message = (
        "{text!r}: there is no {kind} {unknown!r}.{hint} Known here: {known}. "
        "qg.list_devices() lists what is installed."
    )


class UnknownOption(ConfigurationError):
    """The device has no such option."""

    text: str
    option: str
    known: Collection[str]
    hint: str
    message = "{text!r}: {option!r} is not an option of this device.{hint} Its options are {known}."


class InvalidOption(ConfigurationError):
    """An option has a value that it does not accept."""

    text: str
    option: str
    value: object
    reason: str
    message = "{text!r}: {option}={value!r} cannot be used: {reason}."


class MalformedDevice(ConfigurationError):
    """The string that names a device does not follow the grammar."""

    text: str
    reason: str
    message = (
        "{text!r} does not name a device: {reason}. "
        "Write provider:target?option=value&option=value, for example qiskit:aer?shots=1000; "
        "spaces and the characters % & # in a value are percent-encoded (%20 is a space)."
    )


class MissingTarget(ConfigurationError):
    """A provider, or an alias, has several devices and none was chosen."""

    text: str
    remedy: str
    message = "{text!r} names a family of devices and does not say which one. {remedy}"


class InvalidConfigFile(ConfigurationError):
    """A configuration file cannot be read, or has invalid contents."""

    file: object
    reason: str
    remedy: str
    message = "The configuration file {file} cannot be used: {reason}. {remedy}"


class UntrustedDevice(ConfigurationError):
    """A configuration file names a device whose package is not known to qgate."""

    text: str
    module: str
    message = (
        "{text!r}: a configuration file cannot name a device of the module {module!r}, which would "
        "be imported. Files may name devices of installed providers (entry points qgate.devices) "
        "and of packages with a card (entry points qgate.qiskit_cards). Name the device in the "
        "program or in QGATE_DEVICE."
    )


class DeviceLoop(ConfigurationError):
    """Aliases of devices in configuration files refer to each other in a circle."""

    chain: Collection[str]
    message = (
        "The configured devices refer to each other in a circle: {chain}. "
        "Let one of them name a provider, for example qiskit:aer."
    )


class BrokenProvider(ConfigurationError):
    """An installed provider cannot be loaded."""

    provider: str
    package: str
    reason: str
    message = (
        "The provider {provider!r} of the package {package} cannot be loaded: {reason}. "
        "Repair, upgrade or remove that package."
    )


class NotADevice(ConfigurationError, TypeError):
    """No installed provider accepts an object of this type."""

    type_name: str
    known: Collection[str]
    message = (
        "An object of type {type_name} is not a device, and no installed provider takes it. "
        "Installed providers: {known}. Give a device's string such as 'qiskit:aer', a device of "
        "qgate, or a vendor's device object such as a Qiskit backend."
    )


class UnusableBackend(ConfigurationError):
    """A vendor's backend object cannot be used: its interface lacks required methods."""

    backend: str
    reason: str
    message = (
        "The backend {backend} cannot be used: {reason}. Its run has to take a list of circuits "
        "(one circuit, if its max_circuits is 1) and the keyword shots. Wrap it in a class whose "
        "run does, or choose another backend."
    )


class DeviceAlreadyMade(ConfigurationError):
    """Device options were given along with an existing device object."""

    device: object
    arguments: Collection[str]
    message = (
        "{device!r} is a device already; {arguments} cannot be changed on it. "
        "Give these where it is made, or name the device by its string."
    )


class MissingExtra(ConfigurationError, ImportError):
    """A package that this device or interface needs is not installed."""

    what: str
    package: str
    extra: str
    message = (
        "{what} needs the package {package}, which is not installed. "
        'Install it with: pip install "qgate[{extra}]"'
    )


class MissingPackage(ConfigurationError, ImportError):
    """A third-party package that this device requires is not installed."""

    what: str
    package: str
    message = (
        "{what} needs the package {package}, which is not installed. "
        "Install it with: pip install {package}"
    )


class NotEmulated(ConfigurationError):
    """A device cannot be emulated."""

    device: str
    reason: str
    message = (
        "{device} cannot be emulated: {reason}. Emulate a quantum device with a calibration, for "
        "example ibm:ibm_torino?emulate=calibration, or give a simulator its noise, "
        "local?noise=qiskit:fake_torino."
    )


class InvalidNoise(ConfigurationError):
    """An object or text that a simulator was given as its noise has none."""

    given: str
    reason: str
    message = (
        "{given} cannot be the noise of a simulator: {reason}. Give the string of a device with a "
        "calibration, for example qiskit:fake_torino; a JSON file with the description of a "
        "device of Amazon Braket; a NoiseModel, Target or backend of Qiskit; or a qg.NoiseModel."
    )
