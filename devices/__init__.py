"""Devices: the contract that they implement, and the lookup of a device by its string."""
