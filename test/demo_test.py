#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`mase compile` from end to end, its first example with few trials and rows: what report.json holds, and no bit differs."""
import json
import shlex
import shutil
import sys

from program import MODEL, SCRATCH, SKIPPED, SOURCE, expect, mase

for tool in ("verilator", "yosys"):
    if not shutil.which(tool):
        print(f"skipped: {tool} is not installed")
        sys.exit(SKIPPED)

(SCRATCH / "models").symlink_to(SOURCE / "models")
example = [line.strip() for line in mase("compile", "--help").splitlines() if line.strip().startswith("mase compile")][0]
words = shlex.split(example)[1:]
folder = SCRATCH / words[words.index("-o") + 1]
printed = json.loads(mase(*words, "--trials", 4, "--rows", 1, "--json", cwd=SCRATCH, timeout=900))
report = json.loads((folder / "report.json").read_text())
expect(printed == report, "what --json prints is not report.json")

for level in ("float", "emulated"):
    for key in ("task", "level", "examples", "tokens", "loss", "perplexity", "bits_per_byte", "accuracy", "average_bits", "seconds"):
        expect(key in report[level], f"report.json has no {level}.{key}")
for key in ("lut", "dsp", "bram", "uram", "interval", "latency", "tokens_per_second"):
    expect(set(report["map"][key]) >= {"value", "error"}, f"report.json: map.{key} has not its value and its error")
expect(len(report["map"]["operators"]) == 111 and report["map"]["parts"][-1]["name"] == "fifo", "map does not give every operator and what joins them")
expect(report["map"]["cycles"]["prompt"] > 512 * report["map"]["cycles"]["interval"], "map has no cycles of a prompt")
for key in ("weights", "activations", "all"):
    expect(2.25 <= report["average_bits"][key] <= 8.25, f"average_bits.{key} is {report['average_bits'][key]}")
expect(report["bit_true"]["level"] == "bit-true", "no bit-true evaluation")
expect(abs(report["bit_true"]["loss"] - report["emulated_edges"]["loss"]) < 0.03, "bit-true and emulated losses differ by 0.03 or more")
expect(report["average_bits"]["all"] <= 4.25 + 1e-9, "the budget is exceeded")
expect(report["float"]["loss"] < report["emulated"]["loss"] < 3, "the losses are in no order")
expect(len(report["formats"]) == 43 and all(set(entry) == {"weight", "input"} for entry in report["formats"].values()),
       "formats does not give each of 43 linears its weight and input")

simulate = report["simulate"]
expect(simulate["mismatches"] == 0, f"{simulate['mismatches']} bits differ: {simulate['first_difference']}")
linears = {linear["name"] for linear in simulate["linears"]}
expect(linears == set(report["formats"]), f"{len(linears)} linears were simulated, not 43")
expect(simulate["operators"] == len(simulate["linears"]) == simulate["vectors"] >= 43, "operators and vectors do not add up")
for linear in simulate["linears"]:
    expect(abs(linear["cycles_predicted"] - linear["cycles"]) <= 0.01 * linear["cycles"], f"cycles of {linear}")
expect(report["synth"]["lut"]["value"] > 0, "no synthesis")

for name in ("report.txt", "formats.toml", "study.db", "model.mlir", "rtl/manifest.json"):
    expect((folder / name).exists(), f"{name} is not there")
text = (folder / "report.txt").read_text()
expect(f"{report['emulated']['loss']:.4f}" in text, "report.txt does not hold the loss")
evaluated = mase("eval", folder / "model.mlir", "--data", f"{MODEL}/eval.txt", "--json")
expect(json.loads(evaluated)["average_bits"] == report["average_bits"]["all"], "model.mlir has other formats than the report")
print(f"43 linears, {simulate['vectors']} vectors, 0 mismatches; loss {report['emulated']['loss']:.4f}")
