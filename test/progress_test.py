#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Long work shows how far it is on a terminal, erases that line before its result, and writes nothing to stderr that is a file.

Usage: progress_test.py MASE ROOT
"""
import os
import pty
import subprocess

from program import MASE, MODEL, SOURCE, expect, short_text

TASKS = {
    "lm": [MODEL, "--data", short_text(60000), "--context", "64"],
    "lm, layer by layer": [MODEL, "--data", short_text(60000), "--context", "64", "--memory", "0.001"],
    "sst2": [SOURCE / "models/bert-tiny", "--data", SOURCE / "models/bert-tiny/eval.tsv", "--task", "sst2"],
    "questions": [MODEL, "--data", SOURCE / "models/llama-stories-1m/questions.jsonl"],
}

for name, arguments in TASKS.items():
    command = [MASE, "eval", *map(str, arguments), "--threads", "1"]
    silent = subprocess.run(command, capture_output=True, text=True)
    expect(silent.returncode == 0 and silent.stderr == "", f"{name}: {silent.stderr}")
    terminal, end = pty.openpty()
    shown = subprocess.run(command, stdout=subprocess.PIPE, stderr=end, text=True)
    os.close(end)
    drawn = b""
    try:
        while part := os.read(terminal, 1 << 16):
            drawn += part
    except OSError:
        pass  # Linux' word for the end of a terminal without writers
    os.close(terminal)
    expect(b"eval [" in drawn and drawn.endswith(b"\r\x1b[K"), f"{name}: {drawn[-100:]}")
    expect(shown.stdout.splitlines()[0] == silent.stdout.splitlines()[0], f"{name}: another result on a terminal")
    print(f"{name}: {drawn.count(b'eval [')} lines drawn")
