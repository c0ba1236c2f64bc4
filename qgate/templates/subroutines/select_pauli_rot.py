"""Rotations by an angle that a register of wires chooses."""

from __future__ import annotations

from qgate.arguments import is_text_among
from qgate.exceptions import InvalidParameters, described
from qgate.operations.controlled_decompositions import chosen_rotations
from qgate.operations.fixed import Hadamard
from qgate.operations.operator import Operator
from qgate.operations.rotations import RY, RZ
from qgate.sizes import check_size
from qgate.templates.base import Template
from qgate.templates.composed import require_apart
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires


class SelectPauliRot(Template):
    """Rotates a wire by the angle whose number the control wires show.

    Parameters
    ----------
    angles : array, shape (2**m,)
        Angles in radians; may have a leading batch axis.
    control_wires : wires
        m wires, first most significant.
    target_wire : wire
    rot_axis : {"Z", "X", "Y"}
        Axis of the rotation.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The angles have another shape, the axis is unknown, or the wires do not fit.

    Notes
    -----
    Cost: 2**m rotations and as many CNOTs; for X two Hadamards more. Reference: Möttönen et al.,
    Phys. Rev. Lett. 93, 130502 (2004).
    """

    ndim_params = (1,)

    def __init__(
        self,
        angles: Tensor,
        control_wires: WiresLike,
        target_wire: WiresLike,
        rot_axis: str = "Z",
        id: str | None = None,
    ) -> None:
        controls, target = Wires(control_wires), Wires(target_wire)
        require_apart("SelectPauliRot", controls, target, "controls and a target")
        if len(target) != 1:
            raise InvalidParameters(
                f"SelectPauliRot was given target_wire={list(target)}. It rotates one wire. Name "
                "one."
            )
        if not is_text_among(rot_axis, "XYZ"):
            raise InvalidParameters(
                f"SelectPauliRot was given rot_axis={described(rot_axis)}. Give 'X', 'Y' or 'Z'."
            )
        check_size(
            "SelectPauliRot", 2.0 ** len(controls), unit="rotations", remedy="Use fewer wires."
        )
        angles = self.checked("angles", angles, 2 ** len(controls))
        super().__init__((angles,), (*controls, *target), {"rot_axis": rot_axis}, id=id)

    def gates(self, angles: Tensor) -> list[Operator]:
        *controls, target = self.wires
        axis = self.options["rot_axis"]
        each = [angles[number] for number in range(2 ** len(controls))]
        turns = chosen_rotations(RY if axis == "Y" else RZ, each, controls, target)
        change = [Hadamard(wires=target)] if axis == "X" else []
        return [*change, *turns, *change]
