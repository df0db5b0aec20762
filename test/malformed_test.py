#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Malformed files of every kind: exit status 2, one line that names the file and the fault, nothing on standard output.

Truncated files, overlapping offsets, overflowing shapes, keys that stand twice, absurd counts, cycles. Each reader's own tests have
more of them; here the whole program is asked.

Usage: malformed_test.py MASE ROOT
"""
import json
import shutil
import struct
import subprocess

from program import MASE, MODEL, SCRATCH, SOURCE, expect

LARGE = 1 << 60
cases = 0


def refused(path, said, *command):
    global cases
    cases += 1
    command = command or ("import", path.parent if path.parent.parent == SCRATCH else path)
    result = subprocess.run([MASE, *map(str, command)], capture_output=True, text=True, timeout=60)
    lines = result.stderr.splitlines()
    expect(result.returncode == 2 and len(lines) == 1 and not result.stdout,
           f"{path}: {said}: status {result.returncode}, {result.stdout[:200]}{result.stderr}")
    expect(str(path) in lines[0] and said in lines[0], f"{path}: not '{said}' but {lines[0]}")


def directory(config=None):
    """A model's folder that a case may spoil: the story model's config."""
    folder = SCRATCH / f"case{cases}"
    folder.mkdir(exist_ok=True)
    text = open(f"{MODEL}/config.json").read() if config is None else config
    (folder / "config.json").write_text(text)
    return folder


def safetensors(said, header, data=b"", length=None):
    text = header.encode()
    path = directory() / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)
    refused(path, said)


def tensor(name, shape, begin, end):
    return json.dumps({name: {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}})[1:-1]


safetensors("is the file truncated", "{" + tensor("a", [2], 0, 8) + "}", bytes(4))
safetensors("says that its header has", "{}", length=LARGE)
safetensors("overlaps another", "{" + tensor("a", [2], 0, 8) + "," + tensor("b", [2], 4, 12) + "}", bytes(12))
safetensors("belong to no tensor", "{" + tensor("a", [1], 0, 4) + "}", bytes(12))
safetensors("is too large", "{" + tensor("a", [1 << 40, 1 << 40], 0, 8) + "}", bytes(8))
safetensors("twice", "{" + tensor("a", [1], 0, 4) + "," + tensor("a", [1], 4, 8) + "}", bytes(8))
safetensors("levels", "{\"a\":" + "[" * 1000 + "]" * 1000 + "}")

shutil.copy(f"{MODEL}/config.json", SCRATCH)
config = open(f"{MODEL}/config.json").read()
refused(directory(config.replace("{", '{"vocab_size": 5,', 1)) / "config.json", "twice")
refused(directory(config[: len(config) // 2]) / "config.json", "")
refused(directory(json.dumps(json.loads(config) | {"num_hidden_layers": LARGE})) / "config.json", "out of range")

gguf = (SOURCE / "fuzz/corpus/gguf/llama.bin").read_bytes()


def spoiltGguf(said, content):
    path = SCRATCH / f"case{cases}.gguf"
    path.write_bytes(content)
    refused(path, said, "import", path)


spoiltGguf("is no GGUF file", b"GGUX" + gguf[4:])
spoiltGguf("passes the end of the file", gguf[:-100])
spoiltGguf("ends inside", gguf[:200])
spoiltGguf("has 0 dimensions", gguf[:8] + struct.pack("<Q", LARGE) + gguf[16:])
spoiltGguf("at byte", gguf[:16] + struct.pack("<Q", LARGE) + gguf[24:])
spoiltGguf("stands twice", gguf.replace(b"tokenizer.ggml.bos_token_id", b"tokenizer.ggml.eos_token_id"))
first = gguf.index(b"token_embd.weight") + len(b"token_embd.weight") + 4
spoiltGguf("no sensible size", gguf[:first] + struct.pack("<Q", LARGE) + gguf[first + 8:])
second = gguf.index(b"output_norm.weight") + len(b"output_norm.weight") + 4 + 8 + 4
spoiltGguf("overlap", gguf[:second] + struct.pack("<Q", 0) + gguf[second + 8:])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value):
    return bytes([value & 127 | 128]) + varint(value >> 7) if value > 127 else bytes([value])


def onnx(said, graph, behind=b""):
    path = directory() / "model.onnx"
    path.write_bytes(field(7, graph) + field(8, field(2, 20)) + behind)
    refused(path, said)


def node(op, reads, makes):
    return field(1, field(1, reads) + field(2, makes) + field(3, b"n") + field(4, op))


def initializer(*sizes, data=b""):
    return field(5, b"".join(field(1, size) for size in sizes) + field(2, 1) + field(8, b"t") + field(9, data))


onnx("is in a cycle", node(b"Relu", b"a", b"b") + node(b"Relu", b"b", b"a"))
onnx("which nothing makes", node(b"Relu", b"a", b"b"))
onnx("is truncated", initializer(1, data=bytes(4)), field(7, bytes(100))[:50])
onnx("no sensible shape", initializer(LARGE, LARGE))
onnx("has 1 elements in the file", initializer(1 << 40, data=bytes(4)))
onnx("stands twice", initializer(1, data=bytes(4)) + initializer(1, data=bytes(4)))
onnx("has no output logits", initializer(1, data=bytes(4)))

tokens = directory() / "tokenizer.json"
tokens.write_text('{"version": "1.0", "version": "1.0"}')
refused(tokens, "twice", "tokenize", tokens.parent, SOURCE / "README.md")
formats = SCRATCH / "formats.toml"
formats.write_text('"*" = { weight = "mxint4" }\n"*" = { weight = "mxint5" }\n')
refused(formats, "formats.toml:2", "quantize", MODEL, "--config", formats, "-o", SCRATCH / "q.mlir")
formats.write_text('"*" = { weight = "mx\\nint\\u001b[2J" }\n')
refused(formats, "format 'mx\\nint\\x1b[2J' does not exist", "quantize", MODEL, "--config", formats, "-o", SCRATCH / "q.mlir")
print(f"{cases} malformed files are refused in one line")
