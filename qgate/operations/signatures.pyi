"""Parameters of every gate. Written by `make signatures`; do not edit."""

from qgate.operations.controlled import MultiControlledFlip
from qgate.operations.fixed import HadamardGate, PauliGate
from qgate.operations.gate import Gate
from qgate.operations.pauli_rotations import WordRotation
from qgate.typing import Tensor, WiresLike

class Barrier(Gate):
    r"""The identity; compilers do not move gates past it."""

    def __init__(
        self, wires: WiresLike = ..., only_visual: Tensor = ..., *, id: str | None = ...
    ) -> None: ...

class CCZ(Gate):
    r"""The sign where all three wires are 1."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class CH(Gate):
    r"""Hadamard on the second wire where the first is 1."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class CNOT(Gate):
    r"""X on the second wire where the first is 1."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class CPhaseShift00(Gate):
    r"""Phase exp(i phi) on the state 00."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class CPhaseShift01(Gate):
    r"""Phase exp(i phi) on the state 01."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class CPhaseShift10(Gate):
    r"""Phase exp(i phi) on the state 10."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class CRX(Gate):
    r"""RX on the second wire where the first is 1."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class CRY(Gate):
    r"""RY on the second wire where the first is 1."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class CRZ(Gate):
    r"""RZ on the second wire where the first is 1."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class CRot(Gate):
    r"""RZ(omega) RY(theta) RZ(phi), the rightmost first, on the second wire where the first is 1."""

    def __init__(
        self, phi: Tensor, theta: Tensor, omega: Tensor, wires: WiresLike, *, id: str | None = ...
    ) -> None: ...

class CSWAP(Gate):
    r"""Exchange of the last two wires where the first is 1."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class CY(Gate):
    r"""Y on the second wire where the first is 1."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class CZ(Gate):
    r"""The sign where both wires are 1."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class ControlledPhaseShift(Gate):
    r"""Phase exp(i phi) where both wires are 1."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class DoubleExcitation(Gate):
    r"""Turn between 0011 and 1100: 1100 to cos(phi / 2) 1100 - sin(phi / 2) 0011."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class DoubleExcitationMinus(Gate):
    r"""Turn between 0011 and 1100; phase exp(-i phi / 2) on all other states."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class DoubleExcitationPlus(Gate):
    r"""Turn between 0011 and 1100; phase exp(i phi / 2) on all other states."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class ECR(Gate):
    r"""Echoed cross resonance, (XI - YX) / sqrt(2)."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class FermionicSWAP(Gate):
    r"""Exchange of two fermionic modes by the angle phi; complete at pi."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class GlobalPhase(Gate):
    r"""The factor exp(-i phi)."""

    def __init__(self, phi: Tensor, wires: WiresLike = ..., *, id: str | None = ...) -> None: ...

class H(HadamardGate):
    r"""(X + Z) / sqrt(2)."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class I(PauliGate):
    r"""The identity on any number of wires."""

    def __init__(self, wires: WiresLike = ..., *, id: str | None = ...) -> None: ...

class ISWAP(Gate):
    r"""Exchange of two wires with phase i, exp(i pi (XX + YY) / 4)."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class IsingXX(Gate):
    r"""exp(-i phi XX / 2)."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class IsingXY(Gate):
    r"""exp(i phi (XX + YY) / 4)."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class IsingYY(Gate):
    r"""exp(-i phi YY / 2)."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class IsingZZ(Gate):
    r"""exp(-i phi ZZ / 2)."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class MultiControlledX(MultiControlledFlip):
    r"""X on the last wire where each of the others has its control value (by default 1)."""

    def __init__(
        self,
        wires: WiresLike,
        control_values: Tensor = ...,
        work_wires: WiresLike | None = ...,
        work_wire_type: str = ...,
        *,
        id: str | None = ...,
    ) -> None: ...

class MultiRZ(Gate):
    r"""Rotation by the parity of the wires, exp(-i theta ZZ...Z / 2)."""

    def __init__(self, theta: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class OrbitalRotation(Gate):
    r"""Turn between two spatial orbitals, for both spins: wires 0 and 2 up, 1 and 3 down."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class PCPhase(Gate):
    r"""Phase exp(i phi) on the first ``dim`` basis states, exp(-i phi) on the others."""

    def __init__(
        self, phi: Tensor, dim: Tensor, wires: WiresLike, *, id: str | None = ...
    ) -> None: ...

class PSWAP(Gate):
    r"""Exchange of two wires, with phase exp(i phi) where they differ."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class PauliRot(WordRotation):
    r"""Rotation about a Pauli word P, exp(-i theta P / 2)."""

    def __init__(
        self, theta: Tensor, pauli_word: str, wires: WiresLike, *, id: str | None = ...
    ) -> None: ...

class PhaseShift(Gate):
    r"""Phase exp(i phi) on the state 1."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class RX(Gate):
    r"""Rotation about x, exp(-i phi X / 2)."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class RY(Gate):
    r"""Rotation about y, exp(-i phi Y / 2)."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class RZ(Gate):
    r"""Rotation about z, exp(-i phi Z / 2)."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class Rot(Gate):
    r"""Any rotation, RZ(omega) RY(theta) RZ(phi); the rightmost acts first."""

    def __init__(
        self, phi: Tensor, theta: Tensor, omega: Tensor, wires: WiresLike, *, id: str | None = ...
    ) -> None: ...

class S(Gate):
    r"""Phase i on the state 1, the square root of Z."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class SISWAP(Gate):
    r"""The square root of ISWAP, exp(i pi (XX + YY) / 8)."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class SWAP(Gate):
    r"""Exchange of two wires."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class SX(Gate):
    r"""The square root of X."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class SingleExcitation(Gate):
    r"""Turn between 01 and 10: 10 to cos(phi / 2) 10 - sin(phi / 2) 01."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class SingleExcitationMinus(Gate):
    r"""Turn between 01 and 10; phase exp(-i phi / 2) on 00 and 11."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class SingleExcitationPlus(Gate):
    r"""Turn between 01 and 10; phase exp(i phi / 2) on 00 and 11."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class T(Gate):
    r"""Phase exp(i pi / 4) on the state 1, the square root of S."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class Toffoli(Gate):
    r"""X on the last wire where the first two are 1."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class U1(Gate):
    r"""Phase exp(i phi) on the state 1."""

    def __init__(self, phi: Tensor, wires: WiresLike, *, id: str | None = ...) -> None: ...

class U2(Gate):
    r"""P(phi) RY(pi/2) P(delta) with the phase shift P; the rightmost acts first."""

    def __init__(
        self, phi: Tensor, delta: Tensor, wires: WiresLike, *, id: str | None = ...
    ) -> None: ...

class U3(Gate):
    r"""P(phi) RY(theta) P(delta) with the phase shift P; the rightmost acts first."""

    def __init__(
        self, theta: Tensor, phi: Tensor, delta: Tensor, wires: WiresLike, *, id: str | None = ...
    ) -> None: ...

class X(PauliGate):
    r"""The Pauli matrix X, the flip."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class Y(PauliGate):
    r"""The Pauli matrix Y."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

class Z(PauliGate):
    r"""The Pauli matrix Z, the sign."""

    def __init__(self, wires: WiresLike, *, id: str | None = ...) -> None: ...

CPhase = ControlledPhaseShift
Hadamard = H
Identity = I
PauliX = X
PauliY = Y
PauliZ = Z
SQISW = SISWAP
