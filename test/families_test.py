#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tiny random models of each architecture compute what Hugging Face's own classes recorded of them.

They lie outside the tree: MASE_SHARED names the folder that has models/families, each model with a golden.json. Checked are the
last logits, sum and absolute sum over all positions within the recorded tolerance, and 16 tokens chosen greedily.
"""
import json
import os
import pathlib
import sys

from program import SKIPPED, expect, mase_json

FAMILIES = ["llama", "opt", "opt-350m-style"]


def logits(model, ids):
    return mase_json("logits", model, "--ids", ",".join(map(str, ids)))


def check(model):
    golden = json.loads((model / "golden.json").read_text())
    tolerance = golden["suggested_tolerance"]
    for case in golden["cases"]:
        ids = case["input_ids"]
        found = logits(model, ids)
        worst = max(abs(a - b) for a, b in zip(found["last"], case["last_logits"], strict=True))
        expect(worst <= tolerance, f"{model.name}: logits off by {worst}, more than {tolerance}")
        # Sums are recorded to nine digits, and run over all positions.
        places = tolerance * len(ids) * len(found["last"])
        for key, expected in (("sum", case["logits_sum"]), ("abs_sum", case["logits_abs_sum"])):
            expect(abs(found[key] - expected) <= places, f"{model.name}: {key} is {found[key]}, not {expected}")
        for expected in case["greedy_ids"]:
            last = logits(model, ids)["last"]
            chosen = max(range(len(last)), key=last.__getitem__)
            expect(chosen == expected, f"{model.name}: token {len(ids)} is {chosen}, not {expected}")
            ids = ids + [chosen]
        print(f"{model.name}: {len(case['input_ids'])} tokens, logits within {worst:.2g} (tolerance {tolerance:.2g})")


families = pathlib.Path(os.environ.get("MASE_SHARED", "")) / "models/families"
if "MASE_SHARED" not in os.environ or not families.exists():
    print("skipped: MASE_SHARED does not name a folder with models/families")
    sys.exit(SKIPPED)
for name in FAMILIES:
    check(families / name)
