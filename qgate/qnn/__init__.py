"""Quantum functions as layers of networks: ``TorchLayer`` for PyTorch, ``KerasLayer`` for Keras 3.

A layer, and with it its framework, is imported at first access.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from qgate.exceptions import MissingExtra

if TYPE_CHECKING:
    from qgate.qnn.keras import KerasLayer
    from qgate.qnn.torch import TorchLayer

__all__ = ["KerasLayer", "TorchLayer"]

_FRAMEWORKS = {"KerasLayer": "keras", "TorchLayer": "torch"}
"""Requirements of each layer: package, extra of qgate and module of ``qgate.qnn``."""


def __getattr__(name: str) -> Any:
    if name not in _FRAMEWORKS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    needed = _FRAMEWORKS[name]
    try:
        module = import_module(f"qgate.qnn.{needed}")
    except ModuleNotFoundError as error:
        if error.name != needed:
            raise
        raise MissingExtra(what=f"qg.qnn.{name}", package=needed, extra=needed) from error
    globals()[name] = getattr(module, name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
