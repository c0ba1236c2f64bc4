"""The comparison of surviving mutants with their explanations, without mutants."""

import pytest
from deep.main import ROOT, SUBJECTS, changed_lines, compare, copy_sources, explanations

DIFF = """\
# qgate.module.x_function__mutmut_1: survived
--- qgate/module.py
+++ qgate/module.py
@@ -1,3 +1,3 @@
 def function(x):
-    return {before}
+    return {after}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('refused("text")', 'refused("XXtextXX")'),
        ('refused(f"{x} is text")', 'refused(f"XX{x} is textXX")'),
        ('refused("text")', "refused(None)"),
    ],
)
def test_mutants_of_texts_are_left_out(before, after):
    assert changed_lines(DIFF.format(before=before, after=after)) == ""


def test_other_mutants_are_their_changed_lines():
    changed = changed_lines(DIFF.format(before='x - 1, "text"', after='x + 1, "text"'))

    assert changed == '-    return x - 1, "text"\n+    return x + 1, "text"'


def test_survivors_without_explanation_and_explanations_without_survivor_are_found():
    survivors = [("first", "-a\n+b"), ("second", "-c\n+d")]
    explained = [{"change": "\n-a\n+b\n", "reason": "same"}, {"change": "-e\n+f", "reason": "same"}]

    assert compare(survivors, explained) == ([("second", "-c\n+d")], ["-e\n+f"])


def test_every_explanation_has_a_reason_and_quotes_a_line_of_the_sources():
    explained = explanations()
    assert set(explained) <= set(SUBJECTS)
    for subject, entries in explained.items():
        modules, _ = SUBJECTS[subject]
        text = "\n".join((ROOT / "qgate" / name).read_text() for name in modules)
        lines = text.split("\n")
        for each in entries:
            removed = each["change"].strip().split("\n")[0]
            assert removed.startswith("-")
            assert removed[1:] in lines
            assert each["reason"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_modules_and_tests_of_a_subject_are_copied(subject, tmp_path):
    modules, tests = SUBJECTS[subject]

    copy_sources(tmp_path, modules, tests)

    assert all((tmp_path / "qgate" / name).is_file() for name in modules)
    assert all((tmp_path / "tests" / name).is_file() for name in tests)
