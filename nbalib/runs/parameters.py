"""A notebook's parameters: what it declares, and whether what is passed fits.

In: the cell tagged `parameters`, and values from YAML (typed) or from the command line (text).
Out: values of the declared types. papermill only warns of an unknown parameter and takes any type;
here both are refused before a kernel starts, and a line that papermill could misread is refused too.
"""

from __future__ import annotations

import ast
import json
import math
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbalib.errors import ParameterError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

SCALARS: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
KINDS = (*SCALARS, *(f"list[{name}]" for name in SCALARS))
WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
PATHS = re.compile(r"input|\w+_(path|file|dir)")
"""Names of parameters that hold paths: their relative values start where the command was given."""


@dataclass(frozen=True)
class Parameter:
    """One parameter that a notebook declares; `kind` is the text of its type."""

    name: str
    kind: str
    default: Any
    meaning: str

    def fit(self, value: object) -> Any:
        """Give `value` as the declared type; nothing is guessed, but dates and paths become text.

        Raises
        ------
        ParameterError
            The value is of another type, or not finite.
        """
        if self.kind.startswith("list["):
            if not isinstance(value, list | tuple):
                raise self._wrong(value)
            return [self._fit_one(item, self.kind[5:-1]) for item in value]
        return self._fit_one(value, self.kind)

    def read(self, text: str) -> Any:
        """Read a value given as text on the command line; a list is JSON, or parted by commas.

        Raises
        ------
        ParameterError
            The text cannot be read as the declared type.
        """
        if self.kind.startswith("list["):
            return [self._read_one(part, self.kind[5:-1]) for part in self._parts(text)]
        return self._read_one(text, self.kind)

    def _parts(self, text: str) -> list[str]:
        if not text.lstrip().startswith("["):
            return [part.strip() for part in text.split(",") if part.strip()]
        try:
            return [part if isinstance(part, str) else json.dumps(part) for part in json.loads(text)]
        except json.JSONDecodeError as error:
            raise ParameterError(f"parameter {self.name!r}: {text!r} is not a JSON list: {error}") from error

    def _read_one(self, text: str, kind: str) -> Any:
        value: object = text
        try:
            if kind == "bool":
                value = WORDS[text.strip().lower()]
            elif kind != "str":
                value = SCALARS[kind](text)
        except (ValueError, KeyError) as error:
            raise self._wrong(text) from error
        if kind == "str" and text and PATHS.fullmatch(self.name):
            value = str(Path(text).absolute())
        return self._fit_one(value, kind)

    def _fit_one(self, value: object, kind: str) -> Any:
        if kind == "str" and isinstance(value, date):
            return value.isoformat()
        if kind == "str" and isinstance(value, Path):
            return str(value)
        if kind == "float" and type(value) is int:
            return float(value)
        if type(value) is not SCALARS[kind] or (isinstance(value, float) and not math.isfinite(value)):
            raise self._wrong(value)
        return value

    def _wrong(self, value: object) -> ParameterError:
        hint = "; write it in quotes" if self.kind == "str" else ""
        given = f"{type(value).__name__} {value!r}"
        return ParameterError(f"parameter {self.name!r} is {self.kind} ({self.meaning}), not {given}{hint}")


def declared(notebook: NotebookNode, name: str) -> dict[str, Parameter]:
    """Read what `notebook` declares in its cell tagged `parameters`.

    Raises
    ------
    ParameterError
        There are several such cells, or a line is not ``name: type = literal  # meaning``.
    """
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if not cells:
        return {}
    if len(cells) > 1:
        raise ParameterError(f"{name}: {len(cells)} cells are tagged 'parameters', not one")
    source = cells[0].source
    lines = source.splitlines()
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise ParameterError(f"{name}: the parameters cell is not Python: {error}") from error
    found = [_parameter(statement, lines[statement.lineno - 1], name) for statement in statements]
    return {parameter.name: parameter for parameter in found}


def _parameter(statement: ast.stmt, line: str, notebook: str) -> Parameter:
    refused = ParameterError(f"{notebook}: a parameter reads 'name: type = value  # meaning', not {line!r}")
    if not (
        isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and statement.value is not None
        and statement.lineno == statement.end_lineno
    ):
        raise refused
    kind = ast.unparse(statement.annotation)
    if kind not in KINDS:
        raise ParameterError(f"{notebook}: parameter type {kind!r} in {line!r}; known are {', '.join(KINDS)}")
    try:
        default = ast.literal_eval(statement.value)
    except ValueError as error:
        raise refused from error
    comment = line.encode()[statement.end_col_offset :].decode().strip().removeprefix("#")
    meaning = comment.partition("# noqa")[0].strip()
    parameter = Parameter(statement.target.id, kind, None, meaning)
    return Parameter(parameter.name, kind, parameter.fit(default), meaning)


def checked(known: Mapping[str, Parameter], passed: Mapping[str, object], notebook: str) -> dict[str, Any]:
    """Give `passed` in the declared types.

    Raises
    ------
    ParameterError
        A name is unknown (the nearest is named), or a value is of another type.
    """
    for name in passed:
        if name not in known:
            raise ParameterError(f"{notebook} has no parameter {name!r}{nearest(name, known)}")
    return {name: known[name].fit(value) for name, value in passed.items()}


def effective(known: Mapping[str, Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Give every parameter with the value it runs with: the default, overlaid with what was given."""
    return {name: given.get(name, parameter.default) for name, parameter in known.items()}
