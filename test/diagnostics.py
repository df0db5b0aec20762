#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every diagnostic has a test that provokes it.

Collects the literals of fail(...), CheckError(...), emitError(...) and emitOpError(...) in mase/ and tools/, takes of each its
longest fragment between placeholders, and demands that the fragment appears in some test. A literal without a fragment
of words ("{}: {}") only passes on another diagnostic's text, and is not looked for.

Usage: diagnostics.py SOURCE_FOLDER [--list]
"""
import pathlib
import re
import sys

# Diagnostics that no test can provoke without another machine: each with its reason.
EXCEPTIONS = {
    "cannot be mapped": "mmap of an opened regular file fails only when the address space is used up",
}

LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
CALL = re.compile(r"\b(fail|CheckError|emitError|emitOpError)\(")


def unescape(text):
    return text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


def statement(source, start):
    """The text from `start` to the semicolon outside literals that ends the statement."""
    at = start
    while at < len(source) and source[at] != ";":
        literal = LITERAL.match(source, at)
        at = literal.end() if literal else at + 1
    return source[start:at]


def first_literal(text):
    """The first literal of a call's arguments, adjacent ones joined; None when the first argument is no literal."""
    text = re.sub(r"^\s*fmt::format\(", "", text)
    joined = re.match(r'\s*((?:"(?:[^"\\\n]|\\.)*"\s*)+)', text)
    return "".join(LITERAL.findall(joined.group(1))) if joined else None


def fragments(kind, text):
    """The pieces of fixed text that a diagnostic prints."""
    if kind.startswith("emit"):  # a chain of <<: adjacent literals are one piece
        return [unescape("".join(LITERAL.findall(run))) for run in re.findall(r'(?:"(?:[^"\\\n]|\\.)*"\s*)+', text)]
    literal = first_literal(text)
    if literal is None:
        return []
    literal = unescape(literal).replace("{{", "\0").replace("}}", "\1")
    return [part.replace("\0", "{").replace("\1", "}") for part in re.split(r"\{[^{}]*\}", literal)]


def diagnostics(root):
    """Pairs (place, longest fragment) of all diagnostics with words of their own."""
    for path in sorted([*root.glob("mase/**/*.cpp"), *root.glob("mase/**/*.h"), *root.glob("tools/**/*.cpp")]):
        if path.name.endswith("_test.cpp") or "testing" in path.parts:
            continue
        source = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.M)
        for call in CALL.finditer(source):
            pieces = fragments(call.group(1), statement(source, call.end()))
            longest = max(pieces, key=len, default="").strip(" :'()")
            if re.search(r"[a-z]{3}", longest):
                yield f"{path.relative_to(root)}: {longest}", longest


def plain(text):
    """Text as both sides are compared: literals joined across lines, without the escapes of C++ and of regexes."""
    text = re.sub(r'"\s*\n?\s*R?"', "", text)
    text = re.sub(r"'\s*\n\s*f?r?'", "", text)
    return re.sub(r"\s+", " ", text.replace("\\", ""))


def tests(root):
    patterns = ("mase/**/*_test.cpp", "test/**/*.mlir", "test/**/*.test", "test/**/*.py")
    files = [path for pattern in patterns for path in root.glob(pattern) if path.name != "diagnostics.py"]
    return "\n".join(plain(path.read_text()) for path in sorted(files))


def main():
    root = pathlib.Path(sys.argv[1])
    found = list(diagnostics(root))
    if "--list" in sys.argv:
        print("\n".join(place for place, _ in found))
        return 0
    corpus = tests(root)
    missing = sorted({place for place, fragment in found if plain(fragment) not in corpus and fragment not in EXCEPTIONS})
    stale = sorted(text for text in EXCEPTIONS if all(fragment.rstrip(": ") != text and fragment != text for _, fragment in found)
                   or plain(text) in corpus)
    for place in missing:
        print(f"no test provokes  {place}")
    for text in stale:
        print(f"needless exception  {text}")
    print(f"{len(found)} diagnostics, {len(missing)} without a test")
    return 1 if missing or stale or len(found) < 150 else 0


if __name__ == "__main__":
    sys.exit(main())
