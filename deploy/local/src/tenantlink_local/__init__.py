"""The whole system on one machine, with private servers and simulators of the outside world.

The product does not know of this package: it is pointed here by settings alone.
"""
