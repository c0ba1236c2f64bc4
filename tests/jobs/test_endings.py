"""Programs that end, fail or are interrupted while jobs are running."""

from __future__ import annotations

import signal
import sqlite3
import time
from contextlib import closing

import pytest
from children import answer, finished, start
from shop import Shop

SHOP = """
import qgate as qg
from shop import Busy, Lost, ShopDevice

folder, case = sys.argv[1:3]

def queue(device, what, times):
    if what == "after send":
        device.shop.set_status(str(times), "QUEUED")
        print("sent", flush=True)

def busy(device, what, times):
    if what == "before send":
        if times == 1:
            print("sent", flush=True)
        raise Busy("not now")

def lost(device, what, times):
    if what == "after send" and times == 1:
        print("sent", flush=True)
    if what == "after send":
        raise Lost
    if what == "find":
        raise Busy("not now")

def hanging(device, what, times):
    if what == "before send":
        print("sent", flush=True)
        threading.Event().wait()

def circuit_on(interfere, **options):
    @qg.qnode(ShopDevice(f"{folder}/shop.db", interfere=interfere, **options))
    def circuit():
        return qg.expval(qg.Z(0))
    return circuit

def in_run(**options):
    return qg.run("ended", f"{folder}/runs.db", **options)
"""

SUBMITTED = (
    SHOP
    + """
circuit = circuit_on(queue)
if case == "outside":
    os.environ["QGATE_JOURNAL"] = f"{folder}/runs.db"
    handle = qg.submit(circuit)()
    sys.stdin.readline()
elif case == "raises":
    with in_run():
        handle = qg.submit(circuit)()
        sys.stdin.readline()
        raise ArithmeticError("of the program")
elif case == "leaves":
    with in_run():
        handle = qg.submit(circuit)()
        sys.stdin.readline()
        sys.exit(3)
elif case == "waits":
    with in_run():
        handle = qg.submit(circuit)()
        handle.result()
elif case == "block":
    with in_run():
        handle = qg.submit(circuit)()
elif case == "awaits":
    import asyncio
    async def wait():
        await qg.submit(circuit)()
    with in_run():
        asyncio.run(wait())
"""
)

AGAIN = (
    SHOP
    + """
circuit = circuit_on(None)
circuit.device.shop.set_status("1", "DONE")
with in_run() as run:
    value = float(circuit())
    orders = run.records
tell([value, [order.state.value for order in orders], run.submissions, circuit.device.shop.jobs])
"""
)

FAILING = (
    SHOP
    + """
circuit = circuit_on({"lost": lost, "busy": busy, "hanging": hanging}[case], unique=case != "lost")
circuit.device.patience_s = 3600.0
with in_run():
    circuit()
"""
)

LOCAL_WORK = """
import qgate as qg

@qg.qnode("local")
def circuit(angle):
    for wire in range(16):
        qg.RX(angle, wires=wire)
    return [qg.expval(qg.Z(wire)) for wire in range(16)]

def forever():
    started.set()
    while True:
        circuit(0.3)

started = threading.Event()
handles = [qg.submit(forever)() for _ in range(3)]
started.wait()
print("ends", flush=True)
"""


def orders_of(folder):
    with closing(sqlite3.connect(folder / "runs.db")) as connection:
        return connection.execute("SELECT state, job, held_submissions FROM orders").fetchall()


def wait_until_sent(program):
    assert program.stdout.readline() == "sent\n"


@pytest.mark.parametrize(
    ("case", "status"),
    [("outside", 0), ("raises", 1), ("leaves", 3), ("waits", -2), ("block", -2), ("awaits", -2)],
)
def test_a_program_ends_while_a_call_is_under_way_and_a_repetition_picks_it_up(
    tmp_path, case, status
):
    program = start(SUBMITTED, tmp_path, case)
    wait_until_sent(program)

    if status == -2:
        program.send_signal(signal.SIGINT)
    else:
        program.stdin.write("\n")
        program.stdin.flush()
    _, errors = finished(program)

    assert program.returncode == status, errors
    ((state, _, held),) = orders_of(tmp_path)
    assert state in ("intended", "sent")
    assert held == 1
    if case != "outside":  # its run has no name under which it could be repeated
        assert answer(AGAIN, tmp_path, "again") == [1.0, ["done"], 1, 1]


def test_a_program_ends_while_calls_compute_on_this_machine():
    program = start(LOCAL_WORK)

    output, errors = finished(program)

    assert (program.returncode, output, errors) == (0, "ends\n", "")


@pytest.mark.parametrize("case", ["busy", "lost", "hanging"])
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_a_program_whose_creations_fail(tmp_path, case, times):
    program = start(FAILING, tmp_path, case)
    wait_until_sent(program)

    for _ in range(times):
        program.send_signal(signal.SIGINT)
        time.sleep(0.2)  # the second is meant to arrive during cleanup
    _, errors = finished(program)

    assert program.returncode == -2, errors
    assert Shop(str(tmp_path / "shop.db")).jobs == (case == "lost")
    assert orders_of(tmp_path) == [("intended", None, 1)]
    assert answer(AGAIN, tmp_path, "again")[0] == 1.0
    assert Shop(str(tmp_path / "shop.db")).jobs == 1
