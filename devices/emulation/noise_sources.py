"""Noise from what a user gives: a device's name, a file, a document, a model of a vendor."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qgate.devices.base import Device
from qgate.devices.config import DeviceConfig
from qgate.devices.emulation.calibration import Calibration, Confusion
from qgate.devices.emulation.native_circuit import CalibratedNoise, NativeGate, Noise
from qgate.devices.plugins import PLUGINS
from qgate.exceptions import InvalidNoise, MalformedDevice, described
from qgate.operations.operator import Operator


def noise_from(given: object) -> Noise:
    """Return noise from a device string, a file, a document or a model.

    Parameters
    ----------
    given : str, path, mapping or object
        The string of a device with a calibration; the name of a JSON file with a device's
        description of Amazon Braket, or its contents; a ``NoiseModel``, ``Target`` or backend of
        Qiskit; a ``qg.NoiseModel``; a device of qgate; a ``Calibration``.

    Raises
    ------
    InvalidNoise
        It is none of these, or has no errors.
    """
    if isinstance(given, Calibration):
        return CalibratedNoise(given, idle=False)
    if isinstance(given, Device):
        return _of_device(given, given.name)
    if isinstance(given, str | os.PathLike):
        return _named(os.fspath(given))
    if callable(getattr(given, "around", None)):
        return ConditionedNoise(given)
    return _of_vendor(given, described(given))


def _named(text: str) -> Noise:
    if os.path.isfile(text):
        return _of_vendor(_document(text), f"the file {text!r}")
    try:
        known = PLUGINS.provider(DeviceConfig.parse(text).provider) is not None
    except MalformedDevice:
        known = False
    if not known:
        raise InvalidNoise(given=repr(text), reason="there is no such file or device")
    from qgate.devices.registry import device_for_plan  # which imports this for such devices

    return _of_device(device_for_plan(text), text)


def _document(file: str) -> Mapping[str, Any]:
    try:
        with open(file, encoding="utf-8") as opened:
            found = json.load(opened)
        found = json.loads(found) if isinstance(found, str) else found
    except (OSError, ValueError) as error:
        raise InvalidNoise(given=f"the file {file!r}", reason=f"it is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise InvalidNoise(given=f"the file {file!r}", reason="it holds no JSON object")
    return found


def _of_device(device: Device, text: str) -> Noise:
    calibration = device.noise_calibration
    if calibration is None:
        raise InvalidNoise(given=repr(text), reason="it states no errors of its gates")
    return CalibratedNoise(calibration, idle=False)


def _of_vendor(given: object, text: str) -> Noise:
    asked = PLUGINS.loadable() if isinstance(given, dict) else PLUGINS.asked_about(given)
    for provider in asked:
        found = provider.noise_of(given)
        if found is not None:
            return found
    raise InvalidNoise(given=text, reason="no provider reads noise from it")


@dataclass(frozen=True, eq=False)
class ConditionedNoise:
    """Noise of a ``qg.NoiseModel``: of the gates that fulfil its conditions.

    Parameters
    ----------
    model : NoiseModel
        Without readout errors, which belong to single measurements.

    Raises
    ------
    InvalidNoise
        It has readout errors.
    """

    model: Any
    names: frozenset[str] = frozenset()
    by_labels: bool = True
    merges: bool = False
    source: str = "a NoiseModel"

    def __post_init__(self) -> None:
        if getattr(self.model, "meas_map", None):
            reason = "its readout errors are those of measurements; use qg.add_noise(qnode, model)"
            raise InvalidNoise(given="a NoiseModel", reason=reason)

    def around(self, gate: NativeGate) -> Sequence[Operator]:
        return [part for item in gate.operators for part in self.model.around(item)]

    def during(self, qubit: int, duration_s: float) -> Sequence[Operator]:
        return ()

    def duration_s(self, gate: NativeGate) -> float:
        return 0.0

    def confusion(self, qubit: int) -> Confusion:
        return (0.0, 0.0)

    @property
    def digest(self) -> str:
        return str(self.model)
