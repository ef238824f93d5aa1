"""The numbers in an ONNX file, without the runtime that such files are made for."""

from __future__ import annotations

from collections.abc import Iterator
from mmap import mmap
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]

# Protocol buffers: the fields that we want, as onnx.proto numbers them.
_GRAPH, _INITIALIZER = 7, 5
_DIMS, _KIND, _NAME, _RAW = 1, 2, 8, 9
_KINDS: dict[int, str] = {1: "<f4", 3: "i1", 7: "<i8"}
_VARINT, _LONG, _BYTES, _SHORT = 0, 1, 2, 5


def numbers_in(file: bytes | mmap) -> dict[str, Numbers]:
    """Each named array of the model, as a view of the bytes. Raises ValueError where it is no such file."""
    held = memoryview(file)
    try:
        graph = next(part for number, part in _fields(held) if number == _GRAPH)
        return dict(_array(part) for number, part in _fields(graph) if number == _INITIALIZER)
    except (IndexError, KeyError, TypeError, StopIteration):
        raise ValueError("this is no model in ONNX") from None


def _array(part: memoryview) -> tuple[str, Numbers]:
    shape: list[int] = []
    held: dict[int, Any] = {}
    for number, value in _fields(part):
        if number == _DIMS:
            shape.append(value)
        else:
            held[number] = value
    raw = np.frombuffer(held.get(_RAW, b""), dtype=_KINDS.get(held[_KIND], "u1"))
    return bytes(held[_NAME]).decode(), raw.reshape(shape) if raw.size == np.prod(shape) else raw


def _fields(part: memoryview) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(part):
        tag, at = _varint(part, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(part, at)
            yield number, value
        else:
            long, at = _varint(part, at) if wire == _BYTES else ({_SHORT: 4, _LONG: 8}[wire], at)
            yield number, part[at : at + long]
            at += long


def _varint(part: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = part[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
