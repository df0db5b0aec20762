#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a command with --json and checks that its stdout is exactly one JSON object with the keys named.

A key may go down by dots (`map.lut.value`) and may be followed by `=VALUE`, JSON, to be equal, or by `~VALUE~TOLERANCE`.

Usage: one_object.py KEY[=VALUE]... -- COMMAND ...
"""
import json
import subprocess
import sys

split = sys.argv.index("--")
result = subprocess.run(sys.argv[split + 1 :], capture_output=True, text=True, timeout=600)
if result.returncode != 0:
    sys.exit(f"exit status {result.returncode}: {result.stderr}")
found = json.loads(result.stdout)  # fails on anything before or behind the object
if not isinstance(found, dict):
    sys.exit("stdout is JSON, but no object")
for argument in sys.argv[1:split]:
    near = argument.split("~")
    path, _, expected = near[0].partition("=")
    value = found
    for key in path.split("."):
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, TypeError, ValueError):
            sys.exit(f"no key '{path}' in {json.dumps(found)[:2000]}")
    if expected and value != json.loads(expected):
        sys.exit(f"{path} is {json.dumps(value)[:500]}, not {expected}")
    if len(near) == 3 and not abs(value - float(near[1])) <= float(near[2]):
        sys.exit(f"{path} is {value}, not {near[1]} +- {near[2]}")
