#!/usr/bin/env python3
"""Checks that within each target folders depend on each other one way only: Tests/structure.py

The compiler sees to it that targets do. A folder depends on another if it mentions a type that is declared there and is not
private. A pair of folders that name each other's types is an error, with the files that do so.
"""
import collections, pathlib, re, sys

declaration = re.compile(
    r"^(?:public |package |internal )?(?:final |indirect )*(?:struct|class|enum|protocol|typealias|actor) (\w+)", re.M)


def pairs(target):
    texts = {path: path.read_text(encoding="utf-8") for path in target.rglob("*.swift")}
    homes = {name: path.parent for path, text in texts.items() for name in declaration.findall(text)}
    uses = collections.defaultdict(set)
    for path, text in texts.items():
        code = re.sub(r'//.*|"(?:[^"\\\n]|\\.)*"', "", text)
        for name in set(re.findall(r"\b[A-Z]\w+", code)):
            if homes.get(name, path.parent) != path.parent:
                uses[path.parent, homes[name]].add(f"{path}: {name}")
    return {(a, b): sorted(uses[a, b] | uses[b, a]) for a, b in sorted(uses) if a < b and (b, a) in uses}


root = pathlib.Path(__file__).parent.parent
found = {}
for target in sorted([*root.glob("Sources/*/"), *root.glob("Plugins/*/")]):
    found |= pairs(target)
for (one, other), files in found.items():
    print(f"{one.relative_to(root)} and {other.relative_to(root)} depend on each other:", *files, sep="\n  ", file=sys.stderr)
sys.exit(1 if found else 0)
