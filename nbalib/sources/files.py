"""Find the files that a source is to read, and read their bytes with proof of what was read.

In: paths, folders, patterns. Out: `InputFile`s, and from each an `OpenFile`: a stream of its
(decompressed) bytes, and at the end its fingerprint, ``SIZE-SHA256`` of the bytes on disk, with
``#MEMBER`` for a member of a zip archive.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from nbalib.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUFFIXES = (".csv", ".gz", ".zip", ".parquet")
"""What is taken from a folder; a file that is named itself is taken whatever its suffix."""

_CHUNK = 1 << 20
_PATTERN_SIGNS = frozenset("*?[")
_DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)


@dataclass(frozen=True)
class InputFile:
    """One file to read, or one member of a zip archive."""

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """Name without folders: what is recorded of it."""
        return f"{self.path.name}#{self.member}" if self.member else self.path.name

    @property
    def size(self) -> int:
        """Bytes on disk."""
        with _reporting(self.name):
            return self.path.stat().st_size

    def fingerprint(self) -> str:
        """Read the file once and name its content."""
        with _reporting(self.name), self.path.open("rb") as raw:
            found = hashlib.file_digest(raw, "sha256").hexdigest()
            return self.marked(os.fstat(raw.fileno()).st_size, found)

    def marked(self, size: int, digest: str) -> str:
        """Put size and content hash together as a fingerprint."""
        return f"{size}-{digest}{'#' if self.member else ''}{self.member}"


class OpenFile:
    """A file while it is read.

    Attributes
    ----------
    name : str
        Of the file, without folders.
    stream : IO[bytes]
        Its bytes, decompressed; of Parquet, the raw file, which can be sought.
    is_parquet : bool
    """

    def __init__(
        self, file: InputFile, raw: _Hashing, stream: IO[bytes], *, is_parquet: bool, n_unpacked: int
    ) -> None:
        self.name = file.name
        self.stream = stream
        self.is_parquet = is_parquet
        self._file = file
        self._raw = raw
        self._n_unpacked = n_unpacked
        self._before = os.fstat(raw.fileno())

    @property
    def bytes_done(self) -> int:
        """Bytes on disk read so far; of a packed member, its share of the archive."""
        if self._n_unpacked:
            return self._before.st_size * self.stream.tell() // self._n_unpacked
        return self.stream.tell() if self.is_parquet else self._raw.position

    def read(self, size: int) -> bytes:
        """Give `size` bytes of the stream, fewer only at its end.

        Raises
        ------
        SourceError
            The file is cut short or damaged.
        """
        with _reporting(self.name):
            return self.stream.read(size)

    def finish(self) -> str:
        """Give the fingerprint of what was read.

        Raises
        ------
        SourceError
            The file changed while it was read.
        """
        with _reporting(self.name):
            self._raw.drain()
            now = self._file.path.stat()
        before = self._before
        if (now.st_size, now.st_mtime_ns, now.st_ino) != (before.st_size, before.st_mtime_ns, before.st_ino):
            raise SourceError(f"{self.name} changed while it was read; nothing of it was stored")
        return self._file.marked(before.st_size, self._raw.digest())


class _Hashing(io.RawIOBase):
    """A raw file that hashes what passes through it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("rb", buffering=0)
        self._sha = hashlib.sha256()
        self.position = 0

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        n_read = self._file.readinto(buffer) or 0
        self._sha.update(buffer[:n_read])
        self.position += n_read
        return n_read

    def drain(self) -> None:
        """Pass the rest of the file through."""
        while self.read(_CHUNK):
            pass

    def digest(self) -> str:
        return self._sha.hexdigest()

    def close(self) -> None:
        self._file.close()
        super().close()


