"""One contender a file, each run as a process of its own; `contestants.py` lists them."""
