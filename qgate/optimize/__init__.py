"""Optimizers with PennyLane's names, arguments and defaults."""

from typing import TYPE_CHECKING

from qgate.lazy_names import refuse_unknown
from qgate.optimize.adaptive import AdaptiveOptimizer
from qgate.optimize.adaptive_rates import AdagradOptimizer, AdamOptimizer, RMSPropOptimizer
from qgate.optimize.base import Optimizer
from qgate.optimize.estimates import Estimate
from qgate.optimize.gradient_descent import GradientDescentOptimizer
from qgate.optimize.history import History, Record
from qgate.optimize.minimization import Minimum, minimize
from qgate.optimize.momentum import MomentumOptimizer, NesterovMomentumOptimizer
from qgate.optimize.qng import MomentumQNGOptimizer, QNGOptimizer
from qgate.optimize.qnspsa import QNSPSAOptimizer
from qgate.optimize.riemannian_gradient import LieAlgebraOptimizer, RiemannianGradientOptimizer
from qgate.optimize.rotoselect import RotoselectOptimizer
from qgate.optimize.rotosolve import RotosolveOptimizer
from qgate.optimize.shot_adaptive import ShotAdaptiveOptimizer
from qgate.optimize.spsa import SPSAOptimizer

__all__ = [
    "AdagradOptimizer",
    "AdamOptimizer",
    "AdaptiveOptimizer",
    "Estimate",
    "GradientDescentOptimizer",
    "History",
    "LieAlgebraOptimizer",
    "Minimum",
    "MomentumOptimizer",
    "MomentumQNGOptimizer",
    "NesterovMomentumOptimizer",
    "Optimizer",
    "QNGOptimizer",
    "QNSPSAOptimizer",
    "RMSPropOptimizer",
    "Record",
    "RiemannianGradientOptimizer",
    "RotoselectOptimizer",
    "RotosolveOptimizer",
    "SPSAOptimizer",
    "ShotAdaptiveOptimizer",
    "minimize",
]

if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)
