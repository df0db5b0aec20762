#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tiny random models of each architecture compute what Hugging Face's own classes recorded of them.

models/families has those that are small; with `shared` all are checked, which lie outside the tree: MASE_SHARED names the folder that
has models/families. Each model has a golden.json. Checked of both its cases are the last logits, to 1e-4 of the largest and within the
recorded tolerance, sum and absolute sum over all positions, and tokens chosen greedily.
"""
import json
import os
import pathlib
import sys

from program import SKIPPED, SOURCE, expect, mase_json

# In the tree, and beside them outside it.
SMALL = ["llama3-rope-v4config", "mistral", "qwen2", "qwen3", "gpt2-published-names", "gpt_neox", "roberta", "distilbert", "phi3",
         "gemma2"]
OTHERS = ["llama", "llama3-rope", "opt", "opt-350m-style", "gpt2", "bert"]
RELATIVE = 1e-4


def logits(model, ids, types=None):
    options = ["--token-types", ",".join(map(str, types))] if types else []
    return mase_json("logits", model, "--ids", ",".join(map(str, ids)), *options)


def check_sums(name, found, case, places):
    """Sums are recorded to nine digits, and run over all positions. Of classifiers there are none."""
    for key, recorded in (("sum", "logits_sum"), ("abs_sum", "logits_abs_sum")):
        if recorded in case:
            expect(abs(found[key] - case[recorded]) <= places, f"{name}: {key} is {found[key]}, not {case[recorded]}")


def check_greedy(model, ids, expected):
    for token in expected:
        last = logits(model, ids)["last"]
        chosen = max(range(len(last)), key=last.__getitem__)
        expect(chosen == token, f"{model.name}: token {len(ids)} is {chosen}, not {token}")
        ids = ids + [chosen]


def check(model, greedy):
    golden = json.loads((model / "golden.json").read_text())
    tolerance, worst = golden["suggested_tolerance"], 0
    expect(len(golden["cases"]) == 2, f"{model.name}: golden.json has not its two cases")
    for case in golden["cases"]:
        ids = case["input_ids"]
        found = logits(model, ids, case.get("token_type_ids"))
        off = max(abs(a - b) for a, b in zip(found["last"], case["last_logits"], strict=True))
        relative = off / max(map(abs, case["last_logits"]))
        expect(off <= tolerance, f"{model.name}: logits off by {off}, more than {tolerance}")
        expect(relative <= RELATIVE, f"{model.name}: logits off by {relative} of the largest")
        check_sums(model.name, found, case, tolerance * len(ids) * len(found["last"]))
        check_greedy(model, ids, case.get("greedy_ids", [])[:greedy])
        worst = max(worst, relative)
    print(f"{model.name}: logits within {worst:.2g} of the largest, {min(greedy, len(case.get('greedy_ids', [])))} greedy ids identical")


if "shared" in sys.argv:
    families = pathlib.Path(os.environ.get("MASE_SHARED", "")) / "models/families"
    if "MASE_SHARED" not in os.environ or not families.exists():
        print("skipped: MASE_SHARED does not name a folder with models/families")
        sys.exit(SKIPPED)
    for name in SMALL + OTHERS:
        check(families / name, 16)
else:
    expect(sorted(SMALL) == sorted(folder.name for folder in (SOURCE / "models/families").iterdir()), "models/families holds others")
    for name in SMALL:
        check(SOURCE / "models/families" / name, 2)
