"""The command line interface; its devices come from a third-party provider."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from shop import Shop

import qgate as qg
from qgate.cli import main
from qgate.exceptions import BudgetChanged
from qgate.jobs.journal import Journal
from qgate.jobs.orders import Order
from qgate.prices import Price

CLOUDS = Path(__file__).parent / "clouds" / "shop"

PROVIDER = """
from shop import ShopDevice
from qgate.devices.options import Options
from qgate.devices.provider import Provider


class ShopOptions(Options):
    file: str
    queued: bool = False


def queue(device, what, times):
    if what == "after send":
        device.shop.set_status(str(times), "QUEUED")


class ShopProvider(Provider):
    name = "shop"
    default_target = "one"
    options = ShopOptions

    def targets(self):
        return ("one",)

    def make(self, target, options, *, wires, shots):
        interfere = queue if options.queued else None
        return ShopDevice(options.file, shots=shots, interfere=interfere)


provider = ShopProvider()
"""

PROGRAM = """
import sys
import qgate as qg
from qgate import numpy as np

@qg.qnode(sys.argv[1], diff_method="parameter-shift")
def circuit(angle):
    qg.RX(angle, wires=0)
    return qg.expval(qg.Z(0))

print("gradient", float(qg.grad(circuit)(np.array(0.4, requires_grad=True))))
"""


class Shell:
    """Runs a command in a folder."""

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment

    def start(self, *arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "qgate.cli", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *arguments):
        program = self.start(*arguments)
        try:
            output, errors = program.communicate(timeout=240)
        finally:
            program.kill()
        return subprocess.CompletedProcess(arguments, program.returncode, output, errors)


@pytest.fixture
def shell(tmp_path):
    """Return a function that runs a command in an empty folder, with the shop's provider."""
    site = tmp_path / "site"
    info = site / "shop_qgate-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "shop_qgate.py").write_text(PROVIDER)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shop-qgate\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[qgate.devices]\nshop = shop_qgate:provider\n")
    (tmp_path / "program.py").write_text(PROGRAM)
    path = os.pathsep.join([str(site), str(CLOUDS), *sys.path])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QGATE_")}
    environment = {**kept, "PYTHONPATH": path, "HOME": str(tmp_path), "XDG_STATE_HOME": ""}

    return Shell(tmp_path, environment)


@pytest.fixture
def device(tmp_path):
    return f"shop:one?file={tmp_path}/shop.db"


def said(run):
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_devices_are_listed(shell):
    assert "shop:one" in said(shell("devices"))
    assert said(shell("devices", "local")).splitlines()[1].startswith("local:statevector")


def test_a_plan_tells_the_price_and_sends_nothing(shell, device, tmp_path):
    text = said(shell("plan", "program.py", "--", device))

    *_, total, errors = text.splitlines()
    assert "0.60 USD" in total
    assert errors.startswith("expected standard errors")
    assert Shop(str(tmp_path / "shop.db")).jobs == 0


def test_the_circuits_of_a_program_are_counted_and_nothing_is_sent(shell, device, tmp_path):
    text = said(shell("specs", "program.py", "--", device))

    _, total, heads, circuit = text.splitlines()
    assert total.startswith("in all: 1 submission, 1 circuit, 3 rows, ")
    assert total.endswith(" 0.60 USD")
    assert heads.split()[:5] == ["circuit", "device", "rows", "shots", "depth"]
    assert circuit.split()[:3] == ["1", "shop:one", "3"]
    assert circuit.endswith("RX 1")
    assert Shop(str(tmp_path / "shop.db")).jobs == 0


def test_counts_of_a_program_are_printed_as_json_alone(shell, device):
    found = shell("specs", "--json", "--device", device, "program.py", "--", "local")

    counts = json.loads(said(found))
    assert counts["rows"] == 3
    assert counts["price"] == {"low_usd": 0.6, "high_usd": 0.6}
    assert counts["different_circuits"][0]["gate_types"] == {"RX": 1}
    assert "gradient" in found.stderr


def test_a_file_of_openqasm_is_counted_on_a_device(tmp_path, capsys):
    file = tmp_path / "circuit.qasm"
    file.write_text(
        "OPENQASM 3; input float a; qubit[2] q; bit[1] c; rx(a) q[0]; cx q[0], q[1];"
        "c[0] = measure q[1];"
    )

    assert main(["specs", "--json", "--device", "local?shots=10", str(file)]) == 0

    counts = json.loads(capsys.readouterr().out)
    assert counts["resources"]["gate_types"] == {"RX": 1, "CNOT": 1}
    assert counts["resources"]["measurements"] == {"probs(1 wires)": 1}
    assert (counts["gradient"]["rows"], counts["gradient"]["shots"]) == (3, 30)
    assert counts["compiled"][0]["two_qubit_gates"] == 1


