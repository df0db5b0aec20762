#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The training step of train.cpp in eager PyTorch, as well as one writes it by hand.

Usage: torch_peer.py MODEL IDS SEQUENCES CONTEXT BITS RATE     (train.cpp starts it)

All sequences are one batch; attention is torch's fused one; an input that several linears read is quantised once; the
gradient passes the rounding and stops where it clamps; AdamW is torch's own for all tensors together.
Answers each line of its input, a number of threads, with the loss of the step it then takes.
"""
import json
import struct
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

BLOCK = 32


def read_checkpoint(path):
    """Every tensor of a safetensors file, in fp32, to be trained."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    types = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            raw = torch.frombuffer(bytearray(data[begin:end]), dtype=types[entry["dtype"]])
            tensors[name] = raw.reshape(entry["shape"]).float().contiguous().requires_grad_()
    return tensors


def quantize(x, bits):
    """MXInt of `bits` bits in blocks of 32 along the last dimension, straight through for the gradient."""
    with torch.no_grad():
        largest = x.reshape(-1, BLOCK).abs().amax(-1, keepdim=True)
        exponent = largest.view(torch.int32).bitwise_right_shift_(23).clamp_(min=24)
        step = (exponent - (bits - 2)).bitwise_left_shift_(23).view(torch.float32)
        per_step = (254 + bits - 2 - exponent).bitwise_left_shift_(23).view(torch.float32)
        limit = 2 ** (bits - 1) - 1
    clamped = (x.reshape(-1, BLOCK) * per_step).clamp(-limit, limit)
    with torch.no_grad():
        rounding = clamped.round() - clamped
    return ((clamped + rounding) * step).view(x.shape)


class Llama:
    def __init__(self, directory, context, bits):
        config = json.loads((directory / "config.json").read_text())
        self.tensors = read_checkpoint(directory / "model.safetensors")
        self.layers = config["num_hidden_layers"]
        self.heads, self.kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
        self.head = config.get("head_dim") or config["hidden_size"] // self.heads
        self.epsilon = config["rms_norm_eps"]
        self.bits = bits
        self.embeddings = self.tensors["model.embed_tokens.weight"]
        base = config.get("rope_parameters", config)["rope_theta"]
        frequencies = base ** -(torch.arange(0, self.head, 2).double() / self.head)
        angles = torch.outer(torch.arange(context).double(), frequencies).repeat(1, 2)
        self.cos, self.sin = angles.cos().float(), angles.sin().float()

    def linear(self, x, name):
        weight = self.tensors.get(name + ".weight", self.embeddings)
        return F.linear(x, quantize(weight, self.bits))

    def norm(self, x, name):
        return F.rms_norm(x, x.shape[-1:], self.tensors[name + ".weight"], self.epsilon)

    def rotate(self, x):
        low, high = x.chunk(2, -1)
        return x * self.cos + torch.cat((-high, low), -1) * self.sin

    def attention(self, x, at):
        batch, length, _ = x.shape
        x = quantize(x, self.bits)

        def heads(name, count):
            return self.linear(x, at + name).view(batch, length, count, self.head).transpose(1, 2)

        q, k = self.rotate(heads("q_proj", self.heads)), self.rotate(heads("k_proj", self.kv_heads))
        v, group = heads("v_proj", self.kv_heads), self.heads // self.kv_heads
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(batch, length, -1)
        return self.linear(quantize(mixed, self.bits), at + "o_proj")

    def mlp(self, x, at):
        x = quantize(x, self.bits)
        hidden = F.silu(self.linear(x, at + "gate_proj")) * self.linear(x, at + "up_proj")
        return self.linear(quantize(hidden, self.bits), at + "down_proj")

    def loss(self, inputs, targets):
        x = F.embedding(inputs, self.embeddings)
        for i in range(self.layers):
            at = f"model.layers.{i}."
            x = x + self.attention(self.norm(x, at + "input_layernorm"), at + "self_attn.")
            x = x + self.mlp(self.norm(x, at + "post_attention_layernorm"), at + "mlp.")
        logits = self.linear(quantize(self.norm(x, "model.norm"), self.bits), "lm_head")
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def main():
    directory, ids_file = Path(sys.argv[1]), Path(sys.argv[2])
    sequences, context, bits = (int(argument) for argument in sys.argv[3:6])
    ids = torch.frombuffer(bytearray(ids_file.read_bytes()), dtype=torch.int32).long()
    inputs, targets = ids[:-1].view(sequences, context), ids[1:].view(sequences, context)
    model = Llama(directory, context, bits)
    weights = list(model.tensors.values())
    optimizer = torch.optim.AdamW(weights, lr=float(sys.argv[6]), betas=(0.9, 0.95), eps=1e-8, weight_decay=0.0)
    print(f"torch {torch.__version__}", flush=True)
    for request in sys.stdin:
        torch.set_num_threads(int(request))
        optimizer.zero_grad()
        loss = model.loss(inputs, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        print(f"{loss.item():.6f}", flush=True)


if __name__ == "__main__":
    main()
