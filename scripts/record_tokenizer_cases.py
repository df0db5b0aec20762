#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Records what the Hugging Face `tokenizers` library makes of odd texts, for mase/frontend/tokenizer_cases_test.cpp.

Needs `pip install tokenizers`. Writes mase/frontend/testdata/tokenizer_cases.json: one line a tokenizer, which is the
story model's with parts of its tokenizer.json replaced; each case is [text, ids, ids without special tokens, decoded].
"""
import json
import pathlib

import tokenizers

root = pathlib.Path(__file__).resolve().parent.parent
base = json.loads((root / "models/llama-stories-1m/tokenizer.json").read_text())

texts = [
    "", " ", "  ", "a", "Once upon a time", " leading", "trailing ", "two  spaces   three", "\n", "a\n\nb\r\n c\t\td",
    "it's we'll I'd they're you've I'm CAN'T IT'S 'tis ''s", "3 14 159 2653x58979 \u0663\u0664 \u00bd \u2167 \u4e09",
    "na\u00efve caf\u00e9 cafe\u0301 \u00df\u017f 's\u017f '\u017f", "\u65e5\u672c\u8a9e\u306e\u6587\u7ae0 \u4e2d\u6587\uff0c\u5168\u89d2",
    "\u0440\u0443\u0441\u0441\u043a\u0438\u0439 \u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u0939\u093f\u0928\u094d\u0926\u0940",
    "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea!", "a\u00a0b\u2003c\u3000d\u1680e\u180ef\u200bg\u2028h\u0085i\u001cj",
    "zero\u0000byte \ufeffbom \ufffd \U0010ffff \ue000", "x=y+z; if(a!=b){return~c;} // <<>> \\ \"q\" `b` #$%^&*",
    "<s>", "a<s>b</s>c", "<s> <s>", " <s> x </s> ", "<s", "<<s>>", "<unk>", "\u0120the \u010a", "...!!!???", "the the the the",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "Lily and Tom were best friends.\n\"Can we play?\" asked Lily, 12345 times!  \n", "   \n  x  \n   ", "@@ @@@@ @ <m> [k] <mm> <m>  [k]x",
]  # fmt: skip

gpt4 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def byte_level(**options):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True} | options


def split(pattern, behavior, invert=False):
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


def sequence(*steps):
    return {"type": "Sequence", "pretokenizers": list(steps)}


def added(id, content, **options):
    token = {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False}
    return token | {"normalized": False, "special": True} | options


def template(*single):
    pieces = [{"Sequence": {"id": "A", "type_id": 0}} if s == "A" else {"SpecialToken": {"id": s, "type_id": 0}} for s in single]
    tokens = {s: {"id": s, "ids": [{"<s>": 1, "</s>": 2}[s]], "tokens": [s]} for s in single if s != "A"}
    return {"type": "TemplateProcessing", "single": pieces, "pair": base["post_processor"]["pair"], "special_tokens": tokens}


def strings_as_merges(model):
    return model | {"merges": [" ".join(pair) for pair in model["merges"]]}


variants = {
    "as it ships": {},
    "prefix space": {"pre_tokenizer": byte_level(add_prefix_space=True)},
    "Llama 3": {"pre_tokenizer": sequence(split({"Regex": gpt4}, "Isolated"), byte_level(use_regex=False)), "ignore_merges": True},
    "SmolLM": {"pre_tokenizer": sequence({"type": "Digits", "individual_digits": True}, byte_level())},
    "digits in runs, prefix space": {
        "pre_tokenizer": sequence({"type": "Digits", "individual_digits": False}, byte_level(add_prefix_space=True))
    },
    "string removed": {"pre_tokenizer": sequence(split({"String": " "}, "Removed"), byte_level())},
    "matches kept": {"pre_tokenizer": sequence(split({"Regex": r"\S+|\n"}, "Removed", True), byte_level(use_regex=False))},
    "added tokens": {
        "added_tokens": base["added_tokens"]
        + [
            added(1024, "@@"),
            added(1025, "@@@", special=False),
            added(1026, "<m>", lstrip=True),
            added(1027, "[k]", rstrip=True, special=False),
            added(1028, "<mm>", lstrip=True, rstrip=True, normalized=True),
            added(1029, "aa", normalized=True),
            added(1030, "best friends", special=False, normalized=True),
        ]
    },
    "closing template": {
        "post_processor": {"type": "Sequence", "processors": [byte_level(), template("<s>", "A", "</s>", "</s>")]}
    },
    "no template": {"post_processor": None},
}

lines = ['"what": "ids by Hugging Face tokenizers %s; scripts/record_tokenizer_cases.py"' % tokenizers.__version__]
for name, change in variants.items():
    ignore = change.pop("ignore_merges", False)
    spec = base | change | {"model": base["model"] | {"ignore_merges": ignore}}
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(spec))
    cases = []
    for text in texts:
        ids = tokenizer.encode(text).ids
        plain = tokenizer.encode(text, add_special_tokens=False).ids
        cases.append([text, ids, plain, tokenizer.decode(ids)])
    if ignore:
        change["ignore_merges"] = True
    record = {"change": change, "cases": cases}
    lines.append("%s: %s" % (json.dumps(name), json.dumps(record, separators=(",", ":"))))
target = root / "mase/frontend/testdata/tokenizer_cases.json"
target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
print(f"{target}: {len(variants)} tokenizers, {len(texts)} texts, {target.stat().st_size} bytes")
