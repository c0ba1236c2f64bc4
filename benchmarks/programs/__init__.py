"""Small programs in PennyLane's vocabulary, each a function of the library and its numpy.

None of them names a library, so that one text runs under both.
"""

from collections.abc import Callable, Mapping
from typing import Any

from programs.circuits import CIRCUITS
from programs.derivatives import DERIVATIVES
from programs.gates import GATES
from programs.noise import NOISE
from programs.operators import OPERATORS
from programs.optimizers import OPTIMIZERS
from programs.returns import RETURNS
from programs.templates import TEMPLATES

PROGRAMS: Mapping[str, Callable[[Any, Any], Any]] = {
    f"{group}: {name}": program
    for group, table in {
        "gate": GATES,
        "template": TEMPLATES,
        "operator": OPERATORS,
        "return": RETURNS,
        "derivative": DERIVATIVES,
        "circuit": CIRCUITS,
        "optimizer": OPTIMIZERS,
        "noise": NOISE,
    }.items()
    for name, program in table.items()
}
