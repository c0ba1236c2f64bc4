"""The gates; ``signatures.pyi`` shows their parameters to type checkers and editors."""

from qgate.operations import *  # noqa: F403
