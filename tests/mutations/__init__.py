"""Faults planted on purpose, one by one, to see whether the tests notice. Not part of the usual run.

`uv run python -m tests.mutations` draws 48 of all faults of its kinds (`planting`) in the rules, the line and the
journal, plants each in a copy of the tree, and runs the engine's tests there, the quickest first, until one fails.
It ends with an error when a fault survives that `unobservable.toml` does not explain.
"""
