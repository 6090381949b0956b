"""Model values to plain JSON values and back, led by their type annotations.

In the file x is the column and y the row, as in the tables: a point is `[x, y]` and a motion's matrix acts on
`(x, y, 1)`. In code both are (row, column); the two differ by an exchange only, so no digit is lost. Python writes a
float with as many digits as bring the same float back. Not-a-number and the infinities, which JSON lacks, are the
strings `nan`, `inf` and `-inf`.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.dates import PartialDate

POSITION: Final = tuple[float, float] | None
"""The annotation of a (row, column) pixel that is a plain pair; the model uses it for nothing else."""


class DamagedError(ValueError):
    """A JSON value that is not what the model expects at its place."""


def encode(value: Any, hint: Any = Any) -> Any:
    """A model value as plain JSON values.

    Parameters
    ----------
    value
        A frozen value of the model, or anything that one holds.
    hint
        Its annotation; with `Any`, what the value itself shows.

    Raises
    ------
    TypeError
        If the value is of no kind that JSON or the model knows.
    """
    if hint == POSITION and value is not None:
        return [encode(float(part)) for part in reversed(value)]
    if isinstance(value, PartialDate):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _encode_record(value, tagged=len(_options(hint)) > 1)
    if isinstance(value, tuple | list):
        inner = get_args(hint)[0] if get_args(hint)[1:] == (Ellipsis,) else Any
        return [encode(item, inner) for item in value]
    return _encode_plain(value)


def decode(value: Any, hint: Any, where: str = "") -> Any:
    """The model value that `encode` made these JSON values from.

    Parameters
    ----------
    value
        Plain JSON values.
    hint
        The annotation of the model value.
    where
        Path to the value in the file, for the message.

    Raises
    ------
    DamagedError
        If the values do not fit the annotation.
    """
    if hint == POSITION:
        return None if value is None else tuple(reversed(decode(value, tuple[float, float], where)))
    if _is_union(hint):
        return _decode_union(value, hint, where)
    if isinstance(hint, type) and is_dataclass(hint) and hint is not PartialDate:
        return _decode_record(value, hint, where)
    return _decode_plain(value, hint, where)


def _encode_record(record: Any, tagged: bool) -> dict[str, Any]:
    record_type: type = type(record)
    hints = _hints(record_type)
    kind = {"kind": record_type.__name__} if tagged else {}
    return kind | {f.name: encode(getattr(record, f.name), hints[f.name]) for f in fields(record)}


def _encode_plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.ndarray):
        return _encode_array(value)
    if isinstance(value, np.generic):
        return _encode_plain(value.item())
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"expected a value of the model, came a {type(value).__name__}: {value!r}")


def _encode_array(array: NDArray[Any]) -> Any:
    values = _exchange(array).tolist() if array.size else {"shape": list(array.shape)}
    return values if array.size == 0 or np.all(np.isfinite(array)) else encode(values)


def _exchange(array: NDArray[Any]) -> NDArray[Any]:
    """(row, column) to (x, y), which is also the way back."""
    if array.shape == (3, 3):
        return array[[1, 0, 2]][:, [1, 0, 2]]
    return array[..., ::-1] if array.shape[-1:] == (2,) else array


def _decode_union(value: Any, hint: Any, where: str) -> Any:
    options = _options(hint)
    if value is None and len(options) < len(get_args(hint)):
        return None
    if len(options) == 1:
        return decode(value, options[0], where)
    kinds = {option.__name__: option for option in options}
    kind = value.get("kind") if isinstance(value, dict) else value
    if not isinstance(value, dict) or kind not in kinds:
        raise DamagedError(f"{where}: expected one of {', '.join(kinds)}, came {_shown(kind)}")
    return decode({key: item for key, item in value.items() if key != "kind"}, kinds[kind], where)


def _decode_record(value: Any, record: type, where: str) -> Any:
    values = _expect(value, dict, where)
    hints, known = _hints(record), {f.name: f for f in fields(record)}
    if unknown := sorted(values.keys() - known.keys()):
        raise DamagedError(f"{where}: expected {', '.join(known)}, came {_shown(unknown[0])}")
    if missing := [f.name for f in known.values() if f.name not in values and not _has_default(f)]:
        raise DamagedError(f"{where}: expected {missing[0]}, came nothing")
    decoded = {name: decode(item, hints[name], f"{where}.{name}") for name, item in values.items()}
    return _build(record, decoded, where)


def _has_default(member: Field[Any]) -> bool:
    return member.default is not MISSING or member.default_factory is not MISSING


def _build(make: Callable[..., Any], arguments: Mapping[str, Any], where: str) -> Any:
    try:
        return make(**arguments)
    except ValueError as error:
        raise DamagedError(f"{where}: {error}") from error


def _decode_plain(value: Any, hint: Any, where: str) -> Any:
    origin = get_origin(hint)
    if hint is Any:
        return value
    if origin is np.ndarray:
        return _decode_array(value, get_args(get_args(hint)[1])[0], where)
    if origin is tuple:
        return _decode_tuple(value, get_args(hint), where)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        inner = get_args(hint)[1]
        return {key: decode(item, inner, f"{where}.{key}") for key, item in _expect(value, dict, where).items()}
    return _decode_scalar(value, hint, where)


def _decode_scalar(value: Any, hint: Any, where: str) -> Any:
    if hint is PartialDate:
        return _build(PartialDate.parse, {"text": _expect(value, str, where)}, where)
    if issubclass(hint, Enum):
        return _build(hint, {"value": _expect(value, str, where)}, where)
    if hint is float:
        return _decode_float(value, where)
    return _expect(value, hint, where)


def _decode_float(value: Any, where: str) -> float:
    if value in ("nan", "inf", "-inf") or (isinstance(value, int | float) and not isinstance(value, bool)):
        return float(value)
    raise DamagedError(f"{where}: expected a number, came {_shown(value)}")


def _decode_tuple(value: Any, hints: tuple[Any, ...], where: str) -> tuple[Any, ...]:
    items = _expect(value, list, where)
    inner = hints[:1] * len(items) if hints[1:] == (Ellipsis,) else hints
    if len(items) != len(inner):
        raise DamagedError(f"{where}: expected {len(inner)} values, came {len(items)}")
    return tuple(decode(item, hint, f"{where}[{n}]") for n, (item, hint) in enumerate(zip(items, inner, strict=True)))


def _decode_array(value: Any, dtype: Any, where: str) -> NDArray[Any]:
    if isinstance(value, dict):
        return np.zeros(decode(value.get("shape"), tuple[int, ...], f"{where}.shape"), dtype=dtype)
    try:
        return np.ascontiguousarray(_exchange(np.array(_expect(value, list, where), dtype=dtype)))
    except (ValueError, TypeError) as error:
        raise DamagedError(f"{where}: expected an array of numbers, came {_shown(value)}") from error


def _expect(value: Any, kind: Any, where: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise DamagedError(f"{where}: expected {kind.__name__}, came {_shown(value)}")
    return value


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _options(hint: Any) -> list[Any]:
    return [option for option in get_args(hint) if option is not types.NoneType] if _is_union(hint) else []


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType)


@cache
def _hints(record: Hashable) -> dict[str, Any]:
    return get_type_hints(record)
