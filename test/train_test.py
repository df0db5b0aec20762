#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A training gives the same bytes on any number of threads, and when SIGKILL stops it at any moment and it goes on.

Its result is a folder that every command takes; the loss falls, and so does what the formats cost.
"""
import signal
import subprocess
import time

from program import MASE, MODEL, SCRATCH, expect, mase, mase_json, short_text

STEPS = 12


def arguments(name, *more):
    return ["train", MODEL, "--data", short_text(20000), "--format", "mxint4", "--steps", STEPS, "--batch", 3, "--context", 64,
            "--distill", 0.5, "--checkpoint", 1, "-o", SCRATCH / name, *more]


def files(name):
    return {path.name: path.read_bytes() for path in sorted((SCRATCH / name).iterdir())}


def kill_once_written(name, checkpoints):
    """Starts the training and kills it when its checkpoint was written so many times. Whether it was still at work."""
    file = SCRATCH / f"{name}.checkpoint"
    process = subprocess.Popen([MASE, *map(str, arguments(name))], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seen, last = 0, None
    while process.poll() is None and seen < checkpoints:
        try:
            now = file.stat().st_ino
            seen, last = seen + (now != last), now
        except FileNotFoundError:
            pass
        time.sleep(0.0005)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


report = mase_json(*arguments("whole", "--threads", 1, "--test", short_text(20000)))
expect(report["last_loss"] < report["first_loss"], f"the loss does not fall: {report}")
expect(report["test"]["float_loss"] < report["test"]["loss"] < report["test"]["plain_loss"], f"nothing is gained: {report}")
expect(abs(report["average_bits"]["all"] - 4.25) < 0.01, f"average bits {report['average_bits']}")
whole = files("whole")
expect({"config.json", "formats.toml", "model.safetensors", "tokenizer.json", "training.json", "loss.svg"} <= set(whole), f"files {set(whole)}")
expect(not (SCRATCH / "whole.checkpoint").exists(), "the checkpoint is left behind")
expect(b'"tie_word_embeddings": true' in whole["config.json"], "the head is tied no longer")

mase(*arguments("threads", "--threads", 3))
for name, kills in {"early": [1], "thrice": [2, 3, 2]}.items():
    in_time = [kill_once_written(name, checkpoints) for checkpoints in kills]
    expect(any(in_time), f"{name}: no kill came in time")
    mase(*arguments(name))
for name in ["threads", "early", "thrice"]:
    other = files(name)
    for file in whole:
        if file != "training.json":  # of the whole one it holds the test, too
            expect(other[file] == whole[file], f"{name}: {file} differs")
    expect(other["training.json"] == files("threads")["training.json"], f"{name}: the report differs")

text = ["--data", short_text(20000), "--json"]
formats = ["--config", SCRATCH / "whole/formats.toml"]
plain, trained = mase_json("eval", MODEL, *text[:-1], "--format", "mxint4"), mase_json("eval", SCRATCH / "whole", *text[:-1], *formats)
expect(trained["loss"] < plain["loss"], f"the folder has a loss of {trained['loss']}, {plain['loss']} untrained")
print("ok")
