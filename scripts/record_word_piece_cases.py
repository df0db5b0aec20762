#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Records what the Hugging Face `tokenizers` library makes of odd texts with WordPiece, for mase/frontend/word_piece_test.cpp.

Needs `pip install tokenizers`. Writes mase/frontend/testdata/word_piece_cases.json: the tokenizer of models/bert-tiny with some more
tokens, and a line for each variant of it; each case is [text, ids, ids without special tokens, decoded].
"""
import json
import pathlib

import tokenizers

root = pathlib.Path(__file__).resolve().parent.parent
tokens = (root / "models/bert-tiny/vocab.txt").read_text().splitlines()
tokens += "\u00e9 caf\u00e9 \u00df ss i\u0307 \u0131 \u65e5 \u672c ##\u672c \u4e2d \u6587 \u0301 ##\u0301 The Film A ' ## ##. ##' don do \u03c3 \u03c2 \u03a3 \u0440\u0443\u0441 ##\u0441\u043a\u0438\u0439 aa ##aa \uac00 \u1100\u1161".split()
vocabulary = {token: id for id, token in enumerate(dict.fromkeys(tokens))}

special = ["[CLS]", "[SEP]"]
base = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": [
        {"id": vocabulary[t], "content": t, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
        for t in ["[PAD]", "[UNK]", *special, "[MASK]"]
    ],
    "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": {
        "type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {t: {"id": t, "ids": [vocabulary[t]], "tokens": [t]} for t in special},
    },
    "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
    "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": vocabulary},
}  # fmt: skip

texts = [
    "", " ", "a", "the film was great .", "The FILM Was GREAT!", "unhappiness isn't filmed", "tab\tnew\nline\r\n", "a  b   c",
    "don't do not , I'm 's n't", "x.y,z;(a-b) \"q\" `b` #$%^&*~|\\ <tag>", "caf\u00e9 CAF\u00c9 cafe\u0301 \u00e9\u0301", "stra\u00dfe STRASSE \u1e9e",
    "\u0130stanbul \u0131i I\u0307", "\u65e5\u672c\u8a9e \u4e2d\u6587\uff0c\u5168\u89d2 a\u4e2db", "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2 \u03a3\u03a3",
    "\u0420\u0443\u0441\u0441\u043a\u0438\u0439 \u0439\u0451", "\uac00 \u1100\u1161 \ud55c\uad6d\uc5b4", "\u0627\u0644\u0639\u0631\u0628\u064a\u0651\u0629 \u0939\u093f\u0928\u094d\u0926\u0940 \u0e44\u0e17\u0e22",
    "a\u00a0b\u2003c\u3000d\u1680e\u180ef\u200bg\u2028h\u0085i\u001cj\u00adk", "zero\u0000byte \ufeffbom \ufffd x \U0010ffff \ue000 \u0007",
    "\U0001f600\U0001f468\u200d\U0001f469 \U0001f1e9!", "\u2014\u2018q\u2019\u2026\u00bf\u00a1\u00ab\u00bb \u20ac \u2e43 \u166d \u1734a \u1885a \ua9bda \U000111c9a",
    "[CLS] a [SEP] b[MASK]c [mask] [UNK] [pad]", "[CLS", "##film film##s # # a", "3.14 1,000 2024-11-23 a1b2", "a" * 99, "a" * 100, "a" * 101, "e\u0301" * 60, "\u00e9" * 101,
    "aaaaaaaa z" * 3, "q" * 30 + "\u00e9", "  leading and trailing  ", ".", "...!!!???", "un-watchable", "\u1e69 \u0323\u0307s \u212b \ufb01lm \u2460 \u00bd",
]  # fmt: skip


def normalizer(**options):
    return {"normalizer": base["normalizer"] | options}


variants = {
    "as it ships": {},
    "cased": normalizer(lowercase=False),
    "cased, accents stripped": normalizer(lowercase=False, strip_accents=True),
    "accents kept": normalizer(strip_accents=False),
    "neither cleaned nor separated": normalizer(clean_text=False, handle_chinese_chars=False),
    "words up to 5 characters": {"model": {"max_input_chars_per_word": 5}},
    "not cleaned up": {"decoder": base["decoder"] | {"cleanup": False}},
}

lines = [
    '"what": "ids by Hugging Face tokenizers %s; scripts/record_word_piece_cases.py"' % tokenizers.__version__,
    '"base": %s' % json.dumps(base, separators=(",", ":")),
]
for name, change in variants.items():
    spec = base | change | {"model": base["model"] | change.get("model", {})}
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(spec))
    cases = []
    for text in texts:
        ids = tokenizer.encode(text).ids
        cases.append([text, ids, tokenizer.encode(text, add_special_tokens=False).ids, tokenizer.decode(ids)])
    lines.append("%s: %s" % (json.dumps(name), json.dumps({"change": change, "cases": cases}, separators=(",", ":"))))
target = root / "mase/frontend/testdata/word_piece_cases.json"
target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
print(f"{target}: {len(variants)} tokenizers, {len(texts)} texts, {target.stat().st_size} bytes")