def test_a_file_of_openqasm_without_inputs_has_no_gradient(tmp_path, capsys):
    file = tmp_path / "circuit.qasm"
    file.write_text('OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; h q[0]; cx q[0], q[1];')

    assert main(["specs", str(file)]) == 0

    text = capsys.readouterr().out
    assert "Depth: 2" in text
    assert "Gradient method: None" in text


def test_the_circuit_of_a_file_is_run(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where the journal is
    file = tmp_path / "circuit.qasm"
    file.write_text("OPENQASM 3; input float a; qubit[2] q; rx(a) q[0]; cx q[0], q[1];")

    assert main(["run", str(file), "--device", "local", "--input", f"a={math.pi}"]) == 0
    assert capsys.readouterr().out == "11  1\n"
    arguments = ["--device", "local?seed=1", "--shots", "10", "--input", "a=0", str(file)]
    assert main(["run", *arguments]) == 0
    assert capsys.readouterr().out == "00  10\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["absent.qasm"], "There is no program"),
        (["--input", "a=b", "{file}"], "is no value of an input"),
        (["--device", "local", "mine", "{script}"], "are for circuits"),
    ],
)
def test_a_run_that_names_no_circuit_or_program_is_refused(tmp_path, capsys, arguments, text):
    file, script = tmp_path / "circuit.qasm", tmp_path / "program.py"
    file.write_text("input float a; qubit q; rx(a) q;")
    script.write_text("")
    journal = ["--journal", str(tmp_path / "journal.db")]

    given = [item.format(file=file, script=script) for item in arguments]

    assert main(["run", *journal, *given]) == 1
    assert text in capsys.readouterr().err


def test_a_plan_for_another_device(shell, device):
    text = said(shell("plan", "--device", device, "program.py", "--", "local"))

    assert "shop:one" in text


def test_a_run_is_bought_once_and_its_jobs_are_listed(shell, device, tmp_path):
    first, second = (said(shell("run", "mine", "program.py", "--", device)) for _ in range(2))

    assert first == second
    assert Shop(str(tmp_path / "shop.db")).jobs == 1
    table = said(shell("jobs")).splitlines()
    assert table[1].split()[:2] == ["mine", "1.0"]
    assert table[1].split()[-3:] == ["0.60", "done", "1"]
    assert table[-1] == "1 submissions, 300 shots, 0.60 USD"


def test_a_run_stays_within_its_budget(shell, device, tmp_path):
    run = shell("run", "poor", "--usd", "0.5", "program.py", "--", device)

    assert run.returncode == 1
    assert "\nBudgetExceeded: Step 1 of the run 'poor' would take 0.60 USD" in run.stderr
    assert Shop(str(tmp_path / "shop.db")).jobs == 0


def test_jobs_of_a_program_that_was_interrupted_are_fetched(shell, device, tmp_path):
    program = shell.start("run", "stopped", "program.py", "--", f"{device}&queued=true")
    for _ in range(100):
        if " sent " in shell("jobs", "--run", "stopped").stdout:
            break
    program.kill()
    program.communicate()
    assert " sent " in said(shell("jobs", "--run", "stopped"))
    assert "is queued, queue position 3" in said(shell("resume", "--timeout-s", "5"))
    shop = Shop(str(tmp_path / "shop.db"))
    shop.set_status("1", "DONE")

    fetched = said(shell("resume")).splitlines()

    assert fetched[0].startswith("stopped, step 1, shop:one")
    assert fetched[0].endswith("job 1 done")
    assert fetched[-1] == "1 submissions were under way."
    assert "gradient" in said(shell("run", "stopped", "program.py", "--", f"{device}&queued=true"))
    assert shop.jobs == 1


def test_ctrl_c_leaves_jobs_running_and_tells_how_to_come_back(shell, device, tmp_path):
    shop = Shop(str(tmp_path / "shop.db"))
    program = shell.start("run", "stopped", "program.py", "--", f"{device}&queued=true")
    for _ in range(4800):
        if shop.jobs:
            break
        time.sleep(0.05)

    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=240)

    assert program.returncode == 130
    assert "1 jobs continue: 1." in errors
    assert "qg.run('stopped', journal='qgate.db')" in errors
    assert shop.job("1")[1] == "QUEUED"


def test_what_happened_to_an_order_is_told(shell, device):
    said(shell("run", "mine", "program.py", "--", device))

    listed = said(shell("jobs", "--key", ""))

    assert [line.split("  ", 1)[1].split()[0] for line in listed.splitlines()[3:]] == [
        "attempt",
        "sent",
        "done",
    ]


