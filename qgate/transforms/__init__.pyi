# Public names of qgate.transforms; see `qgate/__init__.pyi`.

from qgate.exceptions import TransformError as TransformError
from qgate.transforms.circuit_transform import Transform as Transform
from qgate.transforms.circuit_transform import transform as transform
from qgate.transforms.pipeline import BoundTransform as BoundTransform
from qgate.transforms.pipeline import CompilePipeline as CompilePipeline
