# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the script tests share: the program's place, the models, a folder that goes, and results as JSON.

Each script is called with the program and the source folder: SCRIPT.py build/bin/mase SOURCE_FOLDER.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

MASE = os.path.abspath(sys.argv[1])
SOURCE = pathlib.Path(sys.argv[2]).resolve()
MODEL = str(SOURCE / "models/llama-stories-1m")
TEXT = pathlib.Path(MODEL) / "eval.txt"
SKIPPED = 77  # CTest's SKIP_RETURN_CODE

_temporary = tempfile.TemporaryDirectory(prefix="mase-test-")
SCRATCH = pathlib.Path(_temporary.name)


def mase(*arguments, cwd=None, timeout=600):
    """Runs the program; its standard output. Fails the test on any other exit status than 0."""
    result = subprocess.run([MASE, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, timeout=timeout)
    if result.returncode != 0:
        sys.exit(f"mase {' '.join(map(str, arguments))}: exit status {result.returncode}: {result.stderr}")
    return result.stdout


def mase_json(*arguments, **options):
    return json.loads(mase(*arguments, "--json", **options))


def short_text(size=6000):
    """The first bytes of the story text as a file: 28 windows of 64."""
    path = SCRATCH / "text.txt"
    path.write_bytes(TEXT.read_bytes()[:size])
    return path


def expect(condition, text):
    if not condition:
        sys.exit(f"FAILED: {text}")
