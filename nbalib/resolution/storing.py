"""Keep a model in one file, and read it back only if it is whole, known and of this version.

In: a `Likelihood`. Out: a zip file with the card, the reference, the model's parts, and a digest
of all three; beside it the card for people, as Markdown. The parts are arrays, numbers and texts, read by
skops, which builds nothing but the types of a fixed list; nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nbalib.errors import ModelError
from nbalib.resolution.calibration import Calibration
from nbalib.resolution.candidates import Fitted
from nbalib.resolution.card import Card
from nbalib.resolution.encoding import Encoding
from nbalib.resolution.likelihood import Likelihood
from nbalib.resolution.models import Logistic
from nbalib.resolution.reference import Reference
from nbalib.resolution.text_score import TextScore
from nbalib.resolution.trees import Trees

if TYPE_CHECKING:
    from pathlib import Path

TRUSTED: tuple[str, ...] = ()
"""Types that a model's file may hold beyond those that skops knows to be harmless: none is needed."""

CARD, REFERENCE, PARTS, DIGEST = "card.json", "reference.json", "model.skops", "digest.txt"
SIGNED = (CARD, REFERENCE, PARTS)


def save(likelihood: Likelihood, path: Path) -> None:
    """Write the model to `path` in one step, and its card for people beside it."""
    # It takes a second to import, and is needed where there is a model alone.
    import skops.io

    contents = {
        CARD: likelihood.card.as_json().encode(),
        REFERENCE: likelihood.reference.as_json().encode(),
        PARTS: skops.io.dumps(_taken_apart(likelihood)),
    }
    contents[DIGEST] = _digest(contents).encode()
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in contents.items():
            file.writestr(name, content)
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, memory.getvalue())
    _replace(path.with_name(f"{path.name}.md"), likelihood.card.as_markdown().encode())


def load(path: Path) -> Likelihood:
    """Read a model.

    Raises
    ------
    ModelError
        The file is absent, not a model, changed since it was written, of another format, or holds
        a type that is not trusted.
    """
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    contents = _read(path)
    card = Card.from_json(contents[CARD].decode())
    if _digest(contents) != contents[DIGEST].decode():
        raise ModelError(f"{path.name} was changed after it was written; train the model again")
    reference = Reference.from_json(contents[REFERENCE].decode())
    try:
        parts = skops.io.loads(contents[PARTS], trusted=list(TRUSTED))
    except UntrustedTypesFoundException as error:
        raise ModelError(f"{path.name} holds what no model of ours holds: {error}") from error
    return _put_together(card, parts, reference)


def load_if_there(path: Path) -> Likelihood | None:
    """Read a model, or give None where there is no file."""
    return load(path) if path.exists() else None


def keep(likelihood: Likelihood | None, store: Path) -> Path:
    """Keep a model beside a store, in the place of an earlier one; without a model nothing is changed."""
    path = store.with_suffix(".model")
    if likelihood is not None:
        save(likelihood, path)
    return path


def _read(path: Path) -> dict[str, bytes]:
    """Read the parts of the file."""
    try:
        with zipfile.ZipFile(path) as file:
            return {name: file.read(name) for name in (*SIGNED, DIGEST)}
    except FileNotFoundError as error:
        raise ModelError(f"there is no model {path}; notebook 40 trains one") from error
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise ModelError(f"{path.name} is not a model of nbalib, or is damaged: {error}") from error


def _digest(contents: dict[str, bytes]) -> str:
    """Name the contents."""
    each = {name: hashlib.sha256(contents[name]).hexdigest() for name in SIGNED}
    return hashlib.sha256(json.dumps(each, sort_keys=True).encode()).hexdigest()


def _taken_apart(likelihood: Likelihood) -> dict[str, Any]:
    """Give a model as arrays, numbers and texts."""
    fitted, curve = likelihood.fitted, likelihood.curve
    parts: dict[str, Any] = {"curve": asdict(curve)}
    if isinstance(fitted.model, Trees):
        trees = asdict(fitted.model)
        parts["trees"] = {**trees, "cuts": list(trees["cuts"]), "reachable": list(trees["reachable"])}
    elif isinstance(fitted.model, Logistic):
        parts["logistic"] = {**asdict(fitted.model), "tables": list(fitted.model.tables)}
    if fitted.text is not None:
        parts["text"] = {**asdict(fitted.text), "words": "\n".join(fitted.text.words)}
    return parts


def _put_together(card: Card, parts: dict[str, Any], reference: Reference) -> Likelihood:
    """Make a model of its parts."""
    model: Trees | Logistic
    if "trees" in parts:
        made = parts["trees"]
        model = Trees(**{**made, "cuts": tuple(made["cuts"]), "reachable": tuple(made["reachable"])})
    else:
        model = Logistic(**{**parts["logistic"], "tables": tuple(parts["logistic"]["tables"])})
    text = None
    if "text" in parts:
        words = tuple(parts["text"]["words"].split("\n")) if parts["text"]["words"] else ()
        text = TextScore(**{**parts["text"], "words": words})
    encoding = Encoding(card.columns, card.levels)
    return Likelihood(card, Fitted(encoding, model, text), Calibration(**parts["curve"]), reference)


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
