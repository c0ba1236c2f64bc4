"""Change the most delicate modules line by line, and check that their tests notice each change.

``python tests/deep/main.py`` mutates the modules of every subject (or of those that are named) with
mutmut, in a copy of the sources, and prints the mutants that no test noticed: the survivors. Those
in ``explained.toml`` are known, each with the reason why it changes nothing that matters; it exits
with 1 if there are others, or if an explanation is no longer needed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXPLAINED = Path(__file__).with_name("explained.toml")

SUBJECTS = {
    "shift-rules": (("gradients/shift_rules.py",), ("gradients/test_shift_rules.py",)),
}
"""Modules of ``qgate`` that are mutated, and their tests in ``tests``, by subject."""

COPIED = ("qgate", "tests", "docs", "README.md", "CONTRIBUTING.md", "pyproject.toml", "setup.py")

SETTINGS = """
[tool.mutmut]
source_paths = ["qgate"]
only_mutate = {modules}
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = [
  "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-profile=deep"
]
also_copy = {copied}
process_isolation = "forkserver"
track_dependencies = false
use_git_change_detection = false
do_not_mutate_patterns = ['^\\s*raise ']
"""
"""Settings of mutmut. A mutant runs in a fork of a process that has run no test, so that no cache
has results of the code as it is.
"""

SURVIVED = re.compile(r"^\s*(\S+): (?:survived|no tests|suspicious)$", re.MULTILINE)

TEXT = re.compile(r"f?\"[^\"]*\"|\bNone\b")


def main(arguments: list[str] | None = None) -> int:
    """Mutate modules; return 1 if survivors and explanations differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subjects", nargs="*", help=f"of {', '.join(SUBJECTS)}; default: all")
    parser.add_argument("--workers", type=int, default=2)
    parsed = parser.parse_args(arguments)
    if unknown := set(parsed.subjects) - set(SUBJECTS):
        parser.error(f"unknown subjects: {', '.join(unknown)}")
    failed = False
    for subject in parsed.subjects or SUBJECTS:
        modules, tests = SUBJECTS[subject]
        with tempfile.TemporaryDirectory() as folder:
            copy_sources(Path(folder), modules, tests)
            survivors = list(_survivors(Path(folder), parsed.workers))
        left, unneeded = compare(survivors, explanations().get(subject, ()))
        print(f"{subject}: {len(survivors)} survivors, {len(left)} of them not explained")
        for name, change in left:
            print(f"\n{name}\n{change}")
        for change in unneeded:
            print(f"\nexplained, but no survivor:\n{change}")
        failed = failed or bool(left or unneeded)
    return int(failed)


def explanations() -> dict[str, list[dict[str, str]]]:
    """Return the survivors that are known, with reasons, by subject."""
    return tomllib.loads(EXPLAINED.read_text())


def compare(
    survivors: Iterable[tuple[str, str]], explained: Iterable[dict[str, str]]
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the survivors that are not explained, and the explanations that none needs."""
    known = [each["change"].strip() for each in explained]
    changes = {change for _, change in survivors}
    left = [(name, change) for name, change in survivors if change not in known]
    return left, [change for change in known if change not in changes]


def changed_lines(diff: str) -> str:
    """Return the changed lines of a diff; "" if only texts, such as those of errors, differ."""
    lines = [line for line in diff.splitlines() if re.match(r"[-+](?![-+])", line)]
    differ = len({TEXT.sub("", line[1:]) for line in lines}) > 1
    return "\n".join(lines) if differ else ""


def copy_sources(folder: Path, modules: tuple[str, ...], tests: tuple[str, ...]) -> None:
    """Copy what the tests need to a folder, with settings to mutate the modules there."""
    for name in COPIED:  # follows the links to devices and gradients
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    settings = SETTINGS.format(
        modules=[f"qgate/{module}" for module in modules],
        tests=[f"tests/{test}" for test in tests],
        copied=[name for name in COPIED if name not in ("qgate", "tests", "pyproject.toml")],
    )
    with (folder / "pyproject.toml").open("a") as file:
        file.write(settings)


def _survivors(folder: Path, workers: int) -> Iterator[tuple[str, str]]:
    """Run all mutants; yield name and changed lines of each that no test noticed."""
    _mutmut(folder, "run", "--max-children", str(workers))
    results = _mutmut(folder, "results")
    if "not checked" in results:
        raise SystemExit(f"mutmut did not run all mutants:\n{results}")
    for name in SURVIVED.findall(results):
        if change := changed_lines(_mutmut(folder, "show", name)):
            yield name, change


def _mutmut(folder: Path, *arguments: str) -> str:
    """Return what a command of mutmut prints."""
    ended = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise SystemExit(ended.stdout[-5000:] + ended.stderr)
    return ended.stdout


if __name__ == "__main__":
    sys.exit(main())
