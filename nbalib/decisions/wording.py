"""Sentences from templates: `{slots}` filled from whole columns at once.

In: a template such as ``"waiting for {hours_since_customer}"`` and columns by name. Out: one text per row.
Values are said as in `saying.py`; the unit is part of the words, so a template does not repeat it.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from nbalib.decisions.saying import say, say_all
from nbalib.decisions.weaving import weave
from nbalib.distinct import coded
from nbalib.errors import ParameterError, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from nbalib.decisions.weaving import Piece
    from nbalib.distinct import Column

_NO_TEXTS = pa.array([], pa.dictionary(pa.int32(), pa.string()))


@dataclass(frozen=True)
class Template:
    """A text with slots: `texts[0]`, slot 0, `texts[1]`, … so there is one text more than slots."""

    texts: tuple[str, ...]
    slots: tuple[str, ...]

    def then(self, after: Template) -> Template:
        """Go on with another template."""
        seam = self.texts[-1] + after.texts[0]
        return Template((*self.texts[:-1], seam, *after.texts[1:]), self.slots + after.slots)


def read_template(text: str, known: Collection[str], constants: Mapping[str, Any] | None = None) -> Template:
    """Read and check a template; slots that name a constant are filled at once.

    Parameters
    ----------
    text : str
        ``{name}`` is a slot; ``{{`` and ``}}`` are braces.
    known : collection of str
        Names of the columns that will be there.
    constants : mapping of str to value, optional
        What is the same for every row.

    Raises
    ------
    ParameterError
        A slot is unknown (the nearest name is given), has a format of its own, or braces do not match.
    """
    fixed = constants or {}
    texts, slots = [""], []
    for literal, name in _pieces(text):
        texts[-1] += literal
        if name is None:
            continue
        if name in fixed:
            texts[-1] += say(name, fixed[name])
        elif name in known:
            slots.append(name)
            texts.append("")
        else:
            raise ParameterError(f"unknown slot {{{name}}} in {text!r}{nearest(name, [*known, *fixed])}")
    return Template(tuple(texts), tuple(slots))


def fill(template: Template | str, columns: Mapping[str, Column]) -> pa.DictionaryArray:
    """Fill a template for every row.

    Parameters
    ----------
    template : Template or str
        A text is read with the given columns as the known ones.
    columns : mapping of str to array, shape (n_rows,)
        At least one; more than the slots may be given.

    Returns
    -------
    DictionaryArray, shape (n_rows,)
        Texts, without nulls; one that many rows share is there once.

    Raises
    ------
    ParameterError
        The template has a slot that is not among the columns, or there is no column at all.
    """
    if not columns:
        raise ParameterError("a template is filled for rows, and there is no column to tell how many")
    if isinstance(template, str):
        template = read_template(template, columns)
    missing = sorted(set(template.slots) - set(columns))
    if missing:
        raise ParameterError(f"slot {{{missing[0]}}} has no column{nearest(missing[0], columns)}")
    pieces: list[Piece] = [template.texts[0]]
    for slot, text in zip(template.slots, template.texts[1:], strict=True):
        pieces += [say_all(slot, columns[slot]), text]
    return weave(pieces, len(next(iter(columns.values()))))


def fill_each(templates: Mapping[str, Template], names: Column, columns: pa.Table) -> pa.DictionaryArray:
    """Fill for every row the template that it names.

    Parameters
    ----------
    templates : mapping of str to Template
        One for each name.
    names : array of strings, shape (n_rows,)
        Which template each row has.
    columns : Table, shape (n_rows, …)
        What fills the slots; at least one column.

    Returns
    -------
    DictionaryArray, shape (n_rows,)
        As `fill` gives it.
    """
    codes = coded(names)
    filled, places = [_NO_TEXTS], [np.zeros(0, dtype=np.int64)]
    for code, name in enumerate(codes.dictionary.to_pylist()):
        template = templates[name]
        rows = np.flatnonzero(codes.indices.to_numpy() == code)
        wanted = columns.select(template.slots or columns.column_names[:1]).take(pa.array(rows))
        filled.append(fill(template, dict(zip(wanted.column_names, wanted.columns, strict=True))))
        places.append(rows)
    whole = pa.chunked_array(filled).unify_dictionaries().combine_chunks()
    return whole.take(pa.array(np.argsort(np.concatenate(places))))


def _pieces(text: str) -> list[tuple[str, str | None]]:
    """Split a template into texts, each with the slot after it."""
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError as error:
        raise ParameterError(f"the braces in {text!r} do not match: {error}") from error
    for _, name, form, conversion in parsed:
        if name is not None and (form or conversion or not name.isidentifier()):
            raise ParameterError(f"a slot is a bare name, such as {{hours_open}}, in {text!r}")
    return [(literal, name) for literal, name, _, _ in parsed]
