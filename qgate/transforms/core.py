"""Classes of transforms, by PennyLane's path and older names."""

from qgate.exceptions import TransformError
from qgate.transforms.circuit_transform import Transform, transform
from qgate.transforms.pipeline import BoundTransform, CompilePipeline

TransformContainer = BoundTransform
TransformDispatcher = Transform
TransformProgram = CompilePipeline

__all__ = [
    "BoundTransform",
    "CompilePipeline",
    "Transform",
    "TransformContainer",
    "TransformDispatcher",
    "TransformError",
    "TransformProgram",
    "transform",
]
