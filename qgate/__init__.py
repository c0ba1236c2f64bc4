"""Write a quantum function once, run and differentiate it on any device.

Every public name of qgate is here. ``qgate.numpy`` has arrays that know whether they are
trainable, ``qgate.gradients`` the gradient methods, ``qgate.fourier`` Fourier series of circuits,
``qgate.kernels`` quantum kernels, ``qgate.optimize`` optimizers, ``qgate.qnn`` layers for PyTorch
and Keras, ``qgate.exceptions`` the errors.
"""

# The names are listed in `__init__.pyi`, which explains how to add one.

import sys as _sys

from qgate.lazy_names import MissingNameFinder as _MissingNameFinder
from qgate.lazy_names import attach_stub as _attach_stub

__version__ = "0.1.0"

__all__, __getattr__, __dir__ = _attach_stub(__name__)

_sys.meta_path.append(_MissingNameFinder)
