"""Territorial control as a discrete-event simulation: load a scenario, run it, ask what came out."""
