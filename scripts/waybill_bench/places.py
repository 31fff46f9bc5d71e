"""Where the programs may leave files, for as long as anything is measured."""

import contextlib
import tempfile

KEEPS = "WAYBILL_BENCH_KEEPS_FILES"


@contextlib.contextmanager
def kept():
    """What the environment says of it. They are removed after the last run: see docs/benchmarks.md for what
    it costs a run when the one before it has deleted many."""
    with tempfile.TemporaryDirectory(prefix="waybill-bench-") as directory:
        yield {"TMPDIR": directory, KEEPS: "1"}
