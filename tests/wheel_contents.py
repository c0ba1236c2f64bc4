"""Check that a wheel contains the whole package and nothing else: ``wheel_contents.py WHEEL``."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from shutil import which
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]
KERNELS = "qgate/devices/local/_statevector_"
PATTERNS = ("*.py", "*.pyi", "cards.toml", "snapshots.toml")
SOURCES = {"qgate": "qgate", "devices": "qgate/devices", "gradients": "qgate/gradients"}


def expected_files() -> Iterator[str]:
    """Yield the path in the wheel of every source file, stub, card and snapshot."""
    yield "qgate/py.typed"
    for folder, place in SOURCES.items():
        found = (path for pattern in PATTERNS for path in (ROOT / folder).rglob(pattern))
        for path in found:
            yield f"{place}/{path.relative_to(ROOT / folder).as_posix()}"


def complaints(names: list[str]) -> Iterator[str]:
    """Yield the problems of the list of names in a wheel."""
    tops = {PurePosixPath(name).parts[0] for name in names}
    for top in sorted(tops):
        if top != "qgate" and not top.endswith(".dist-info"):
            yield f"{top} does not belong at the top of the wheel"
    kernels = {name for name in names if name.startswith(KERNELS)}
    if not kernels and (which("cc") or which("gcc") or which("clang")):
        yield "there is a C compiler, but no kernels were built"
    held = {name for name in names if name.startswith("qgate/")} - kernels
    expected = set(expected_files())
    for name in sorted(expected - held):
        yield f"{name} is missing; is its package listed in pyproject.toml?"
    for name in sorted(held - expected):
        yield f"{name} is in the wheel, but not in the sources"


def entry_point_complaints(names: list[str]) -> Iterator[str]:
    """Yield the entry points whose module is not in the wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name, target in project["entry-points"]["qgate.devices"].items():
        module = target.partition(":")[0].replace(".", "/")
        if not {f"{module}.py", f"{module}/__init__.py"} & set(names):
            yield f"the device provider {name!r} needs {module}, which is missing"


def main(wheel: str) -> int:
    """Print the problems of the file ``wheel``; return 1 if there are any."""
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    found = [*complaints(names), *entry_point_complaints(names)]
    for complaint in found:
        print(f"{wheel}: {complaint}")
    if not found:
        print(f"{wheel}: {len(names)} files, all in place")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
