#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The story model computes what Hugging Face's own implementation recorded in models/llama-stories-1m/golden.json.

Losses on eval.txt: float is transformers' own; mxint8 and mxint4 are those of an independent emulator of the OCP formats,
wider because ties and the order of sums differ. With `valid` the loss on the whole validation text is checked, which lies outside
the tree: MASE_SHARED names the folder that has data/tinystories/valid.txt.
"""
import json
import os
import pathlib
import sys

from program import MODEL, SKIPPED, TEXT, expect, mase_json

golden = json.loads((pathlib.Path(MODEL) / "golden.json").read_text())


def loss(*options, data=TEXT):
    return mase_json("eval", MODEL, "--data", data, *options)


def near(what, value, expected, tolerance):
    expect(abs(value - expected) <= tolerance, f"{what} is {value}, not {expected} +- {tolerance}")
    print(f"{what}: {value:.6g} (expected {expected:.6g} +- {tolerance})")


if "valid" in sys.argv:
    text = pathlib.Path(os.environ.get("MASE_SHARED", "")) / golden["eval_text"]
    if "MASE_SHARED" not in os.environ or not text.exists():
        print("skipped: MASE_SHARED does not name a folder with " + golden["eval_text"])
        sys.exit(SKIPPED)
    result = loss(data=text)
    near("float loss on valid.txt", result["loss"], golden["eval_loss_nats_per_token_seq512"], 5e-4)
    near("bits a byte", result["bits_per_byte"], golden["bits_per_byte"], 5e-4)
    sys.exit(0)

expect(len(golden["cases"]) == 3, "golden.json has not its three cases")
for case in golden["cases"]:
    prompt = case["prompt_ids"]
    new = len(case["greedy_ids"]) - (len(prompt) if case["greedy_ids"][: len(prompt)] == prompt else 0)
    generated = mase_json("generate", MODEL, case["prompt"], "--tokens", new)
    expected = case["greedy_ids"] if new < len(case["greedy_ids"]) else prompt + case["greedy_ids"]
    expect(generated["ids"] == expected, f"{case['prompt']!r} goes on with {generated['ids']}, not {expected}")
    expect(generated["text"] in (case["greedy_text"], case["prompt"] + case["greedy_text"]), f"the text is {generated['text']!r}")
    logits = mase_json("logits", MODEL, "--ids", ",".join(map(str, prompt)))["last"]
    expect(len(logits) == len(case["last_logits"]), "another vocabulary")
    worst = max(abs(a - b) for a, b in zip(logits, case["last_logits"]))
    near(f"logits of {case['prompt']!r}: largest difference", worst, 0, 2e-3)

near("float loss", loss()["loss"], 2.1870, 5e-4)
near("mxint8 loss", loss("--format", "mxint8")["loss"], 2.1856, 3e-3)
near("mxint4 loss", loss("--format", "mxint4")["loss"], 2.3749, 8e-3)
