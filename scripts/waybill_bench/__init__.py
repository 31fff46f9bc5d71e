"""Measures ours against the floor, in turn and in the same run, for scripts/bench. See docs/benchmarks.md."""
