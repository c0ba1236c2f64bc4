"""Arithmetic of operators, adjoints, powers, exponentials, controls and conditions."""

from qgate.observables import Hamiltonian, LinearCombination
from qgate.operations import (
    CCZ,
    CH,
    CNOT,
    CRX,
    CRY,
    CRZ,
    CSWAP,
    CY,
    CZ,
    Adjoint,
    Controlled,
    ControlledPhaseShift,
    ControlledQubitUnitary,
    CPhase,
    CRot,
    Exp,
    MultiControlledX,
    Pow,
    Toffoli,
    adjoint,
    ctrl,
    evolve,
    exp,
    pow,
    prod,
    s_prod,
    sum,
)
from qgate.operations.conditions import Conditional, cond
from qgate.operations.controlled import CPhase as ControlledPhase
from qgate.operations.controls import Controlled as ControlledOp
from qgate.operations.exponentials import Exp as Evolution
from qgate.operations.matrix_decompositions import (
    one_qubit_decomposition,
    two_qubit_decomposition,
)
from qgate.operations.mid_measure import MidMeasure, measure
from qgate.operations.outcome_values import MeasurementValue
from qgate.operations.recognized import CompositeOp, Prod, SProd, Sum
from qgate.operations.symbolic import Wrapper as SymbolicOp

__all__ = [
    "CCZ",
    "CH",
    "CNOT",
    "CRX",
    "CRY",
    "CRZ",
    "CSWAP",
    "CY",
    "CZ",
    "Adjoint",
    "CPhase",
    "CRot",
    "CompositeOp",
    "Conditional",
    "Controlled",
    "ControlledOp",
    "ControlledPhase",
    "ControlledPhaseShift",
    "ControlledQubitUnitary",
    "Evolution",
    "Exp",
    "Hamiltonian",
    "LinearCombination",
    "MeasurementValue",
    "MidMeasure",
    "MultiControlledX",
    "Pow",
    "Prod",
    "SProd",
    "Sum",
    "SymbolicOp",
    "Toffoli",
    "adjoint",
    "cond",
    "ctrl",
    "evolve",
    "exp",
    "measure",
    "one_qubit_decomposition",
    "pow",
    "prod",
    "s_prod",
    "sum",
    "two_qubit_decomposition",
]
