#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Remakes the folders of models/onnx that end in -optimum and -half: tiny random models as optimum's exporter writes them.

NAME-optimum: with caches where the model has them, and of opset 14, before norms were an operator. NAME-half: the same through the converter to
fp16 of ONNX Runtime. golden.json has the logits of Hugging Face's own class in fp32; of NAME-half on weights rounded to fp16.

Needs torch, transformers, optimum-onnx, onnx and onnxruntime. Usage: record_optimum_models.py [FOLDER]
"""
import json
import os
import pathlib
import shutil
import sys
import tempfile
import warnings

import onnx
import onnxruntime
import optimum.version
import torch
import transformers
from onnxruntime.transformers.float16 import convert_float_to_float16
from optimum.exporters.onnx import main_export
from transformers import BertConfig, BertForSequenceClassification, GPT2Config, GPT2LMHeadModel, OPTConfig, OPTForCausalLM

warnings.filterwarnings("ignore")
VOCABULARY, POSITIONS, OPSET = 40, 32, 14
MODELS = {
    "gpt2": (GPT2LMHeadModel, "text-generation-with-past", GPT2Config(
        vocab_size=VOCABULARY, n_embd=16, n_layer=1, n_head=4, n_positions=POSITIONS, bos_token_id=0, eos_token_id=0)),
    "opt": (OPTForCausalLM, "text-generation", OPTConfig(
        vocab_size=VOCABULARY, hidden_size=16, ffn_dim=24, num_hidden_layers=1, num_attention_heads=4, word_embed_proj_dim=16,
        max_position_embeddings=POSITIONS, pad_token_id=1, bos_token_id=2, eos_token_id=2)),
    "bert": (BertForSequenceClassification, "text-classification", BertConfig(
        vocab_size=VOCABULARY, hidden_size=16, intermediate_size=24, num_hidden_layers=1, num_attention_heads=4,
        max_position_embeddings=POSITIONS, num_labels=3)),
}


def golden(name, model):
    cases = []
    for length in (5, 12):
        inputs = {"input_ids": torch.arange(3, 3 + length)[None] * 7 % 37 + 3}
        if name == "bert":
            inputs["token_type_ids"] = (torch.arange(length) >= length // 2).long()[None]
        with torch.no_grad():
            logits = model(**inputs).logits
        case = {key: value[0].tolist() for key, value in inputs.items()}
        cases.append(case | {"last_logits": [round(float(x), 7) for x in (logits[0] if name == "bert" else logits[0, -1])]})
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "optimum": optimum.version.__version__,
                "onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
    return {"cases": cases, "versions": versions, "opset": OPSET}


def write(folder, proto, config, recorded):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    del proto.graph.value_info[:]
    onnx.save(proto, folder / "model.onnx")
    config.to_json_file(folder / "config.json")
    (folder / "golden.json").write_text(json.dumps(recorded, indent=1) + "\n")
    print(folder.name, sum(os.path.getsize(path) for path in folder.iterdir()))


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "models/onnx")
    for name, (kind, task, config) in MODELS.items():
        torch.manual_seed(len(name))
        config.architectures = [kind.__name__]
        model = kind(config).eval()
        for parameter in model.parameters():  # biases and gains are constant when they are new
            parameter.data += 0.1 * torch.randn_like(parameter)
        with tempfile.TemporaryDirectory() as scratch:
            model.save_pretrained(scratch)
            main_export(scratch, pathlib.Path(scratch) / "onnx", task=task, opset=OPSET, do_validation=False, no_post_process=True,
                        library_name="transformers", framework="pt")
            proto = onnx.load(pathlib.Path(scratch) / "onnx/model.onnx")
        write(root / f"{name}-optimum", proto, config, golden(name, model))
        if name != "opt":
            model.half().float()
            write(root / f"{name}-half", convert_float_to_float16(proto, keep_io_types=True), config, golden(name, model))


main()
