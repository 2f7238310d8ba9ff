"""Compound files ([MS-CFB]) for tests: Outlook's messages are such files, and nothing on Linux writes them."""

from __future__ import annotations

import struct

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR, _MINI, _CUTOFF = 512, 64, 4096


def compound(streams: dict[tuple[str, ...], bytes]) -> bytes:
    """A file with a stream at each path; the storages on the way are made."""
    entries: list[tuple[str, int, bytes]] = [("Root Entry", 5, b"")]
    children: dict[int, list[int]] = {0: []}
    storages: dict[tuple[str, ...], int] = {(): 0}
    for path, data in streams.items():
        for depth in range(1, len(path)):
            if path[:depth] not in storages:
                storages[path[:depth]] = len(entries)
                children[storages[path[: depth - 1]]].append(len(entries))
                children[len(entries)] = []
                entries.append((path[depth - 1], 1, b""))
        children[storages[path[:-1]]].append(len(entries))
        entries.append((path[-1], 2, data))

    sectors: list[bytes] = []
    fat: list[int] = []

    def chain(data: bytes) -> int:
        if not data:
            return _END
        first = len(sectors)
        pieces = [data[i : i + _SECTOR].ljust(_SECTOR, b"\0") for i in range(0, len(data), _SECTOR)]
        sectors.extend(pieces)
        fat.extend([*range(first + 1, first + len(pieces)), _END])
        return first

    mini, mini_fat, starts = b"", list[int](), dict[int, int]()
    for n, (_, kind, data) in enumerate(entries):
        if kind == 2 and 0 < len(data) < _CUTOFF:
            first, count = len(mini) // _MINI, -(-len(data) // _MINI)
            mini += data.ljust(count * _MINI, b"\0")
            mini_fat += [*range(first + 1, first + count), _END]
            starts[n] = first
        elif kind == 2:
            starts[n] = chain(data)
    starts[0] = chain(mini)
    mini_fat_start = chain(
        struct.pack(f"<{len(mini_fat)}I", *mini_fat).ljust(
            -(-len(mini_fat) * 4 // _SECTOR) * _SECTOR, b"\xff"
        )
    )
    mini_fat_count = -(-len(mini_fat) * 4 // _SECTOR)
    directory = b"".join(_entry(n, entries, children, starts, len(mini)) for n in range(len(entries)))
    directory_start = chain(directory.ljust(-(-len(directory) // _SECTOR) * _SECTOR, b"\0"))

    fat_count = 1
    while fat_count * 128 < len(fat) + fat_count:
        fat_count += 1
    assert fat_count <= 109, "larger than these tests need"
    fat_places = list(range(len(sectors), len(sectors) + fat_count))
    fat += [_FAT] * fat_count
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_count * _SECTOR, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIII", bytes.fromhex("d0cf11e0a1b11ae1"), b"", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_count,
        directory_start, 0, _CUTOFF, mini_fat_start, mini_fat_count, _END, 0,
    ) + struct.pack("<109I", *fat_places, *[_FREE] * (109 - fat_count))  # fmt: skip
    return header + b"".join(sectors) + table


def _entry(
    n: int,
    entries: list[tuple[str, int, bytes]],
    children: dict[int, list[int]],
    starts: dict[int, int],
    mini: int,
) -> bytes:
    """A directory entry; the children of a storage hang in one line, each the right neighbour of the one before."""
    name, kind, data = entries[n]
    right = _FREE
    for siblings in children.values():
        line = sorted(siblings, key=lambda k: (len(entries[k][0]), entries[k][0].upper()))
        if n in line and line.index(n) + 1 < len(line):
            right = line[line.index(n) + 1]
    mine = sorted(children.get(n, []), key=lambda k: (len(entries[k][0]), entries[k][0].upper()))
    wide = name.encode("utf-16-le")
    size = mini if n == 0 else len(data)
    return struct.pack(
        "<64sHBBIII16sI8s8sIQ", wide, len(wide) + 2, kind, 1, _FREE, right, mine[0] if mine else _FREE, b"", 0, b"", b"",
        starts.get(n, 0 if kind == 1 else _END), size,
    )  # fmt: skip


def outlook(
    text: str = "",
    html: str = "",
    attached: dict[str, bytes] | None = None,
    inner: dict[tuple[str, ...], bytes] | None = None,
) -> dict[tuple[str, ...], bytes]:
    """The streams of an Outlook message ([MS-OXMSG]); ``inner`` are those of a message attached to it."""
    found: dict[tuple[str, ...], bytes] = {
        ("__properties_version1.0",): b"\0" * 32,
        ("__substg1.0_001A001F",): "IPM.Note".encode("utf-16-le"),
        ("__substg1.0_0037001F",): "RE: Progress return".encode("utf-16-le"),
    }
    if text:
        found[("__substg1.0_1000001F",)] = text.encode("utf-16-le")
    if html:
        found[("__substg1.0_10130102",)] = html.encode()
    for n, (name, data) in enumerate((attached or {}).items()):
        folder = f"__attach_version1.0_#{n:08X}"
        found[(folder, "__substg1.0_3707001F")] = name.encode("utf-16-le")
        found[(folder, "__substg1.0_37010102")] = data
    for path, data in (inner or {}).items():
        found[("__attach_version1.0_#000000FF", "__substg1.0_3701000D", *path)] = data
    return found
