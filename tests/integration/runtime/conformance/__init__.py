"""What every consumer and every publisher of events has to keep, whatever is built on them.

In the manner of Watermill's universal tests for publishers and subscribers. Each promise stands
here once; what a process does when it stops and starts is in `test_stop_and_start.py`, one folder
up.
"""
