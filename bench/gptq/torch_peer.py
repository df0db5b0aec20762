#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""GPTQ of one linear to mxint4 in PyTorch: a column at a time, lazily over batches of 128 columns, as the paper describes.

Usage: torch_peer.py FILE OUT IN DAMPING     (gptq.cpp starts it; FILE holds weights and second moments, fp32)
Answers each line of its input, a number of threads, with the squared error of the first 64 outputs.
"""
import sys

import torch

BLOCK, BATCH = 32, 128


def gptq(weight, moments, damping):
    w, h = weight.clone(), moments.clone()
    q = torch.empty_like(w)
    h.diagonal().add_(damping * h.diagonal().mean())
    u = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(h)), upper=True)
    columns = w.shape[1]
    for first in range(0, columns, BATCH):
        last = min(first + BATCH, columns)
        part, errors, inner = w[:, first:last].clone(), torch.empty_like(w[:, first:last]), u[first:last, first:last]
        for i in range(last - first):
            if (first + i) % BLOCK == 0:
                largest = part[:, i : i + BLOCK].abs().amax(1)
                step = torch.exp2(torch.floor(torch.log2(largest.clamp_min(1e-30)))) / 4
            column = part[:, i]
            rounded = torch.clamp(torch.round(column / step), -7, 7) * step
            q[:, first + i] = rounded
            error = (column - rounded) / inner[i, i]
            part[:, i:].addr_(error, inner[i, i:], alpha=-1)
            errors[:, i] = error
        w[:, last:].addmm_(errors, u[first:last, last:], alpha=-1)
    return q


def main():
    path, out, inputs, damping = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    values = torch.frombuffer(bytearray(open(path, "rb").read()), dtype=torch.float32)
    weight, moments = values[: out * inputs].view(out, inputs), values[out * inputs :].view(inputs, inputs)
    print(f"torch {torch.__version__}", flush=True)
    with torch.inference_mode():
        for line in sys.stdin:
            torch.set_num_threads(int(line))
            difference = (gptq(weight, moments, damping) - weight)[:64]
            print(float((difference @ moments * difference).sum()), flush=True)


if __name__ == "__main__":
    main()
