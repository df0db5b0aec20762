#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models that classify texts compute what Hugging Face's own classes recorded, at every level, on any number of threads.

models/bert-tiny has random weights. With `sst2` the models are those that were trained on SST-2, which lie outside the tree: MASE_SHARED
names the folder that has models/*-sst2-* and data/sst2/dev.tsv. Checked are ids and logits of 64 sentences, the right answers among
the 872 of dev.tsv (to the example), and by how much emulation and integers change them.
"""
import json
import os
import pathlib
import sys

from program import SCRATCH, SKIPPED, SOURCE, expect, mase_json

# Of each model: right answers of 872.
RIGHT = {"bert-sst2-1m": 751, "bert-sst2-minilm": 796, "llama-sst2-1m": 761, "opt-sst2-1m": 751}


def logits(model, ids, *options):
    return mase_json("logits", model, "--ids", ",".join(map(str, ids)), *options)["last"]


def worst(found, expected):
    return max(abs(a - b) for a, b in zip(found, expected, strict=True))


def check_tiny():
    model = SOURCE / "models/bert-tiny"
    golden = json.loads((model / "golden.json").read_text())
    for case in golden["cases"]:
        types = ["--token-types", ",".join(map(str, case["token_type_ids"]))]
        error = worst(logits(model, case["input_ids"], *types), case["last_logits"])
        expect(error <= golden["suggested_tolerance"], f"bert-tiny: logits off by {error}")
        if any(case["token_type_ids"]):
            expect(worst(logits(model, case["input_ids"]), case["last_logits"]) > 0.01, "bert-tiny: the types change nothing")
        integers = logits(model, case["input_ids"], *types, "--format", "mxint8", "--level", "bit-true")
        expect(0 < worst(integers, case["last_logits"]) < 0.1, f"bert-tiny: integers give {integers}, not {case['last_logits']}")
    data = ["--task", "sst2", "--data", model / "eval.tsv"]
    for level in ([], ["--format", "mxint6"], ["--format", "mxint6", "--level", "bit-true"]):
        results = [mase_json("--threads", threads, "eval", model, *data, *level) for threads in (1, 2, 5)]
        for result in results:
            del result["seconds"]
        expect(results[0] == results[1] == results[2], f"{level}: threads change the result")


def check_sst2(shared, name):
    model = shared / "models" / name
    golden = json.loads((model / "golden.json").read_text())
    text = SCRATCH / "text"
    error = 0
    for case in golden["cases"]:
        text.write_text(case["text"])
        expect(mase_json("tokenize", model, text)["ids"] == case["ids"], f"{name}: {case['text']!r} has other ids")
        error = max(error, worst(logits(model, case["ids"]), case["logits"]))
    expect(error <= 1e-4, f"{name}: logits off by {error}")  # recorded to 5 places
    data = ["--task", "sst2", "--data", shared / "data/sst2/dev.tsv"]
    result = mase_json("eval", model, *data)
    expect(result["examples"] == 872 and round(result["accuracy"] * 872) == RIGHT[name], f"{name}: accuracy {result['accuracy']}")
    line = f"{name}: logits within {error:.2g}, {RIGHT[name]} of 872 right in float"
    if name != "bert-sst2-minilm":  # for time
        emulated = mase_json("eval", model, *data, "--format", "mxint8")
        integers = mase_json("eval", model, *data, "--format", "mxint8", "--level", "bit-true")
        expect(abs(emulated["accuracy"] - result["accuracy"]) <= 0.005, f"{name}: emulated accuracy {emulated['accuracy']}")
        expect(abs(integers["accuracy"] - emulated["accuracy"]) <= 0.005, f"{name}: bit-true accuracy {integers['accuracy']}")
        line += f", mxint8 {round(emulated['accuracy'] * 872)} emulated, {round(integers['accuracy'] * 872)} bit-true"
    print(line)


def check_vocabulary(shared, name):
    """vocab.txt alone gives the same ids."""
    folder = SCRATCH / name
    folder.mkdir()
    (folder / "vocab.txt").write_bytes((shared / "models" / name / "vocab.txt").read_bytes())
    text = SCRATCH / "text"
    for case in json.loads((shared / "models" / name / "golden.json").read_text())["cases"]:
        text.write_text(case["text"])
        expect(mase_json("tokenize", folder, text)["ids"] == case["ids"], f"{name}, vocab.txt alone: {case['text']!r} has other ids")


if "sst2" not in sys.argv:
    check_tiny()
    sys.exit()
shared = pathlib.Path(os.environ.get("MASE_SHARED", ""))
if "MASE_SHARED" not in os.environ or not (shared / "data/sst2/dev.tsv").exists():
    print("skipped: MASE_SHARED does not name a folder with data/sst2/dev.tsv")
    sys.exit(SKIPPED)
for name in RIGHT:
    check_sst2(shared, name)
for name in ("bert-sst2-1m", "bert-sst2-minilm"):
    check_vocabulary(shared, name)
