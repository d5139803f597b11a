"""Scenario files in, results out: the only code that touches the disk."""

from sim.files.loader import Loaded, load, load_parameters
from sim.files.shipped import shipped

__all__ = ["Loaded", "load", "load_parameters", "shipped"]
