"""Builds the programs of the chosen benchmarks in the release preset."""

import sys
from pathlib import Path

from waybill_bench import programs
from waybill_bench.failure import Failure

BIN = "build/release/bin"


def build(root: Path, benchmarks) -> None:
    targets = sorted({benchmark.executable for benchmark in benchmarks})
    for command in (["cmake", "--preset", "release", "-DWAYBILL_BENCHMARKS=ON"],
                    ["cmake", "--build", "--preset", "release", "--target", *targets]):
        result = programs.run(command, cwd=root, stdout=sys.stderr)
        if result.returncode != 0:
            how = programs.how_it_ended(result.returncode)
            raise Failure(f"'{' '.join(command)}' {how}: its words are above")


def find(root: Path, benchmarks) -> None:
    """Says before anything is started which program is not there."""
    for benchmark in benchmarks:
        place = root / BIN / benchmark.executable
        if not place.is_file():
            raise Failure(f"{benchmark.name}: there is no {place}, as its bench.json says")
