"""Run the service: `nba serve`.

In: settings, an address, a number of processes. Out: a server that runs until it is told to stop, and then
lets the answers under way finish.

Bounds that uvicorn gives: `KEEP_ALIVE_SECONDS` for an idle connection, `MAX_CONNECTIONS` at a time (503
beyond), `MAX_HEADER_BYTES` for the head of a request. It gives none for a head that comes slowly: a service
that is open to others stands behind a proxy that does.
"""

from __future__ import annotations

import copy
import ipaddress
import logging.config
import multiprocessing
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from nbalib.errors import InputError, nearest
from nbalib.predictions.method import load_method
from nbalib.settings import Settings
from nbalib.stores.opening import OPENERS
from service.app import create_app

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from fastapi import FastAPI

log = logging.getLogger(__name__)

SERVED_DB = "NBA_SERVED_DB"
"""Tells a worker which store it serves."""
KEEP_ALIVE_SECONDS = 5
SHUTDOWN_SECONDS = 10
MAX_CONNECTIONS = 512
MAX_HEADER_BYTES = 16_384


def serve(settings: Settings, *, db: str, host: str, port: int, workers: int = 1) -> None:
    """Serve decisions until the process is told to stop.

    Parameters
    ----------
    db : str
        Name of the store.
    workers : int
        Processes; all read the same snapshot.

    Raises
    ------
    InputError
        There is no such store.
    ParameterError
        The method's parameters are wrong.
    """
    if db not in OPENERS:
        raise InputError(f"there is no store {db!r}{nearest(db, OPENERS)}")
    load_method(
        settings.params_dir, model=settings.model_path
    )  # what is wrong with it is said here, once, and not by every worker
    logging.config.dictConfig(_logging())
    if not _is_loopback(host):
        log.warning("whoever reaches %s can ask about every customer: let a proxy ask who they are", host)
    if workers > 1:
        os.environ.update({**_environment(settings), SERVED_DB: db})
    try:
        _run(settings, db, host, port, workers)
    except SystemExit as end:  # uvicorn has codes of its own, and has said why
        sys.exit(1 if end.code else 0)


def _run(settings: Settings, db: str, host: str, port: int, workers: int) -> None:
    """Run uvicorn, with the application itself in one process, or its name in several."""
    uvicorn.run(
        "service.server:app_from_environment" if workers > 1 else create_app(settings, db=db),
        factory=workers > 1,
        workers=workers,
        host=host,
        port=port,
        access_log=False,
        log_config=_logging(),
        http="h11",  # the one that bounds the head of a request
        h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        server_header=False,
    )


def app_from_environment() -> FastAPI:
    """Make the application in a worker, which knows the environment only, and ends with its parent."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    return create_app(Settings.from_environment(), db=os.environ.get(SERVED_DB, "duckdb"))


def _end_with(parent: BaseProcess) -> None:
    """Stop this worker once its parent has gone: a parent that was killed leaves nobody else to do it."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _environment(settings: Settings) -> dict[str, str]:
    """Give the variables that tell a worker of the same places."""
    return {
        "NBA_DUCKDB_PATH": str(settings.duckdb_path),
        "NBA_PARAMS_DIR": str(settings.params_dir),
        "NBA_OUTPUTS_DIR": str(settings.outputs_dir),
    }


def _is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _logging() -> dict[str, Any]:
    """Let the service log as uvicorn does, on stderr."""
    config = copy.deepcopy(LOGGING_CONFIG)
    config["loggers"]["service"] = {"handlers": ["default"], "level": "INFO", "propagate": False}
    return config
