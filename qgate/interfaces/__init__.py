"""How each framework differentiates what comes back from a device."""
