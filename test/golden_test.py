#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The story models compute what Hugging Face's own implementation recorded in models/*/golden.json.

Losses on eval.txt: float is transformers' own; mxint8 and mxint4 are those of an independent emulator of the OCP formats,
wider because ties and the order of sums differ. With `valid` the loss on the whole validation text is checked, which lies outside
the tree: MASE_SHARED names the folder that has data/tinystories/valid.txt.
"""
import json
import os
import pathlib
import sys

from program import SKIPPED, SOURCE, expect, mase_json

# Losses on the model's eval.txt: format, expected, tolerance.
LOSSES = {
    "llama-stories-1m": [(None, 2.1870, 5e-4), ("mxint8", 2.1856, 3e-3), ("mxint4", 2.3749, 8e-3)],
    "opt-stories-1m": [(None, 2.24976, 5e-4), ("mxint8", 2.2488, 3e-3), ("mxint4", 3.299, 2e-2)],
}


def near(what, value, expected, tolerance):
    expect(abs(value - expected) <= tolerance, f"{what} is {value}, not {expected} +- {tolerance}")
    print(f"{what}: {value:.6g} (expected {expected:.6g} +- {tolerance})")


def check_case(model, case):
    """Greedy ids, their text, and the logits behind the prompt."""
    prompt = case["prompt_ids"]
    new = len(case["greedy_ids"]) - (len(prompt) if case["greedy_ids"][: len(prompt)] == prompt else 0)
    generated = mase_json("generate", model, case["prompt"], "--tokens", new)
    expected = case["greedy_ids"] if new < len(case["greedy_ids"]) else prompt + case["greedy_ids"]
    expect(generated["ids"] == expected, f"{case['prompt']!r} goes on with {generated['ids']}, not {expected}")
    expect(generated["text"] in (case["greedy_text"], case["prompt"] + case["greedy_text"]), f"the text is {generated['text']!r}")
    logits = mase_json("logits", model, "--ids", ",".join(map(str, prompt)))["last"]
    expect(len(logits) == len(case["last_logits"]), "another vocabulary")
    worst = max(abs(a - b) for a, b in zip(logits, case["last_logits"]))
    near(f"logits of {case['prompt']!r}: largest difference", worst, 0, 2e-3)


def check_model(name):
    model = SOURCE / "models" / name
    golden = json.loads((model / "golden.json").read_text())
    print(f"{name}:")
    expect(len(golden["cases"]) == 3, "golden.json has not its three cases")
    for case in golden["cases"]:
        check_case(model, case)
    for format, expected, tolerance in LOSSES[name]:
        options = ["--format", format] if format else []
        result = mase_json("eval", model, "--data", model / "eval.txt", *options)
        near(f"{format or 'float'} loss", result["loss"], expected, tolerance)


def check_valid(name):
    """The loss on the whole validation text; False when it is not there."""
    model = SOURCE / "models" / name
    golden = json.loads((model / "golden.json").read_text())
    text = pathlib.Path(os.environ.get("MASE_SHARED", "")) / golden["eval_text"]
    if "MASE_SHARED" not in os.environ or not text.exists():
        print("skipped: MASE_SHARED does not name a folder with " + golden["eval_text"])
        return False
    result = mase_json("eval", model, "--data", text)
    near(f"{name}: float loss on valid.txt", result["loss"], golden["eval_loss_nats_per_token_seq512"], 5e-4)
    near(f"{name}: bits a byte", result["bits_per_byte"], golden["bits_per_byte"], 5e-4)
    return True


if "valid" in sys.argv:
    sys.exit(0 if all([check_valid(name) for name in LOSSES]) else SKIPPED)
for name in LOSSES:
    check_model(name)
