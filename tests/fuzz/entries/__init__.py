"""All entry points."""

from __future__ import annotations

from fuzz.entries import (
    derivatives,
    drawings,
    fermi,
    files,
    frameworks,
    inspecting,
    interchange,
    kernels,
    measuring,
    noise,
    operators,
    optimizers,
    qaoa,
    recording,
    running,
    shadows,
    transforming,
)
from fuzz.entry import Entry


def entries() -> list[Entry]:
    """Return all, those first that take longest."""
    return [
        *frameworks.frameworks(),
        *running.devices(),
        *running.circuits(),
        *running.runs(),
        *files.files(),
        *files.commands(),
        *interchange.programs(),
        *interchange.reading(),
        *interchange.writing(),
        *optimizers.optimizers(),
        *derivatives.derivatives(),
        *derivatives.rules(),
        *derivatives.series(),
        *drawings.drawings(),
        *fermi.fermi(),
        *transforming.passes(),
        *transforming.pipelines(),
        *kernels.kernels(),
        *noise.noise(),
        *qaoa.qaoa(),
        *recording.recordings(),
        *operators.operators(),
        *operators.classes(),
        *operators.arithmetic(),
        *measuring.measuring(),
        *shadows.shadows(),
        *inspecting.inspecting(),
        *operators.gates(),
    ]
