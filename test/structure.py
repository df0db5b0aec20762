#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the tree promises about itself, each promise a function: licence lines, sizes, prose, include order, citations, links.

Usage: structure.py SOURCE_FOLDER
"""
import pathlib
import re
import statistics
import subprocess
import sys

MOST_LINES = 600
GENERATED = re.compile(r"/cost/.*\.toml$|/testdata/")  # tables that a program writes
# From the top: a folder includes itself and what stands behind it.
ORDER = ["tools", "report", "rtl", "hardware", "search", "passes", "frontend", "runtime", "ops", "ir", "formats", "support"]
SOURCE_SUFFIXES = {".cpp", ".h", ".sv", ".py", ".td", ".mlir", ".test", ".toml", ".cmake"}
PROSE = re.compile(r"^\s*//")

faults = []


def fault(path, text):
    faults.append(f"{path}: {text}")


def tracked(root):
    """Tracked files and those that are about to be: not ignored, not models' data."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True)
    names = sorted({name for name in listed.stdout.splitlines() if not name.startswith("models/") and (root / name).is_file()})
    return {name: (root / name).read_text(errors="replace") for name in names if name != "LICENSE"}


def is_source(name):
    return pathlib.Path(name).suffix in SOURCE_SUFFIXES or name.endswith("CMakeLists.txt") or name.startswith("scripts/")


def licence_lines(files):
    for name, text in files.items():
        if is_source(name) and "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception" not in "".join(text.splitlines(True)[:3]):
            fault(name, "has no SPDX line in its first three")


def sizes(files):
    lengths = []
    for name, text in files.items():
        if is_source(name) and not GENERATED.search(name):
            lengths.append(text.count("\n"))
            if lengths[-1] > MOST_LINES:
                fault(name, f"has {lengths[-1]} lines (at most {MOST_LINES})")
    print(f"{len(lengths)} source files, {sum(lengths)} lines, median {statistics.median(lengths):.0f}")


def headers_have_prose(files):
    for name, text in files.items():
        lines = [line for line in text.splitlines() if PROSE.match(line) and "SPDX" not in line]
        if name.endswith(".h") and len(lines) < 3:
            fault(name, f"has {len(lines)} lines of prose (at least 3)")


def words(files):
    """Nothing unfinished, no path of one machine."""
    forbidden = {
        "unfinished work": r"\b(TODO|FIXME|XXX)\b",
        "a tab": r"\t",
        "a path of one machine": r"(?<![\w.$}])/(work|root|home)/",
        "a conflict": r"^(<<<<<<<|>>>>>>>) ",
    }
    for name, text in files.items():
        if name in ("test/structure.py", "Makefile") or pathlib.Path(name).suffix in (".json", ".sh", ".txt", ".bin"):
            continue
        for what, pattern in forbidden.items():
            if found := re.search(pattern, text, re.M):
                fault(f"{name}:{text.count(chr(10), 0, found.start()) + 1}", f"holds {what}: {found.group()!r}")


def folder_of(name):
    parts = name.split("/")
    return "tools" if parts[0] == "tools" else parts[1] if parts[0] == "mase" and len(parts) > 2 else None


def include_order(files):
    for name, text in files.items():
        here = folder_of(name)
        if here is None or not name.endswith((".cpp", ".h")):
            continue
        if here not in ORDER:
            fault(name, f"lies in a folder without a place in the order {ORDER}")
            continue
        for included in re.findall(r'^#include "((?:mase|tools)/[^"]*)"', text, re.M):
            there = folder_of(included)
            if there not in ORDER or ORDER.index(there) < ORDER.index(here):
                fault(name, f"includes {included}, which stands above it")
            if included.startswith("mase/") and included not in files and not included.endswith(".inc"):
                fault(name, f"includes {included}, which is not tracked")


def no_mlir_below(files):
    """formats, search, support and the numeric files of ops and runtime build without MLIR."""
    for name, text in files.items():
        if folder_of(name) in ("formats", "search", "support", "hardware", "rtl", "report") and name.endswith((".cpp", ".h")):
            if found := re.search(r'#include "(mlir|llvm)/[^"]*"', text):
                fault(name, f"includes MLIR: {found.group()}")