@contextmanager
def opened(file: InputFile) -> Iterator[OpenFile]:
    """Open `file` by what it holds: gzip, a member of a zip archive, Parquet, or plain bytes.

    Raises
    ------
    SourceError
        It cannot be opened, or is empty.
    """
    with ExitStack() as held:
        with _reporting(file.name):
            raw = held.enter_context(_Hashing(file.path))
            head = os.pread(raw.fileno(), 4, 0)
            if not head:
                raise SourceError(f"{file.name} is empty")
            n_unpacked = 0
            if file.member:
                archive = held.enter_context(zipfile.ZipFile(file.path))
                n_unpacked = archive.getinfo(file.member).file_size
                stream = held.enter_context(archive.open(file.member))
            else:
                stream = _stream(file, raw, head, held)
        yield OpenFile(file, raw, stream, is_parquet=head == b"PAR1", n_unpacked=n_unpacked)


def _stream(file: InputFile, raw: _Hashing, head: bytes, held: ExitStack) -> IO[bytes]:
    """Open the decompressed bytes; Parquet's reader jumps, so it gets the file a second time."""
    if head == b"PAR1":
        return held.enter_context(file.path.open("rb"))
    plain = held.enter_context(io.BufferedReader(raw, _CHUNK))
    if head.startswith(b"\x1f\x8b"):
        return held.enter_context(cast("IO[bytes]", gzip.GzipFile(fileobj=plain)))
    return plain


def find_files(paths: Sequence[Path | str]) -> tuple[InputFile, ...]:
    """Resolve paths, folders and patterns into files, each once, in a fixed order.

    Raises
    ------
    SourceError
        A path does not exist, a folder or archive holds no file to read, or a pattern matches nothing.
    """
    if not paths:
        raise SourceError("no input was given")
    found: dict[tuple[Path, str], InputFile] = {}
    for path in paths:
        for one in _matching(str(path)):
            for file in _members(one):
                found.setdefault((file.path.resolve(), file.member), file)
    return tuple(found.values())


def _matching(given: str) -> list[Path]:
    path = Path(given)
    if path.is_dir():
        inside = [one for one in sorted(path.iterdir()) if one.is_file() and _is_taken(one.name, SUFFIXES)]
        if not inside:
            raise SourceError(f"the folder {given} holds no file ending in {', '.join(SUFFIXES)}")
        return inside
    if path.is_file():
        return [path]
    if path.exists():
        raise SourceError(f"{given} is neither a file nor a folder")
    if not _PATTERN_SIGNS.intersection(given):
        raise SourceError(f"the file {given} does not exist")
    fixed = 0
    while not _PATTERN_SIGNS.intersection(path.parts[fixed]):
        fixed += 1
    pattern = str(Path(*path.parts[fixed:]))
    matches = sorted(one for one in Path(*path.parts[:fixed]).glob(pattern) if one.is_file())
    if not matches:
        raise SourceError(f"no file matches {given}")
    return matches


def _is_taken(name: str, suffixes: tuple[str, ...]) -> bool:
    return name.lower().endswith(suffixes) and not name.startswith((".", "_"))


def _members(path: Path) -> list[InputFile]:
    """Give the file itself or, of a zip archive, each CSV file in it."""
    with _reporting(path.name):
        with path.open("rb") as raw:
            if raw.read(2) != b"PK":
                return [InputFile(path)]
        with zipfile.ZipFile(path) as archive:
            names = sorted(one.filename for one in archive.infolist() if not one.is_dir())
    kept = [name for name in names if _is_taken(name, (".csv",))]
    if not kept:
        raise SourceError(f"the archive {path.name} holds no .csv file; it holds {', '.join(names[:5])}")
    return [InputFile(path, name) for name in kept]


@contextmanager
def _reporting(name: str) -> Iterator[None]:
    """Turn what the system and the decompressors raise into errors that name the file."""
    try:
        yield
    except _DAMAGE as error:
        raise SourceError(f"{name} is cut short or damaged: {error}") from error
    except OSError as error:
        raise SourceError(f"{name} cannot be read: {error.strerror or error}") from error
    except RuntimeError as error:  # an encrypted archive
        raise SourceError(f"{name} cannot be read: {error}") from error
