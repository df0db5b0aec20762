#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`mase eval` on questions against recorded splits and log-likelihoods of transformers (scripts/record_zeroshot_cases.py).

Each shape of questions at level float; then that emulation and bit-true arithmetic answer too, and threads change nothing.

Usage: zeroshot_test.py MASE ROOT
"""
import json
import pathlib

from program import MODEL, SOURCE, expect, mase_json

for shape in ("questions", "continuations", "schemas"):
    data = pathlib.Path(MODEL) / f"{shape}.jsonl"
    golden = json.loads((SOURCE / f"test/testdata/zeroshot_{shape}.json").read_text())["questions"]
    found = mase_json("eval", MODEL, "--data", data)
    expect(found["task"] == shape and found["examples"] == len(golden), f"{shape}: {found['examples']} examples")
    right = 0
    for number, (question, mine) in enumerate(zip(golden, found["questions"])):
        choices = question["choices"]
        expect(mine["gold"] == question["gold"], f"{shape}: gold of {number}")
        expect(mine["tokens"] == [len(c["continuation"]) for c in choices], f"{shape}: split of {number}: {mine['tokens']}")
        expect(mine["greedy"] == [c["greedy"] for c in choices], f"{shape}: greedy of {number}: {mine['greedy']}")
        for choice, value in zip(choices, mine["log_likelihoods"]):
            expect(abs(choice["log_likelihood"] - value) < 1e-4, f"{shape}: {number}: {value}, not {choice['log_likelihood']}")
        answer = max(range(len(choices)), key=lambda i: choices[i]["log_likelihood"])
        expect(mine["answer"] == answer, f"{shape}: answer of {number}")
        right += answer == question["gold"] if len(choices) > 1 else choices[0]["greedy"]
    expect(abs(found["accuracy"] - right / len(golden)) < 1e-9, f"{shape}: accuracy {found['accuracy']}")
    for level in ("emulated", "bit-true"):
        other = mase_json("eval", MODEL, "--data", data, "--format", "mxint8", "--level", level)
        expect(other["level"] == level and other["loss"] != found["loss"], f"{shape} at {level}")
        expect(abs(other["loss"] - found["loss"]) < 0.05 * found["loss"] + 0.05, f"{shape} at {level}: loss {other['loss']}")
    one = mase_json("--threads", "1", "eval", MODEL, "--data", data)
    expect(dict(one, seconds=0) == dict(found, seconds=0), f"{shape}: threads change the result")
print("three shapes agree with transformers")
