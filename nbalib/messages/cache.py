"""Answers already paid for, kept by the content of what was asked: one small file each.

In: a key that names model and prompt. Out: the answer, if it was kept. No prompt and no key is stored.
A file appears whole or not at all, so several processes may share a folder.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from nbalib.errors import MessageError


class Written(BaseModel):
    """What a model wrote: the words for the customer, and for the agent why these.

    It is the form that a model has to answer in: flat, both fields required, nothing else allowed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    message: str
    reasoning: str


class AnswerCache:
    """A folder of answers.

    Parameters
    ----------
    folder : Path
        Made when absent.

    Raises
    ------
    MessageError
        The folder cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MessageError(f"the folder for a model's answers cannot be made: {error}") from error

    def find(self, key: str) -> Written | None:
        """Give the answer kept under `key`; a file that cannot be read counts as none."""
        try:
            return Written.model_validate_json(self._path(key).read_bytes())
        except (OSError, ValueError):
            return None

    def keep(self, key: str, written: Written) -> None:
        """Keep an answer; on a full or locked disk it is asked for again next time.

        Whoever keeps the same key at the same time keeps the same content: the last one wins.
        """
        path = self._path(key)
        try:
            path.parent.mkdir(exist_ok=True)
            handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(written.model_dump_json())
            Path(unfinished).replace(path)
        except OSError:
            return

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"
