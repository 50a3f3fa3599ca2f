"""How fast, beside a floor measured in the same run: `uv run python -m tests.benchmarks` (nothing here is a test)."""
