"""The functions of this library for Dask arrays, block by block. Nothing is looked at but shapes
until a result is computed; an error then names a row by its place among all rows.

The classes of a row are brought into one block; the axes before them stay in the blocks they have.
"""

from collections.abc import Callable
from functools import partial
from inspect import signature
from math import isnan
from typing import Any

import dask.array as da
import numpy as np

from xentlib._checks import InvalidInput, same_shape, shape_of_labels, shape_of_rows

SETTINGS = {"epsilon", "num_classes"}  # arguments that are no arrays of rows
ROWS, CLASSES, BOTH = "a number for each row", "a row for each row", "a number and a row for each"
GIVES = {
    "cross_entropy": ROWS,
    "entropy": ROWS,
    "kl_divergence": ROWS,
    "log_softmax": CLASSES,
    "logsumexp": ROWS,
    "normalize_rows": CLASSES,
    "one_hot": CLASSES,
    "smooth_labels": CLASSES,
    "softmax": CLASSES,
    "softmax_cross_entropy": ROWS,
    "softmax_cross_entropy_hvp": CLASSES,
    "softmax_cross_entropy_value_and_grad": BOTH,
    "softmax_cross_entropy_with_integer_labels": ROWS,
    "softmax_cross_entropy_with_integer_labels_value_and_grad": BOTH,
    "votes_to_probs": CLASSES,
}


def lazily(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function on Dask arrays. One that gives a single number, `weighted_mean`, computes it."""
    if function.__name__ in GIVES:
        return partial(_by_blocks, function, GIVES[function.__name__])
    return partial(_at_once, function)


def _at_once(function: Callable[..., Any], *values: Any, **named: Any) -> Any:
    arguments = signature(function).bind(*values, **named).arguments
    return function(
        **{
            name: value.compute() if isinstance(value, da.Array) else value
            for name, value in arguments.items()
        }
    )


def _by_blocks(function: Callable[..., Any], gives: str, *values: Any, **named: Any) -> Any:
    arguments = signature(function).bind(*values, **named).arguments
    settings = {name: arguments.pop(name) for name in SETTINGS & arguments.keys()}
    leader = next(name for name, value in arguments.items() if isinstance(value, da.Array))
    tables = {name: _table(name, value) for name, value in arguments.items()}
    tables = _aligned(tables, tables[leader].chunks[:-1])
    (first, *_) = tables.values()
    size = settings.get("num_classes", first.shape[-1])
    block = partial(_block, function=function, names=tuple(tables), settings=settings, gives=gives)
    axes = first.ndim - (gives == ROWS)
    found = da.map_blocks(
        block,
        *tables.values(),
        dtype=np.float64,
        meta=np.empty((0,) * axes),
        drop_axis=[axes] if gives == ROWS else None,
        chunks=None if gives == ROWS else (*first.chunks[:-1], (size + (gives == BOTH),)),
    )
    return (found[..., 0], found[..., 1:]) if gives == BOTH else found


def _table(argument: str, value: Any) -> Any:
    """Rows, lazily, with their classes in one block; labels have an axis of one class."""
    table: Any = da.asarray(value)
    if argument == "labels":
        return table[..., None]
    shape_of_rows(argument, table.shape)
    if isnan(table.shape[-1]):
        rule = "the number of classes is known; compute_chunk_sizes() finds it"
        raise InvalidInput(argument, rule, says=f"has shape {table.shape}")
    return table.rechunk({table.ndim - 1: -1})


def _aligned(tables: dict[str, Any], chunks: tuple[Any, ...]) -> dict[str, Any]:
    """Tables of the same rows, in these blocks."""
    (name, first), *others = tables.items()
    if any(isnan(length) for table in tables.values() for length in table.shape):
        for other, table in others:
            if table.numblocks[:-1] != first.numblocks[:-1]:
                rule = f"{name} has {first.numblocks[:-1]}; blocks of unknown sizes are paired"
                raise InvalidInput(other, rule, says=f"has blocks {table.numblocks[:-1]}")
        return tables
    for other, table in others:
        if other == "labels":
            shape_of_labels(other, table.shape[:-1], first.shape, name)
        else:
            same_shape(**{name: first, other: table})
    return {each: table.rechunk((*chunks, table.chunks[-1])) for each, table in tables.items()}


def _block(
    *blocks: Any,
    function: Callable[..., Any],
    names: tuple[str, ...],
    settings: dict[str, Any],
    gives: str,
    block_info: Any = None,
) -> Any:
    tables = dict(zip(names, blocks, strict=True))
    if "labels" in tables:
        tables["labels"] = tables["labels"][..., 0]
    try:
        found = function(**tables, **settings)
    except InvalidInput as error:
        raise _placed(error, block_info[0]) from None
    if gives == BOTH:
        loss, gradient = found
        return np.concatenate([loss[..., None], gradient], axis=-1)
    return np.asarray(found)


def _placed(error: InvalidInput, where: dict[str, Any]) -> InvalidInput:
    """The error with the place of its row among all rows, where the sizes of blocks are known."""
    if error.row is None:
        return error
    rule, within = error.rule, error.row if isinstance(error.row, tuple) else (error.row,)
    starts = [start for start, _ in where["array-location"][: len(within)]]
    if any(map(isnan, starts)):
        starts = [0] * len(within)
        rule += f"; rows are counted within block {where['chunk-location'][: len(within)]}"
    row: tuple[int, ...] = tuple(
        int(place + start) for place, start in zip(within, starts, strict=True)
    )
    place = row if row[1:] else row[0]
    return InvalidInput(error.argument, rule, place, error.column, error.value, error.says)
