#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Importing 13 GB of weights reads their headers alone: the program stays under 100 MB resident.

The checkpoint has LLaMA-7B's config and header, as one file and as shards; the numbers are a hole that no disk has to hold. Skipped
where the file system holds no sparse files. How long it takes is printed, not tested.

Usage: sparse_import_test.py MASE ROOT
"""
import json
import os
import resource
import struct
import subprocess
import sys
import time

from program import MASE, SCRATCH, SKIPPED, expect

HIDDEN, INNER, LAYERS, VOCABULARY = 4096, 11008, 32, 32000
MOST_BYTES = 100 << 20
CONFIG = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "hidden_size": HIDDEN,
          "intermediate_size": INNER, "num_hidden_layers": LAYERS, "num_attention_heads": 32, "vocab_size": VOCABULARY,
          "max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "tie_word_embeddings": False, "torch_dtype": "float16"}


def shapes():
    yield "model.embed_tokens.weight", [VOCABULARY, HIDDEN]
    for layer in range(LAYERS):
        module = f"model.layers.{layer}."
        for name in "qkvo":
            yield f"{module}self_attn.{name}_proj.weight", [HIDDEN, HIDDEN]
        yield module + "mlp.gate_proj.weight", [INNER, HIDDEN]
        yield module + "mlp.up_proj.weight", [INNER, HIDDEN]
        yield module + "mlp.down_proj.weight", [HIDDEN, INNER]
        yield module + "input_layernorm.weight", [HIDDEN]
        yield module + "post_attention_layernorm.weight", [HIDDEN]
    yield "model.norm.weight", [HIDDEN]
    yield "lm_head.weight", [VOCABULARY, HIDDEN]


def write(path, tensors):
    """A safetensors file of F16 whose data is a hole. Its bytes."""
    header, end = {}, 0
    for name, shape in tensors:
        begin, end = end, end + 2 * shape[0] * (shape[1] if len(shape) == 2 else 1)
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + end)
    if os.stat(path).st_blocks * 512 > 1 << 24:
        print("skipped: this file system fills the holes of sparse files")
        sys.exit(SKIPPED)
    return end


def check(name, shards):
    folder = SCRATCH / name
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG))
    tensors, total, index = list(shapes()), 0, {}
    try:
        for shard in range(shards):
            part = tensors[shard::shards]
            file = f"model-{shard + 1:05}-of-{shards:05}.safetensors" if shards > 1 else "model.safetensors"
            total += write(folder / file, part)
            index.update({tensor: file for tensor, _ in part})
    except OSError as error:
        print(f"skipped: no sparse file of 13 GB here: {error}")
        sys.exit(SKIPPED)
    if shards > 1:
        (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": index}))
    expect(total > 13.4e9, f"the weights are {total} bytes")
    start = time.monotonic()
    result = subprocess.run([MASE, "import", folder, "-o", SCRATCH / f"{name}.mlir"], capture_output=True, text=True)
    seconds = time.monotonic() - start
    expect(result.returncode == 0, f"{name}: {result.stderr}")
    # Of all programs so far: the first is checked by itself, the second is no larger or seen.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    expect(peak < MOST_BYTES, f"{name}: {peak / 1e6:.0f} MB resident")
    text = (SCRATCH / f"{name}.mlir").read_text()
    expect(text.count("mase.linear") == 7 * LAYERS + 1, f"{name}: the IR is not LLaMA-7B's")
    print(f"{name}: {total / 1e9:.1f} GB imported in {seconds:.3f} s, {peak / 1e6:.0f} MB resident")


check("one file", 1)
check("shards", 3)
