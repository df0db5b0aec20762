#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes a faulty copy of a model directory: links to its files, save those that are edited.

Edits:  cut FILE BYTES         keep the first BYTES bytes (negative: leave out so many at the end)
        text FILE TEXT         the whole content
        key FILE KEY JSON      a value of a JSON file; KEY may go down by dots
        shape NAME JSON        the shape that the safetensors header gives a tensor
        drop FILE              leave the file out

Usage: edit_model.py SOURCE DESTINATION [EDIT ...]
"""
import json
import pathlib
import shutil
import sys

source, destination = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
shutil.rmtree(destination, ignore_errors=True)
destination.mkdir(parents=True)
for path in source.iterdir():
    (destination / path.name).symlink_to(path)


def rewrite(name, content):
    path = destination / name
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def edit(kind, arguments):
    name = "model.safetensors" if kind == "shape" else arguments.pop(0)
    if kind == "drop":
        return (destination / name).unlink()
    if kind == "text":
        return rewrite(name, arguments.pop(0).encode())
    content = (destination / name).read_bytes()
    if kind == "cut":
        return rewrite(name, content[: int(arguments.pop(0))])
    if kind == "key":
        document = json.loads(content)
        *path, last = arguments.pop(0).split(".")
        value = document
        for key in path:
            value = value[int(key)] if isinstance(value, list) else value[key]
        value[last] = json.loads(arguments.pop(0))
        return rewrite(name, json.dumps(document).encode())
    if kind == "shape":
        size = int.from_bytes(content[:8], "little")
        header = json.loads(content[8 : 8 + size])
        tensor, shape = arguments.pop(0), arguments.pop(0)
        header[tensor]["shape"] = json.loads(shape)
        text = json.dumps(header).encode()
        return rewrite(name, len(text).to_bytes(8, "little") + text + content[8 + size :])
    sys.exit(f"edit_model: unknown edit '{kind}'")


rest = sys.argv[3:]
while rest:
    edit(rest.pop(0), rest)