def citations(files, page, paragraph, letters, folder):
    """Every paragraph of a page is cited by code or a test, and nothing cites one that is not there."""
    paragraphs = set(re.findall(paragraph, files[page], re.M))
    cited = {}
    for name, text in files.items():
        if name.startswith(folder) and name.endswith((".cpp", ".h", ".sv")):
            comments = "\n".join(re.findall(r"//.*", text))
            for first, last in re.findall(rf"\b([{letters}]\d+)\b(?: to ([{letters}]\d+)\b)?", comments):
                numbers = range(int(first[1:]), int(last[1:]) + 1) if last else [int(first[1:])]
                for number in numbers:
                    cited.setdefault(f"{first[0]}{number}", name)
    for unknown in sorted(set(cited) - paragraphs):
        fault(cited[unknown], f"cites {unknown}, which {page} does not have")
    for uncited in sorted(paragraphs - set(cited)):
        fault(page, f"{uncited} is cited by no code and no test")


def arithmetic_citations(files):
    citations(files, "docs/arithmetic.md", r"^\*\*(A\d+)\.", "A", ("mase/", "test/", "tools/"))
    citations(files, "docs/operators.md", r"^\*\*(O\d+)\.", "O", ("mase/", "test/", "tools/"))
    citations(files, "docs/streams.md", r"^\*\*(S\d+)\.", "S", ("mase/", "test/", "tools/"))


def format_citations(files):
    citations(files, "docs/formats.md", r"^- \*\*(F\d+) ", "F", "mase/formats/")


def links(root, files):
    """Relative links resolve, and files that a page or a comment names with their folder exist."""
    known = set(files) | {str(path.relative_to(root)) for path in root.glob("models/**/*")}
    for name, text in files.items():
        page = name.endswith(".md")
        if page:
            text = re.sub(r"```.*?```", "", text, flags=re.S)  # code: a lambda looks like a link
            for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
                if "://" not in target and not (root / name).parent.joinpath(target).exists():
                    fault(name, f"links to {target}, which does not exist")
        pattern = r"(?<![\w/.<%}-])((?:mase|docs|test|tools|scripts|devices|models|cmake|bench)/[\w./-]*\w\.(?:md|h|cpp|py|sv|toml|td|cmake|json|txt))\b(?!\.inc)"
        if page or name.endswith((".h", ".cpp", ".sv", ".td", "CMakeLists.txt", ".cmake")):
            for target in re.findall(pattern, text):
                beside = (root / name).parent / target
                example = target.split("/")[-1].split(".")[0].isupper()
                if target not in known and "_test" not in name and not example and not beside.exists():
                    fault(name, f"names {target}, which does not exist")


def folders_in_docs(files):
    """Every family of formats has a line in docs/formats.md, every operator one in docs/ir.md or the registry's ODS."""
    pages = "\n".join(text for name, text in files.items() if name.startswith("docs/"))
    for folder in sorted({name.split("/")[2] for name in files if re.match(r"mase/formats/\w+/", name)}):
        if not re.search(folder, files["docs/formats.md"]):
            fault("docs/formats.md", f"does not name the format '{folder}'")
    for folder in sorted({name.split("/")[2] for name in files if re.match(r"mase/ops/\w+/\w+\.td", name)}):
        if f"{folder}" not in pages:
            fault("docs/ir.md", f"does not name the operator '{folder}'")
    for page in sorted(name for name in files if name.startswith("docs/") and name.endswith(".md")):
        if files[page].count("\n") > 150:
            fault(page, "has more than 150 lines (one page a subject, near 100)")


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    if not (root / ".git").exists():
        print("skipped: no git here, so there is no list of files")
        return 77
    files = tracked(root)
    for check in (licence_lines, sizes, headers_have_prose, words, include_order, no_mlir_below, arithmetic_citations, format_citations, folders_in_docs):
        check(files)
    links(root, files)
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
