"""All that LevelDB's files hold, unpacked: written after LevelDB's doc/table_format.md and log_format.md,
and with nothing of schoolwatch, so that it can say what schoolwatch left there.
"""
import os
import struct


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def snappy(data):
    """Snappy's format_description.txt."""
    size, at = varint(data, 0)
    out = bytearray()
    while at < len(data):
        tag = data[at]
        at += 1
        kind, length = tag & 3, tag >> 2
        if kind == 0:
            if length >= 60:
                extra = length - 59
                length = int.from_bytes(data[at:at + extra], "little")
                at += extra
            out += data[at:at + length + 1]
            at += length + 1
            continue
        if kind == 1:
            length, offset = (length & 7) + 4, (tag >> 5) << 8 | data[at]
            at += 1
        else:
            extra = 2 if kind == 2 else 4
            length, offset = length + 1, int.from_bytes(data[at:at + extra], "little")
            at += extra
        for _ in range(length):
            out.append(out[-offset])
    if len(out) != size:
        raise ValueError("a block is damaged")
    return bytes(out)


def block(data, handle):
    offset, at = varint(handle, 0)
    size, _ = varint(handle, at)
    raw, kind = data[offset:offset + size], data[offset + size]
    return snappy(raw) if kind == 1 else raw


def entries(raw):
    """Keys and values of a block; keys are told by what they share with the one before."""
    restarts, = struct.unpack("<I", raw[-4:])
    end, at, key = len(raw) - 4 - 4 * restarts, 0, b""
    while at < end:
        shared, at = varint(raw, at)
        fresh, at = varint(raw, at)
        size, at = varint(raw, at)
        key = key[:shared] + raw[at:at + fresh]
        at += fresh
        yield key, raw[at:at + size]
        at += size


def table(data):
    footer = data[-48:]
    if footer[-8:] != struct.pack("<Q", 0xDB4775248B80FB57):
        raise ValueError("no table")
    _, at = varint(footer, 0)
    _, at = varint(footer, at)
    for _, handle in entries(block(data, footer[at:])):
        for key, value in entries(block(data, handle)):
            yield key
            yield value


def log(data):
    """The pieces of its records, joined: a block's header may cut through any of them."""
    out, at = bytearray(), 0
    while at + 7 <= len(data):
        left = 32768 - at % 32768
        if left < 7:
            at += left
            continue
        size, = struct.unpack("<H", data[at + 4:at + 6])
        out += data[at + 7:at + 7 + size]
        at += 7 + size
    return bytes(out)


def all_bytes(folder):
    """Of every file below the folder: its path, and pieces of bytes."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            with open(path, "rb") as f:
                data = f.read()
            yield path, name.encode()
            yield path, data
            stem, end = os.path.splitext(name)
            if end in (".ldb", ".sst"):
                yield from ((path, piece) for piece in table(data))
            elif stem.isdigit() and end == ".log" or name.startswith("MANIFEST-"):
                yield path, log(data)