def test_the_arguments_of_a_program_come_after_two_hyphens(shell, tmp_path):
    (tmp_path / "echo.py").write_text("import sys\nprint(sys.argv)")

    for command in (("plan",), ("run", "mine")):
        told = said(shell(*command, "echo.py", "--", "--shots", "10", "--", "x"))
        assert told.splitlines()[0] == "['echo.py', '--shots', '10', '--', 'x']"


@pytest.mark.parametrize(
    "behind", [("--shots", "10"), ("--usd", "5", "--device", "local"), ("argument",)]
)
@pytest.mark.parametrize("command", [("plan",), ("run", "mine")])
def test_what_stands_behind_a_program_is_refused_and_nothing_runs(shell, tmp_path, command, behind):
    (tmp_path / "echo.py").write_text("print('it ran')")

    run = shell(*command, "echo.py", *behind)

    assert run.returncode == 1
    assert "it ran" not in run.stdout
    assert "Put the options of qgate before the program" in run.stderr
    assert f"echo.py -- {' '.join(behind)}" in run.stderr
    assert not (tmp_path / "qgate.db").exists()


@pytest.mark.parametrize("arguments", [("devices",), ("demo", "--steps", "0")])
def test_a_reader_that_closes_the_output_ends_the_command_silently(shell, arguments):
    with shell.start(*arguments) as program:
        program.stdout.close()
        errors = program.stderr.read()

    assert errors == ""
    assert program.returncode == 141


def test_a_broken_pipe_of_the_program_is_its_error(shell, tmp_path):
    (tmp_path / "pipe.py").write_text("raise BrokenPipeError('mine')")

    run = shell("run", "mine", "pipe.py")

    assert run.returncode == 1
    assert "BrokenPipeError: mine" in run.stderr


@pytest.mark.parametrize("steps", ["-3", "1e3", "many"])
def test_a_number_of_steps_below_0_is_refused(capsys, steps):
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--steps", steps])

    assert ended.value.code == 2
    assert f"'{steps}' is no whole number of at least 0" in capsys.readouterr().err


def test_a_circuit_of_a_file_is_planned(tmp_path, capsys):
    file = tmp_path / "circuit.qasm"
    file.write_text("OPENQASM 3; input float a; qubit[2] q; rx(a) q[0]; cx q[0], q[1];")

    assert main(["plan", "--device", "ibm:ibm_torino", str(file)]) == 0

    assert " 1024 " in capsys.readouterr().out.splitlines()[2]


def test_a_program_imports_the_modules_of_its_folder(tmp_path, capsys):
    (tmp_path / "module_beside_the_program.py").write_text("ANSWER = 42")
    (tmp_path / "program.py").write_text(
        "import module_beside_the_program as m\nprint('answer', m.ANSWER)"
    )
    before = list(sys.path)

    assert main(["plan", str(tmp_path / "program.py")]) == 0

    assert "answer 42" in capsys.readouterr().out
    assert sys.path == before


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("program.ipynb", b"{}", "is a notebook"),
        ("program.py", b"\xff\xfe\x00", "cannot be read as Python"),
    ],
)
def test_a_file_that_is_no_program_is_refused(tmp_path, capsys, name, content, text):
    file = tmp_path / name
    file.write_bytes(content)

    assert main(["plan", str(file)]) == 1

    assert text in capsys.readouterr().err


def test_orders_of_unknown_price_are_counted_apart(tmp_path, capsys):
    journal = Journal(tmp_path / "j.db")
    journal.begin("mine")
    known = Order(
        key="a", run="mine", step=1, part=0, attempt=0, device="d", provider="p", digest="1",
        record=b"1", rows=1, shots=10, price=Price(0.5, 0.5), held_usd=0.5, held_shots=10,
    )  # fmt: skip
    unknown = replace(known, key="b", digest="2", price=None, held_usd=0.0)
    journal.place([known, unknown], [], what="both")

    assert main(["jobs", "--journal", str(tmp_path / "j.db")]) == 0

    *_, first, second, total = capsys.readouterr().out.splitlines()
    assert " 0.50 " in first
    assert " unknown " in second
    assert total == "2 submissions, 20 shots, 0.50 USD, and 1 of unknown price"


def test_two_hyphens_without_a_program_are_refused(shell):
    run = shell("devices", "--", "local")

    assert run.returncode == 1
    assert "nothing may follow after --" in run.stderr


SHARED = """
import sys
import qgate as qg

@qg.qnode(sys.argv[1])
def circuit():
    return qg.expval(qg.Z(0))

with qg.run(sys.argv[2], "qgate.db", budget=qg.Budget(usd=float(sys.argv[3]), name="ours")):
    circuit()
"""


