"""Drawings of circuits, and snapshots."""

from __future__ import annotations

from typing import Any

from fuzz.circuits import ANGLES, DEVICE, circuit
from fuzz.entry import Entry

import qgate as qg


def _drawn(x: Any, **options: Any) -> str:
    return qg.draw(qg.QNode(circuit, DEVICE), **options)(x)


def _pictured(x: Any, **options: Any) -> None:
    from matplotlib import pyplot

    try:
        qg.draw_mpl(qg.QNode(circuit, DEVICE), **options)(x)
    finally:
        pyplot.close("all")


def _taken(tag: Any, measurement: Any, shots: Any) -> Any:
    @qg.snapshots
    @qg.qnode(DEVICE)
    def marked() -> Any:
        qg.Snapshot(tag, measurement, shots)
        return qg.expval(qg.Z(0))

    return marked()


def drawings() -> list[Entry]:
    """Return entries of drawings as text and as pictures, and of snapshots."""
    common = {"x": ANGLES, "wire_order": None, "show_all_wires": False, "decimals": 2}
    text = {"max_length": 80, "show_matrices": True, "show_wire_labels": True, "level": "top"}
    picture = {
        "style": "black_white",
        "fig": None,
        "max_length": None,
        "level": "top",
        "fontsize": None,
        "wire_options": None,
        "label_options": None,
        "show_wire_labels": True,
        "active_wire_notches": True,
    }
    measured = {"tag": None, "measurement": qg.expval(qg.Z(0)), "shots": "workflow"}
    return [
        Entry("draw", _drawn, {**common, **text}),
        Entry("draw_mpl", _pictured, {**common, **picture}, modules=("matplotlib.pyplot",)),
        Entry("Snapshot", qg.Snapshot, measured),
        Entry("snapshots", _taken, measured),
    ]
