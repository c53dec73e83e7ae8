#!/usr/bin/env python3
"""Writes small country databases in the MaxMind DB format, version 2.0 (https://maxmind.github.io/MaxMind-DB/). Standard library only.

usage: mmdb.py FILE    a database for the tests, of networks that nobody has (RFC 5737, RFC 3849)
"""

import ipaddress
import pathlib
import struct
import sys

SEPARATOR = bytes(16)
UINT16, UINT32, UINT64 = 5, 6, 9  # their numbers in the format
MARKER = b"\xab\xcd\xefMaxMind.com"
EMPTY = None

COUNTRIES = {
    "127.0.0.0/8": {"country": {"iso_code": "ES", "names": {"en": "Spain"}}, "continent": {"code": "EU"}},
    "192.0.2.0/24": {"country": {"iso_code": "ES"}},
    "198.51.100.0/24": {"country": {"iso_code": "FR"}, "registered_country": {"iso_code": "DE"}},
    "198.51.100.128/25": {"country": {"iso_code": "PT"}},
    "203.0.113.0/24": {"country_code": "JP", "country": "Japan"},
    "203.0.113.7/32": {"registered_country": {"iso_code": "DE"}},
    "203.0.113.8/32": {"country": {"iso_code": "spain"}},
    "203.0.113.9/32": {"country": {"iso_code": (UINT16, 34)}},
    "2001:db8::/32": {"country": {"iso_code": "AR"}},
}


def _control(kind, size):
    """Of values below 29 bytes or members."""
    return bytes([kind << 5 | size]) if kind <= 7 else bytes([size, kind - 7])


def _encode(value):
    if isinstance(value, dict):
        return _control(7, len(value)) + b"".join(_encode(name) + _encode(each) for name, each in value.items())
    if isinstance(value, list):
        return _control(11, len(value)) + b"".join(map(_encode, value))
    if isinstance(value, tuple):
        kind, number = value
        packed = struct.pack(">Q", number).lstrip(b"\0")
        return _control(kind, len(packed)) + packed
    text = value.encode()
    return _control(2, len(text)) + text


def _bits(network):
    """The path to a network; IPv4 lies below ::/96."""
    width, above = (128, 0) if network.version == 6 else (32, 96)
    number = int(network.network_address)
    return [0] * above + [number >> (width - 1 - i) & 1 for i in range(network.prefixlen)]


def database(countries, kind="Test-Country"):
    """The bytes of a database. Of networks inside one another the inner one comes last."""
    nodes = [[EMPTY, EMPTY]]
    data = b""
    for text, said in countries.items():
        place = ("data", len(data))
        data += _encode(said)
        node = 0
        *path, last = _bits(ipaddress.ip_network(text))
        for bit in path:
            below = nodes[node][bit]
            if not isinstance(below, int):  # what was said of all of it is said of both halves
                nodes.append([below, below])
                nodes[node][bit] = below = len(nodes) - 1
            node = below
        nodes[node][last] = place

    def record(content):
        number = len(nodes) if content is EMPTY else content if isinstance(content, int) else len(nodes) + len(SEPARATOR) + content[1]
        return struct.pack(">I", number)[1:]

    tree = b"".join(record(left) + record(right) for left, right in nodes)
    metadata = {"binary_format_major_version": (UINT16, 2), "binary_format_minor_version": (UINT16, 0), "build_epoch": (UINT64, 1769250600),
                "database_type": kind, "description": {"en": "made by a test"}, "ip_version": (UINT16, 6), "languages": ["en"],
                "node_count": (UINT32, len(nodes)), "record_size": (UINT16, 24)}
    return tree + SEPARATOR + data + MARKER + _encode(metadata)


def write(path, countries):
    """Puts a database in the place of another, whole."""
    path = pathlib.Path(path)
    part = path.with_suffix(".part")
    part.write_bytes(database(countries))
    part.replace(path)


if __name__ == "__main__":
    write(sys.argv[1], COUNTRIES)
