"""Reads a Compose file strictly, in the virtual environment of the deployment's tools.

Run as a program there: the file's text comes in, already without variables; an error goes out.
"""

import sys

import compose_spec  # type: ignore[import-not-found]

options = compose_spec.PyOptions()
options.apply_merge = True
options.from_yaml(sys.stdin.read()).validate()
