"""Writing so that a crash at any instant leaves either the old file or the whole new one.

Every write goes to a temporary file, is forced to the disk, and is renamed into place. An error of the
operating system becomes a StoreError in plain words.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import StoreError

TEMPORARY = ".writing-"
"""How the names of unfinished files begin; the next writer removes them."""

LOCK = ".lock"

_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)

_PLAIN = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than is allowed here",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the file system is read-only",
    errno.ENOENT: "no such file or folder",
    errno.ENOTDIR: "a file stands where a folder should be",
    errno.EEXIST: "a file of that name is in the way",
    errno.EISDIR: "it is a folder",
    errno.EIO: "the disk reported an error",
    errno.ENAMETOOLONG: "the name is too long",
}


@contextmanager
def plainly(action: str, path: Path) -> Iterator[None]:
    """Turn an OSError inside into a StoreError such as `could not write DIR/x.npz: the disk is full`."""
    try:
        yield
    except OSError as error:
        why = _PLAIN.get(error.errno or 0) or error.strerror or str(error)
        raise StoreError(f"could not {action} {path}: {why}") from error


def read(path: Path) -> bytes:
    """A whole file; raises StoreError."""
    with plainly("read", path):
        return path.read_bytes()


def sha256(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal, read piecewise; raises StoreError."""
    digest = hashlib.sha256()
    with plainly("read", path), path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


class Draft:
    """A file that is being written (see `draft`)."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor
        self._digest = hashlib.sha256()

    def add(self, piece: bytes) -> None:
        """Write on; raises StoreError."""
        self._digest.update(piece)
        rest = memoryview(piece)
        with plainly("write", self._path):
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was written, in hexadecimal."""
        return self._digest.hexdigest()


@contextmanager
def draft(path: Path) -> Iterator[Draft]:
    """A file to be written in pieces: there and whole when the block ends well, else as it was. Raises StoreError."""
    temporary = _temporary(path)
    try:
        with plainly("write", path):
            descriptor = os.open(temporary, _NEW, 0o666)
        try:
            yield Draft(path, descriptor)
            with plainly("write", path):
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        with plainly("write", path):
            os.replace(temporary, path)
    except BaseException:
        _forget(temporary)
        raise
    with plainly("write", path):
        sync_folder(path.parent)


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file whole or not at all; raises StoreError."""
    with draft(path) as file:
        for piece in pieces:
            file.add(piece)


def make_folder(path: Path) -> None:
    """Make a folder, and those it lies in, unless it is there; raises StoreError."""
    with plainly("make", path):
        path.mkdir(parents=True, exist_ok=True)


def check_writable(path: Path) -> None:
    """Raise StoreError if no file can be written here, once the folders that are lacking are made. Nothing is left
    behind."""
    with plainly("write", path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "")
        temporary = _temporary(next(folder for folder in path.parents if folder.exists()) / path.name)
        os.close(os.open(temporary, _NEW, 0o666))
        os.unlink(temporary)


def _temporary(path: Path) -> Path:
    return path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")


def _forget(path: Path) -> None:
    """Remove a file if that can be done: the error that brought us here matters more."""
    try:
        os.unlink(path)
    except OSError:
        return


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk (where the system can)."""
    if os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(paths: Iterable[Path]) -> None:
    """Remove files that may or may not exist; raises StoreError."""
    for path in paths:
        with plainly("remove", path):
            path.unlink(missing_ok=True)


class Lock:
    """Held by the one process that may write into a folder. The system lets go of it when that process
    dies, however it dies, so a lock is never stale."""

    def __init__(self, folder: Path) -> None:
        """Take the lock; raises StoreError naming the holder if another process has it."""
        self.path = folder / LOCK
        with plainly("write", self.path):
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(self._descriptor)
        except BlockingIOError:
            holder = os.read(self._descriptor, 32).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise StoreError(f"{folder}: another process ({holder or '?'}) is writing here") from None
        except OSError as error:
            os.close(self._descriptor)
            raise StoreError(f"{folder}: this file system cannot lock files ({error.strerror})") from error
        with plainly("write", self.path):
            try:
                os.ftruncate(self._descriptor, 0)
                os.write(self._descriptor, str(os.getpid()).encode())
            except BaseException:
                self.release()
                raise

    def release(self) -> None:
        """Let others write. The file stays: removing it would let two processes lock two files."""
        os.close(self._descriptor)


def _lock(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            raise BlockingIOError from None
        return
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
