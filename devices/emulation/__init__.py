"""Emulation of devices: their circuits and limits, with noise made from their calibration."""
