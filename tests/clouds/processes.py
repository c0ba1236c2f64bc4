"""Program whose threads, and the processes of a pool, use one device of a cloud at the same time.

Arguments: device string, ``inherited`` or ``pickled`` (how the processes get the device), number of
angles, number of processes.
"""

POOL = """
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
import numpy as np
import qgate as qg

device = qg.device(sys.argv[1])

@qg.qnode(device)
def circuit(angle):
    qg.RX(angle, wires=0)
    return qg.expval(qg.Z(0))

def with_the_device_of_the_parent(angle):
    return circuit(angle)

called = with_the_device_of_the_parent if sys.argv[2] == "inherited" else circuit
angles = [np.pi * (number % 2) for number in range(int(sys.argv[3]))]
circuit(0.0)
with ThreadPoolExecutor(2) as threads:
    beside = threads.map(circuit, angles)
    with multiprocessing.get_context("fork").Pool(int(sys.argv[4])) as pool:
        values = pool.map_async(called, angles).get(600)
    beside = list(beside)
tell([list(map(float, values)), list(map(float, beside))])
"""
