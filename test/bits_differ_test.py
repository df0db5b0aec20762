#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`mase simulate` says exit status 0 for a sound design, and 1, with the place, when one number of it is spoilt.

One small linear of an emitted design is enough, so that two benches are built at most.
"""
import re
import shutil
import subprocess
import sys

from program import MASE, MODEL, SCRATCH, SKIPPED, TEXT, expect, mase, mase_json

if not shutil.which("verilator"):
    print("skipped: verilator is not installed")
    sys.exit(SKIPPED)

NAME = "model.layers.2.self_attn.v_proj"
design = SCRATCH / "rtl"
mase("emit", MODEL, "--format", "mxint4", "--device", "kv260", "--data", TEXT, "--rows", 3, "-o", design)
sound = mase_json("simulate", design, "--linear", NAME, "--rows", 2)
for key in ("operators", "vectors", "mismatches", "cycles"):
    expect(key in sound, f"simulate --json has no {key}")
expect({linear["name"] for linear in sound["linears"]} == {NAME}, "--linear runs other linears")
expect(sound["mismatches"] == 0 and sound["vectors"] == 2 * sound["operators"], f"{sound}")


def fails(status, pattern, *options):
    result = subprocess.run([MASE, "simulate", design, "--linear", NAME, *options], capture_output=True, text=True)
    lines = result.stderr.splitlines()
    expect(result.returncode == status, f"exit status {result.returncode}, not {status}: {result.stderr}")
    expect(len(lines) == 1 and re.fullmatch(pattern, lines[0]), f"stderr is {result.stderr!r}")


# Element 37 of row 1 as expected: a line is a block, its scale first, and a row of 64 outputs has two.
expected = design / "vectors" / (NAME.replace(".", "_") + ".expected.txt")
text = expected.read_text()
blocks = [line.split() for line in text.splitlines()]
right = int(blocks[3][6])
wrong = right - 1 if right > 0 else right + 1
blocks[3][6] = str(wrong)
expected.write_text("\n".join(" ".join(block) for block in blocks) + "\n")
fails(1, rf"mase: error: {NAME} at tile \d+x\d+, row 1, element 37: expected {wrong}, got {right}")
fails(2, r"mase: error: .*: no linear 'v_proj' was emitted there \(.*", "--linear", "v_proj")
subprocess.run([MASE, "simulate", design, "--linear", NAME, "--rows", "1"], check=True, capture_output=True)  # row 0 is sound
expected.write_text(text)

# A weight: one digit of the first word.
weights = sorted((design / "weights").glob(NAME.replace(".", "_") + ".*"))
expect(weights, "no weights were emitted")
for path in weights:
    content = path.read_text()
    path.write_text(content[:8] + ("1" if content[8] == "0" else "0") + content[9:])
fails(1, rf"mase: error: {NAME} at tile \d+x\d+, row \d+, .*: expected -?\d+, got -?\d+")
print(f"{NAME}: sound, then a wrong expectation and a wrong weight, each found")
