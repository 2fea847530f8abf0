"""Writes entity_table.inc from Python's copy of the HTML standard's table of named references.

usage: make_entity_table.py > entity_table.inc
"""
from html.entities import html5

print("// Made by crawler/readers/make_entity_table.py: the named character references of HTML, sorted by name.")
line = ""
for name, text in sorted((k.encode(), v) for k, v in html5.items()):
    codes = ([ord(c) for c in text] + [0])[:2]
    item = '{"%s", 0x%X, 0x%X}, ' % (name.decode(), codes[0], codes[1])
    if len(line) + len(item) > 100:
        print(line.rstrip())
        line = ""
    line += item
print(line.rstrip())
