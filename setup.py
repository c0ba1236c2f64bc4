"""Compiled kernels of the local simulator; everything else is in ``pyproject.toml``.

One library for each instruction set; qgate chooses when it is imported. They are optional: without
a C compiler the installation succeeds, and numpy computes.
"""

from glob import glob

from setuptools import Extension, setup

FLAGS = ["-std=gnu11", "-O3", "-g0", "-fno-math-errno", "-fno-trapping-math"]
INSTRUCTION_SETS = {"baseline": [], "avx2": ["-mavx2", "-mfma"]}

setup(
    ext_modules=[
        Extension(
            f"qgate.devices.local._statevector_{name}",
            sources=sorted(glob("devices/local/csrc/*.c")),
            depends=sorted(glob("devices/local/csrc/*.h")),
            libraries=["m", "pthread"],
            extra_compile_args=FLAGS + flags,
            optional=True,
        )
        for name, flags in INSTRUCTION_SETS.items()
    ]
)
