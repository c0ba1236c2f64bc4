"""Templates: layers, embeddings, subroutines, time evolution and excitations."""

from qgate.operations.templates.arbitrary import ArbitraryStatePreparation, ArbitraryUnitary
from qgate.operations.templates.base import Template
from qgate.operations.templates.embeddings import AngleEmbedding, IQPEmbedding, QAOAEmbedding
from qgate.operations.templates.excitations import UCCSD, AllSinglesDoubles
from qgate.operations.templates.fermionic import (
    FermionicDoubleExcitation,
    FermionicSingleExcitation,
)
from qgate.operations.templates.layers import (
    BasicEntanglerLayers,
    RandomLayers,
    SimplifiedTwoDesign,
    StronglyEntanglingLayers,
)
from qgate.operations.templates.particle_conserving import (
    ParticleConservingU1,
    ParticleConservingU2,
)
from qgate.operations.templates.phase_estimation import QuantumPhaseEstimation
from qgate.operations.templates.repetition import broadcast, layer
from qgate.operations.templates.states import (
    AmplitudeEmbedding,
    BasisEmbedding,
    MottonenStatePreparation,
)
from qgate.operations.templates.subroutines import QFT, GroverOperator, Permute
from qgate.operations.templates.time_evolution import (
    ApproxTimeEvolution,
    CommutingEvolution,
    TrotterProduct,
)

__all__ = [
    "QFT",
    "UCCSD",
    "AllSinglesDoubles",
    "AmplitudeEmbedding",
    "AngleEmbedding",
    "ApproxTimeEvolution",
    "ArbitraryStatePreparation",
    "ArbitraryUnitary",
    "BasicEntanglerLayers",
    "BasisEmbedding",
    "CommutingEvolution",
    "FermionicDoubleExcitation",
    "FermionicSingleExcitation",
    "GroverOperator",
    "IQPEmbedding",
    "MottonenStatePreparation",
    "ParticleConservingU1",
    "ParticleConservingU2",
    "Permute",
    "QAOAEmbedding",
    "QuantumPhaseEstimation",
    "RandomLayers",
    "SimplifiedTwoDesign",
    "StronglyEntanglingLayers",
    "Template",
    "TrotterProduct",
    "broadcast",
    "layer",
]
