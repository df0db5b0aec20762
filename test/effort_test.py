#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Efforts above formats alone, on a tiny model: the same bytes for any number of threads, a model that passes changed
through `mase compile` to simulated hardware, and what is refused."""
import json
import shutil
import subprocess
import sys

from program import MASE, SCRATCH, SKIPPED, SOURCE, expect, mase

for tool in ("verilator", "yosys"):
    if not shutil.which(tool):
        print(f"skipped: {tool} is not installed")
        sys.exit(SKIPPED)

# A model of 192 tokens; its text is read byte by byte.
model = SCRATCH / "qwen2"
shutil.copytree(SOURCE / "models" / "families" / "qwen2", model)
printable = [chr(c) for c in range(33, 127)] + ["\u0120", "\u010a"]  # as byte-level BPE writes a space and a line's end
(model / "tokenizer.json").write_text(json.dumps({
    "version": "1.0", "added_tokens": [], "normalizer": None, "post_processor": None,
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
    "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
    "model": {"type": "BPE", "vocab": {c: i for i, c in enumerate(printable)}, "merges": []}}))
text = SCRATCH / "text"
text.write_text((SOURCE / "models" / "llama-stories-1m" / "eval.txt").read_text()[:1200])
common = [model, "--data", text, "--context", 32, "--trials", 3]

for threads in (1, 3):
    mase("optimize", *common, "--effort", "high", "--threads", threads, "-o", SCRATCH / f"threads{threads}")
for name in ("model.safetensors", "formats.toml"):
    expect((SCRATCH / "threads1" / name).read_bytes() == (SCRATCH / "threads3" / name).read_bytes(),
           f"{name} depends on the number of threads")

out = SCRATCH / "out"
report = json.loads(mase("compile", *common, "--effort", "medium", "--device", "u250", "--share", 0.2, "--rows", 1, "--json",
                         "-o", out, timeout=900))
expect(report["passes"].endswith("gptq"), f"passes are {report['passes']!r}")
expect(report["average_bits"]["all"] <= 4.25 + 1e-9, "the budget is exceeded")
expect(report["simulate"]["mismatches"] == 0, f"simulate: {report['simulate']}")
windows = report["emulated"]["examples"]
again = json.loads(mase("eval", out / "model", "--config", out / "formats.toml", "--data", text, "--context", 32, "--json"))
losses = again["window_losses"][-windows:]
expect(abs(sum(losses) / len(losses) - report["emulated"]["loss"]) < 1e-6, "the model that was written is not the one that was reported")
from_ir = json.loads(mase("eval", out / "model.mlir", "--level", "emulated", "--data", text, "--context", 32, "--json"))
expect(from_ir["loss"] == again["loss"], "model.mlir is another model than model/ and formats.toml")
expect((out / "model" / "model.safetensors").read_bytes() != (model / "model.safetensors").read_bytes(), "no weight changed")

(SCRATCH / "edges.toml").write_text('["*"]\nweight = ["mxint4"]\ninput = ["mxint4"]\n["*.add"]\noutput = ["mxint8", "mxint12"]\n')
for arguments, says in (
        (["--effort", "medium", "--pass", "gptq"], "--effort chooses passes and formats itself (leave out --pass, --keep-all, --format and --config)"),
        (["--effort", "low"], "--effort low changes no weights (mase search searches formats alone)"),
        ([], "--pass or --effort says what is done (one of them)"),
        (["--effort", "medium", "--objective", "scalar"], "--effort medium: --objective scalar is for formats alone (--effort low)"),
        (["--effort", "medium", "--budget", "2"], "--budget 2: no format has so few bits (at least 2.25)"),
        (["--effort", "medium", "--space", SCRATCH / "edges.toml"], "lists formats of edges, which only --effort low searches")):
    result = subprocess.run([MASE, "optimize", *map(str, common + arguments), "-o", str(SCRATCH / "none")], capture_output=True, text=True)
    expect(result.returncode == 2 and says in result.stderr.splitlines()[-1], f"{arguments}: {result.returncode} {result.stderr}")
    expect(not (SCRATCH / "none").exists(), f"{arguments}: something was written")
