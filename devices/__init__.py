"""Where tapes run: the contract of a device, and how a string finds one."""
