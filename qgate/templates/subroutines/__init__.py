"""Subroutines: Fourier transform, phase estimation, time evolution, excitations and others."""

from qgate.templates.arbitrary import ArbitraryUnitary
from qgate.templates.subroutines.aqft import AQFT
from qgate.templates.subroutines.basis_rotation import BasisRotation
from qgate.templates.subroutines.controlled_sequence import ControlledSequence
from qgate.templates.subroutines.excitations import UCCSD, AllSinglesDoubles
from qgate.templates.subroutines.fermionic import (
    FermionicDoubleExcitation,
    FermionicSingleExcitation,
)
from qgate.templates.subroutines.flip_sign import FlipSign
from qgate.templates.subroutines.grover import GroverOperator
from qgate.templates.subroutines.hilbert_schmidt import HilbertSchmidt, LocalHilbertSchmidt
from qgate.templates.subroutines.iqp import IQP
from qgate.templates.subroutines.kupccgsd import kUpCCGSD
from qgate.templates.subroutines.permute import Permute
from qgate.templates.subroutines.phase_estimation import (
    QuantumPhaseEstimation,
    iterative_qpe,
)
from qgate.templates.subroutines.qdrift import QDrift
from qgate.templates.subroutines.qft import QFT
from qgate.templates.subroutines.quantum_monte_carlo import QuantumMonteCarlo
from qgate.templates.subroutines.reflection import AmplitudeAmplification, Reflection
from qgate.templates.subroutines.select import Select
from qgate.templates.subroutines.select_pauli_rot import SelectPauliRot
from qgate.templates.subroutines.time_evolution import (
    ApproxTimeEvolution,
    CommutingEvolution,
    TrotterProduct,
)
from qgate.templates.subroutines.trotterized import TrotterizedQfunc, trotterize

__all__ = [
    "AQFT",
    "IQP",
    "QFT",
    "UCCSD",
    "AllSinglesDoubles",
    "AmplitudeAmplification",
    "ApproxTimeEvolution",
    "ArbitraryUnitary",
    "BasisRotation",
    "CommutingEvolution",
    "ControlledSequence",
    "FermionicDoubleExcitation",
    "FermionicSingleExcitation",
    "FlipSign",
    "GroverOperator",
    "HilbertSchmidt",
    "LocalHilbertSchmidt",
    "Permute",
    "QDrift",
    "QuantumMonteCarlo",
    "QuantumPhaseEstimation",
    "Reflection",
    "Select",
    "SelectPauliRot",
    "TrotterProduct",
    "TrotterizedQfunc",
    "iterative_qpe",
    "kUpCCGSD",
    "trotterize",
]
