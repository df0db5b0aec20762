#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The work of language_model.cpp by Hugging Face transformers in eager PyTorch, fp32.

Usage: torch_peer.py MODEL IDS PROMPT DECODED     (language_model.cpp starts it; IDS: int32, native order)

Requests and answers as in llama_peer.py. Attention is PyTorch's fused one; of a prompt only the last token's logits are
computed; keys and values are kept between calls.
"""
import sys
from pathlib import Path

import numpy as np
import torch
import transformers
from transformers import AutoModelForCausalLM, DynamicCache


class Peer:
    def __init__(self, path, prompt, decoded):
        self.prompt, self.decoded = prompt, decoded
        self.model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32, attn_implementation="sdpa").eval()
        self.cache = None

    def evaluate(self, ids):
        inputs = torch.tensor([ids])
        return self.model(inputs, past_key_values=self.cache, use_cache=True, logits_to_keep=1).logits[0, -1]

    def answer(self, work, ids, threads):
        torch.set_num_threads(threads)
        if work == "prompt":
            self.cache = DynamicCache(config=self.model.config)
            return self.evaluate(ids[: self.prompt]).argmax().item()
        # Negative: so many tokens less.
        surplus = self.cache.get_seq_length() - self.prompt
        if surplus > 0:
            self.cache.crop(-surplus)
        loss = 0.0
        for i in range(self.prompt, self.prompt + self.decoded):
            logits = self.evaluate(ids[i : i + 1])
            if work == "loss":
                loss -= logits.double().log_softmax(-1)[ids[i + 1]].item()
        return f"{loss / self.decoded:.6f}"


def main():
    path, ids_file = Path(sys.argv[1]), sys.argv[2]
    prompt, decoded = (int(argument) for argument in sys.argv[3:5])
    ids = np.fromfile(ids_file, dtype=np.int32).tolist()
    size = prompt + decoded + 1
    with torch.inference_mode():
        peer = Peer(path, prompt, decoded)
        print(f"torch {torch.__version__}, transformers {transformers.__version__}", flush=True)
        for request in sys.stdin:
            work, window, threads = request.split()
            print(peer.answer(work, ids[int(window) * size : (int(window) + 1) * size], int(threads)), flush=True)


if __name__ == "__main__":
    main()
