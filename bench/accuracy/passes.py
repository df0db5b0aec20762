#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What passes after training leave of the loss that four bits add, as Markdown and JSON: the table of docs/passes.md.

Each row is a format of at most 4.25 bits for all weights and inputs, and passes in order. They see the first third of the model's eval.txt,
losses are of the rest. 100 % is what mxint4 (1x32) adds without passes. Nothing is random but rotations, whose seed is 1.
Usage: passes.py MASE [-o FOLDER] [MODEL...], models as folders with an eval.txt; writes passes.md and passes.json.
"""
import argparse
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODELS = ["models/llama-stories-1m", "models/opt-stories-1m"]
UNIT = "mxint4"
RUNS = [
    ("mxint4", []),
    ("mxint4", ["scales"]),
    ("mxint4", ["smooth"]),
    ("mxint4", ["reorder"]),
    ("mxint4", ["centre"]),
    ("mxint4", ["bias"]),
    ("mxint4", ["rotate"]),
    ("mxint4", ["gptq:target=own,scales=largest"]),
    ("mxint4", ["gptq:target=own"]),
    ("mxint4", ["gptq"]),
    ("mxint4", ["rotate", "gptq"]),
    ("mxint4", ["rotate", "centre", "gptq"]),
    ("mxint4", ["rotate", "centre", "reorder", "gptq"]),
    ("mxfp4", []),
    ("mxfp4", ["rotate", "centre", "reorder", "gptq"]),
    ("nvfp4:1x32", []),
    ("nvfp4:1x32", ["gptq"]),
    ("nvfp4:1x32", ["centre", "gptq"]),
    ("nvfp4:1x32", ["rotate", "centre", "reorder", "gptq"]),
]


def measure(mase, model, fmt, passes):
    options = [word for name in passes or ["scales"] for word in ("--pass", name)]
    command = [mase, "optimize", model, "--data", model / "eval.txt", "--format", fmt, "--keep-all", "--json", *options]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if not passes:
        result["loss"] = result["plain_loss"]
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mase", type=Path)
    parser.add_argument("models", nargs="*", type=Path, default=[ROOT / name for name in MODELS])
    parser.add_argument("-o", "--output", type=Path, default=Path("out"))
    arguments = parser.parse_args()
    rows = [{"format": fmt, "passes": passes} for fmt, passes in RUNS]
    units = {}
    for model in arguments.models:
        for row in rows:
            result = measure(arguments.mase, model, row["format"], row["passes"])
            added = result["loss"] - result["float_loss"]
            if row["format"] == UNIT and not row["passes"]:
                units[model.name] = {"float_loss": result["float_loss"], "added": added}
            row["bits"] = result["average_bits"]["all"]
            row[model.name] = {"loss": result["loss"], "left": added / units[model.name]["added"]}
            print(model.name, row["format"], row["passes"], f"{100 * row[model.name]['left']:.1f} %", flush=True)
    names = [model.name for model in arguments.models]
    lines = ["| format, bits | passes | " + " | ".join(names) + " |", "|---|---|" + "---|" * len(names)]
    for row in rows:
        cells = [f"{row[name]['loss']:.4f}, {100 * row[name]['left']:.0f} %" for name in names]
        lines.append(f"| `{row['format']}`, {row['bits']:.2f} | {', '.join(row['passes']) or 'none'} | {' | '.join(cells)} |")
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "passes.md").write_text("\n".join(lines) + "\n")
    (arguments.output / "passes.json").write_text(json.dumps({"models": units, "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
