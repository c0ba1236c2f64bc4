"""Templates: layers, embeddings, subroutines, time evolution and excitations."""

from typing import TYPE_CHECKING

from qgate.lazy_names import refuse_unknown
from qgate.templates.arbitrary import ArbitraryStatePreparation, ArbitraryUnitary
from qgate.templates.base import Template
from qgate.templates.broadcast import broadcast
from qgate.templates.embeddings import (
    AmplitudeEmbedding,
    AngleEmbedding,
    BasisEmbedding,
    IQPEmbedding,
    QAOAEmbedding,
)
from qgate.templates.layer import layer
from qgate.templates.layers import (
    BasicEntanglerLayers,
    GateFabric,
    ParticleConservingU1,
    ParticleConservingU2,
    RandomLayers,
    SimplifiedTwoDesign,
    StronglyEntanglingLayers,
)
from qgate.templates.state_preparations import (
    CosineWindow,
    MottonenStatePreparation,
    MPSPrep,
    MultiplexerStatePreparation,
    Superposition,
    right_canonicalize_mps,
)
from qgate.templates.subroutines import (
    AQFT,
    IQP,
    QFT,
    UCCSD,
    AllSinglesDoubles,
    AmplitudeAmplification,
    ApproxTimeEvolution,
    BasisRotation,
    CommutingEvolution,
    ControlledSequence,
    FermionicDoubleExcitation,
    FermionicSingleExcitation,
    FlipSign,
    GroverOperator,
    HilbertSchmidt,
    LocalHilbertSchmidt,
    Permute,
    QDrift,
    QuantumMonteCarlo,
    QuantumPhaseEstimation,
    Reflection,
    Select,
    SelectPauliRot,
    TrotterizedQfunc,
    TrotterProduct,
    kUpCCGSD,
    trotterize,
)
from qgate.templates.swapnetworks import TwoLocalSwapNetwork
from qgate.templates.tensornetworks import MERA, MPS, TTN

__all__ = [
    "AQFT",
    "IQP",
    "MERA",
    "MPS",
    "QFT",
    "TTN",
    "UCCSD",
    "AllSinglesDoubles",
    "AmplitudeAmplification",
    "AmplitudeEmbedding",
    "AngleEmbedding",
    "ApproxTimeEvolution",
    "ArbitraryStatePreparation",
    "ArbitraryUnitary",
    "BasicEntanglerLayers",
    "BasisEmbedding",
    "BasisRotation",
    "CommutingEvolution",
    "ControlledSequence",
    "CosineWindow",
    "FermionicDoubleExcitation",
    "FermionicSingleExcitation",
    "FlipSign",
    "GateFabric",
    "GroverOperator",
    "HilbertSchmidt",
    "IQPEmbedding",
    "LocalHilbertSchmidt",
    "MPSPrep",
    "MottonenStatePreparation",
    "MultiplexerStatePreparation",
    "ParticleConservingU1",
    "ParticleConservingU2",
    "Permute",
    "QAOAEmbedding",
    "QDrift",
    "QuantumMonteCarlo",
    "QuantumPhaseEstimation",
    "RandomLayers",
    "Reflection",
    "Select",
    "SelectPauliRot",
    "SimplifiedTwoDesign",
    "StronglyEntanglingLayers",
    "Superposition",
    "Template",
    "TrotterProduct",
    "TrotterizedQfunc",
    "TwoLocalSwapNetwork",
    "broadcast",
    "kUpCCGSD",
    "layer",
    "right_canonicalize_mps",
    "trotterize",
]

if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)
