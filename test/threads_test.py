#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Same input, same seed, same bytes: one, two and five threads give the same losses, studies, files and designs."""
import hashlib
import sqlite3

from program import MODEL, SCRATCH, expect, mase, mase_json, short_text

text = short_text()
few = ["--data", text, "--context", 64]


def without(result, *keys):
    return {key: value for key, value in result.items() if key not in keys}


def contents(folder):
    """Digests of the files below a folder, by name."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def trials(database):
    """All that a study says but its times."""
    with sqlite3.connect(database) as connection:
        return [connection.execute(query).fetchall() for query in (
            "SELECT number, state FROM trials ORDER BY number",
            "SELECT trial_id, param_name, param_value FROM trial_params ORDER BY 1, 2",
            "SELECT trial_id, objective, value FROM trial_values ORDER BY 1, 2",
            "SELECT trial_id, key, value_json FROM trial_user_attributes WHERE key NOT LIKE '%seconds%' ORDER BY 1, 2")]


def everything(threads):
    here = SCRATCH / f"threads-{threads}"
    here.mkdir()
    option = ["--threads", threads]
    result = {}
    for name, formats in (("float", []), ("mxint4", ["--format", "mxint4"])):
        result[f"eval {name}"] = without(mase_json("eval", MODEL, *few, *formats, *option), "seconds")
    result["long prompt"] = mase_json("logits", MODEL, "--ids", ",".join(map(str, range(1, 500))), "--format", "mxint6", *option)
    for sampler in ("groups", "tpe", "random"):
        found = mase_json("search", MODEL, *few, "--sampler", sampler, "--trials", 10, "--study", here / f"{sampler}.db",
                          "-o", here / f"{sampler}.toml", *option)
        result[f"search {sampler}"] = without(found, "seconds")
        result[f"formats {sampler}"] = (here / f"{sampler}.toml").read_text()
        result[f"study {sampler}"] = trials(here / f"{sampler}.db")
    design = here / "rtl"
    mase("emit", MODEL, "--config", here / "groups.toml", "--device", "kv260", "--data", text.parent / "long.txt", "--rows", 2,
         "-o", design, *option)
    result["design"] = contents(design)
    return result


(text.parent / "long.txt").write_bytes(text.read_bytes())
first = everything(1)
expect(len(first["design"]) > 100 and len(first["study tpe"][0]) == 10, "the outputs are not there")
for threads in (2, 5):
    other = everything(threads)
    for what, value in first.items():
        expect(other[what] == value, f"{what}: {threads} threads give another result than one")
print(f"{len(first)} results and {len(first['design'])} files of a design: equal with 1, 2 and 5 threads")
