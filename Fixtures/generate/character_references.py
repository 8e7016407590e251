#!/usr/bin/env python3
"""Writes Sources/Text/CharacterReferenceTable.swift: the named character references of HTML.

    python3 character_references.py ../../Sources/Text/CharacterReferenceTable.swift

The names and their characters are those of the WHATWG's HTML standard ("Named character references",
https://html.spec.whatwg.org/multipage/named-characters.html), as Python's `html.entities.html5` holds them.
"""

import html.entities
import sys

WIDTH = 118


def entries():
    table = html.entities.html5
    for name in sorted(table):
        if name.endswith(";"):
            bare = name[:-1]
            characters = "+".join(f"{ord(c):X}" for c in table[name])
            if bare in table:
                assert table[bare] == table[name]
            yield f"{bare}{'!' if bare in table else ':'}{characters}"
    assert all(name + ";" in table for name in table if not name.endswith(";"))


def main():
    lines, line = [], ""
    for entry in entries():
        if len(line) + 1 + len(entry) > WIDTH - 2:
            lines.append(line)
            line = entry
        else:
            line = f"{line} {entry}" if line else entry
    lines.append(line)
    with open(sys.argv[1], "w") as file:
        file.write("// Written by Fixtures/generate/character_references.py; do not edit.\n\n")
        file.write("/// The named character references of the HTML standard: `name:code points`, hexadecimal, joined by `+`;\n")
        file.write("/// `!` instead of `:` where the name is also one without its semicolon.\n")
        file.write('let characterReferenceTable = """\n')
        for line in lines[:-1]:
            file.write(f"  {line} \\\n")
        file.write(f'  {lines[-1]}\n  """\n')


main()
