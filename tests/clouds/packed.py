"""A device that distributes over submissions what is more than one."""

from qgate.devices.base import Device
from qgate.devices.packing import submit_packed


class Packed(Device):
    """Around a device whose ``submit`` takes one submission.

    Parameters
    ----------
    device : Device
    """

    def __init__(self, device):
        self.device, self.name = device, device.name
        self.capabilities = device.capabilities
        super().__init__(wires=device.wires, shots=device.shots)

    def submit(self, sweeps):
        return submit_packed(self.device, sweeps)
