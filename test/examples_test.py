#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The help of every command ends with two examples, and they work.

They run in a folder that has `models` beside it, in an order that gives each what it reads. The examples of compile take
minutes and are `demo_test`'s; simulate and synth run theirs on one small linear of the design that emit's example wrote.
"""
import json
import re
import shlex
import shutil
import subprocess
import sys

from program import MASE, SCRATCH, SOURCE, expect, mase

ORDER = ["import", "quantize", "search", "emit"]  # these write what others read
SLOW = ["compile"]
SMALL = {"simulate": ["--linear", "model.layers.0.self_attn.k_proj"]}
NEEDS = {"simulate": "verilator", "synth": "yosys"}


def help_of(*command):
    return mase(*command, "--help")


commands = re.findall(r"^  (\w+) ", help_of().split("ubcommands", 1)[-1], re.M)
expect(len(commands) >= 14 and "eval" in commands, f"mase --help lists the commands {commands}")
examples = {}
for command in commands:
    text = help_of(command).rstrip()
    lines = [line.strip() for line in text.split("Examples:")[-1].strip().splitlines()]
    expect("Examples:" in text and len(lines) == 2, f"the help of {command} does not end with two examples: {text[-300:]!r}")
    expect(all(line.startswith(f"mase {command}") for line in lines), f"{command}: its examples run something else: {lines}")
    expect(len(set(lines)) == 2, f"{command}: both examples are the same")
    examples[command] = lines

(SCRATCH / "models").symlink_to(SOURCE / "models")
ran = 0
for command in ORDER + [name for name in commands if name not in ORDER + SLOW]:
    if command in NEEDS and not shutil.which(NEEDS[command]):
        print(f"not run: {command} needs {NEEDS[command]}")
        continue
    for line in examples[command]:
        words = [MASE, *shlex.split(line)[1:], *SMALL.get(command, [])]
        result = subprocess.run(words, capture_output=True, text=True, cwd=SCRATCH, timeout=300)
        expect(result.returncode == 0, f"{line}: exit status {result.returncode}: {result.stderr}")
        expect(result.stdout or "-o " in line, f"{line}: prints nothing")
        if "--json" in words:
            expect(isinstance(json.loads(result.stdout), dict), f"{line}: prints no JSON object")
        for output in re.findall(r" -o (\S+)", line):
            expect((SCRATCH / output).exists(), f"{line}: {output} is not there")
        ran += 1
print(f"{len(commands)} commands with two examples each; {ran} of them ran")
