#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Records what the package `gguf` (numpy) decodes from random blocks of each element type that MASE reads.

Usage: record_gguf_blocks.py OUT.json        (pip install gguf)
Scales are finite and small, all other bits random; two blocks a type, from a fixed seed.
"""
import json
import sys

import gguf
import numpy as np

# Type, and where in a block its fp16 scales stand.
TYPES = {"F32": [], "F16": [], "BF16": [], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
         "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "IQ4_NL": [0], "MXFP4": []}


def main():
    random = np.random.default_rng(7)
    recorded = {}
    for name, scales in TYPES.items():
        kind = gguf.GGMLQuantizationType[name]
        elements, size = gguf.GGML_QUANT_SIZES[kind]
        count = 2 if elements > 1 else 16
        if elements == 1:
            values = random.normal(size=count).astype(np.float32)
            raw = gguf.quantize(values, kind).view(np.uint8).reshape(count, size)
        else:
            raw = random.integers(0, 256, (count, size), dtype=np.uint8)
            for at in scales:
                scale = random.normal(scale=0.1, size=count).astype(np.float16)
                raw[:, at:at + 2] = scale.view(np.uint8).reshape(count, 2)
            if name == "MXFP4":
                raw[:, 0] = [120, 1]
        decoded = gguf.dequantize(raw.reshape(1, -1).view(np.float32) if name == "F32" else raw.reshape(1, -1), kind)
        recorded[name] = {"id": int(kind), "bytes": raw.tobytes().hex(),
                          "values": decoded.astype("<f4").ravel().view("<u4").tolist()}
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump(recorded, out)
        out.write("\n")


main()
