#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The work of language_model.cpp by llama.cpp, through llama-cpp-python's bindings of its C interface.

Usage: llama_peer.py GGUF IDS PROMPT DECODED     (language_model.cpp starts it; IDS: int32, native order)

Answers each line of its input: `prompt WINDOW THREADS` evaluates a prompt at once, with the logits of its last token;
`decode WINDOW THREADS` goes on token by token from where the window's prompt ended; `loss WINDOW THREADS` does the same
and answers with the loss of what follows. llama.cpp's settings are its own defaults: flash attention where it sees fit,
keys and values in fp16, weights mapped and rearranged for the processor.
"""
import ctypes
import sys

import llama_cpp
import numpy as np


class Peer:
    def __init__(self, path, prompt, decoded):
        self.prompt, self.decoded = prompt, decoded
        llama_cpp.llama_log_set(QUIET, None)
        llama_cpp.llama_backend_init()
        parameters = llama_cpp.llama_model_default_params()
        self.model = llama_cpp.llama_model_load_from_file(path.encode(), parameters)
        settings = llama_cpp.llama_context_default_params()
        settings.n_ctx = prompt + decoded
        settings.n_batch = settings.n_ubatch = prompt
        self.context = llama_cpp.llama_init_from_model(self.model, settings)
        self.memory = llama_cpp.llama_get_memory(self.context)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self.model))

    def evaluate(self, ids):
        tokens = (ctypes.c_int32 * len(ids))(*ids)  # the batch only points at them
        if llama_cpp.llama_decode(self.context, llama_cpp.llama_batch_get_one(tokens, len(ids))) != 0:
            sys.exit("llama.cpp could not evaluate a batch")

    def logits(self):
        return np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(self.context, -1), (self.vocabulary,))

    def answer(self, work, ids, threads):
        llama_cpp.llama_set_n_threads(self.context, threads, threads)
        if work == "prompt":
            llama_cpp.llama_memory_clear(self.memory, False)
            self.evaluate(ids[: self.prompt])
            return int(self.logits().argmax())
        llama_cpp.llama_memory_seq_rm(self.memory, 0, self.prompt, -1)
        loss = 0.0
        for i in range(self.prompt, self.prompt + self.decoded):
            self.evaluate(ids[i : i + 1])
            logits = self.logits()
            if work == "loss":
                values = logits.astype(np.float64)
                top = values.max()
                loss += top + np.log(np.exp(values - top).sum()) - values[ids[i + 1]]
        return f"{loss / self.decoded:.6f}"


@llama_cpp.llama_log_callback
def QUIET(level, text, user):
    pass


def main():
    path, ids_file = sys.argv[1:3]
    prompt, decoded = (int(argument) for argument in sys.argv[3:5])
    ids = np.fromfile(ids_file, dtype=np.int32).tolist()
    peer = Peer(path, prompt, decoded)
    size = prompt + decoded + 1
    print(f"llama.cpp of llama-cpp-python {llama_cpp.__version__}", flush=True)
    for request in sys.stdin:
        work, window, threads = request.split()
        print(peer.answer(work, ids[int(window) * size : (int(window) + 1) * size], int(threads)), flush=True)


if __name__ == "__main__":
    main()
