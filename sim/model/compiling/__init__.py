"""The rooms of the compiler: each turns one part of a scenario into fields of the World, in the order of ids.

`sim.model.world.compile_world` goes through them. The order of the rooms is the order of the drawn inputs.
"""