def test_the_limit_of_a_named_budget_is_changed_on_purpose_only(shell, device, tmp_path):
    (tmp_path / "shared.py").write_text(SHARED)

    def program(name, usd):
        return subprocess.run(
            [sys.executable, "shared.py", device, name, usd],
            cwd=tmp_path,
            env=shell.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    assert program("one", "0.5").returncode == 0
    refused = program("two", "5")
    assert "BudgetChanged" in refused.stderr
    assert "qgate budgets --journal qgate.db --usd 5 'ours'" in refused.stderr
    assert Shop(str(tmp_path / "shop.db")).jobs == 1

    told = said(shell("budgets", "--usd", "5", "ours"))

    assert "usd=5.0" in told
    assert "1 submissions, 100 shots, 0.40 USD spent or reserved" in told
    assert said(shell("budgets")) == told
    assert program("two", "5").returncode == 0
    assert "BudgetChanged" in program("three", "0.5").stderr


def test_only_the_limit_that_is_named_is_changed(shell, tmp_path):
    journal = Journal(tmp_path / "qgate.db")
    journal.change_limits("ours", {"usd": 5, "shots": 1_234_567})

    said(shell("budgets", "--usd", "50", "ours"))
    assert journal.limits() == [qg.Budget(usd=50, shots=1_234_567, name="ours")]

    said(shell("budgets", "--shots", "none", "--submissions", "7", "ours"))
    assert journal.limits() == [qg.Budget(usd=50, submissions=7, name="ours")]

    refused = shell("budgets", "--usd", "none", "--submissions", "none", "ours")
    assert "it limits nothing" in refused.stderr
    assert journal.limits() == [qg.Budget(usd=50, submissions=7, name="ours")]


def test_the_command_in_an_error_of_another_limit_stores_the_limits_of_the_program(shell, tmp_path):
    journal, mine = Journal(tmp_path / "qgate.db"), qg.Budget(shots=1_234_567, name="ours")
    journal.change_limits("ours", {"usd": 5})

    with pytest.raises(BudgetChanged) as error:
        journal.agree(mine)
    options = re.search(r"db (--.*) 'ours'", str(error.value))[1]
    said(shell("budgets", *options.split(), "ours"))

    journal.agree(mine)
    assert journal.limits() == [mine]


def test_an_order_that_is_given_up_is_submitted_again_and_stays_counted(shell, device, tmp_path):
    said(shell("run", "mine", "program.py", "--", device))
    with closing(sqlite3.connect(tmp_path / "qgate.db")) as connection:
        connection.execute("UPDATE orders SET result = X'00'")
        connection.commit()
        (key,) = connection.execute("SELECT key FROM orders").fetchone()
    damaged = shell("run", "mine", "program.py", "--", device)
    assert damaged.returncode == 1
    assert f"qgate jobs --journal qgate.db --forget {key}" in damaged.stderr

    told = said(shell("jobs", "--forget", key[:10]))

    assert "0.60 USD and 300 shots stay counted" in told
    assert "gradient" in said(shell("run", "mine", "program.py", "--", device))
    assert Shop(str(tmp_path / "shop.db")).jobs == 2
    table = said(shell("jobs")).splitlines()
    assert ["given up" in row for row in table[1:-1]] == [True, False]
    assert table[-1] == "2 submissions, 600 shots, 1.20 USD"
    assert "is given up, and the next run" in shell("jobs", "--forget", key).stderr


def test_a_missing_journal_or_program_is_told(shell):
    assert "There is no journal 'qgate.db'" in shell("jobs").stderr
    assert "There is no program 'none.py'" in shell("plan", "none.py").stderr
    assert "There is no program 'xxx" in shell("plan", "x" * 5000).stderr
    assert "There is no journal '~nobody/" in shell("jobs", "--journal", "~nobody/j.db").stderr
    assert shell("jobs").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["jobs", "--run", "mone"], "no run 'mone'. Did you mean 'mine'? It has: 'mine'."),
        (["jobs", "--key", "zz"], "No order has a key that begins with 'zz'"),
        (["resume", "--run", "mone"], "no run 'mone'"),
        (["resume", "--timeout-s", "nan"], "timeout"),
        (["resume", "--timeout-s", "-1"], "timeout"),
        (["resume", "--device", "shop:one"], "belong to --find NAME"),
        (["resume", "--journal-id", "a"], "belong to --find NAME"),
        (["resume", "--find", "mine", "--run", "mine"], "takes neither --run nor --timeout-s"),
        (["budgets", "ours"], "no budget 'ours'. It has: none."),
    ],
)
def test_a_choice_that_selects_nothing_or_would_be_ignored_is_refused(
    shell, device, arguments, told
):
    said(shell("run", "mine", "program.py", "--", device))

    refused = shell(*arguments)

    assert refused.returncode == 1
    assert told in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_demo_finds_the_ground_state(shell):
    assert said(shell("demo", "--steps", "40")).splitlines()[-2].split() == [
        "step", "40", "energy", "-3.0000",
    ]  # fmt: skip
