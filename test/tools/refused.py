#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a command that must refuse its input, and prints what it said.

Demands the exit status (2 unless --status says 1), one line on stderr that starts with `mase: error: `, nothing on stdout
(--report: whatever), and that no --output PATH appears, nor anything beside it: a refused command leaves no half-written file.
PATH lies in a folder of the test's own (%t): in lit's shared Output other tests write at the same time.

Usage: refused.py [--status N] [--report] [--output PATH]... -- COMMAND ...
"""
import argparse
import os
import subprocess
import sys


def neighbours(path):
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.basename(folder) == "Output":
        sys.exit(f"refused: --output {path}: lies in the folder that all tests share (give one in %t)")
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else None


parser = argparse.ArgumentParser()
parser.add_argument("--status", type=int, default=2)
parser.add_argument("--report", action="store_true")
parser.add_argument("--output", action="append", default=[])
parser.add_argument("command", nargs="+")
arguments = parser.parse_args()
before = [neighbours(path) for path in arguments.output]
result = subprocess.run(arguments.command, capture_output=True, text=True, timeout=300)
faults = []
if result.returncode != arguments.status:
    faults.append(f"exit status {result.returncode}, not {arguments.status}")
errors = result.stderr.splitlines()
progress = [line for line in errors if line.startswith("mase: ") and not line.startswith("mase: error: ")]
if len(errors) != 1 + len(progress) or not errors[-1].startswith("mase: error: "):
    faults.append("stderr is not one line `mase: error: ...` behind the progress")
if result.stdout and not arguments.report:
    faults.append("stdout is not empty")
for path, content in zip(arguments.output, before):
    if neighbours(path) != content:
        faults.append(f"{path}: the folder held {content} before and {neighbours(path)} now")
print(result.stderr, end="")
if faults:
    sys.exit("\n".join(["refused: " + fault for fault in faults] + ["stdout: " + result.stdout[:2000]]))
