"""Examine an installation: what is there, what can be reached, what is configured.

In: `Settings`. Out: findings, each `ok`, `absent` (and not needed for the main job) or `wrong`.
Secrets are said to be set or not, never shown.
"""

from __future__ import annotations

import platform
import shutil
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Literal, NamedTuple

from nbalib import __version__
from nbalib.engines.java import find_java
from nbalib.errors import EngineError, InputError, MissingPackageError, NbaError, ParameterError
from nbalib.messages.doors import check_settings
from nbalib.predictions.method import load_method
from nbalib.stores.duckdb_store import DuckDBStore
from nbalib.stores.opening import OPENERS, open_store

if TYPE_CHECKING:
    from nbalib.messages.doors import Provider
    from nbalib.predictions.method import Method
    from nbalib.settings import Settings

PACKAGES = {
    "core": ("duckdb", "pandas", "pyarrow", "numpy", "scikit-learn", "sqlglot", "papermill", "jupyterlab"),
    "llm": ("openai",),
    "service": ("fastapi", "uvicorn"),
    "spark": ("pyspark",),
    "clickhouse": ("clickhouse-connect",),
    "postgres": ("psycopg",),
}
LEAST_FREE_GB = 1.0
IMPATIENT_SECONDS = 2.0


class Finding(NamedTuple):
    """One thing examined."""

    name: str
    state: Literal["ok", "absent", "wrong"]
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Look at packages, parameters, the store, free space and the language models."""
    findings = [Finding("nbalib", "ok", f"{__version__} on Python {platform.python_version()}")]
    for extra, names in PACKAGES.items():
        findings += [_package(name, extra) for name in names]
    return [
        *findings,
        _java(),
        _spark(settings),
        _method(settings),
        _store(settings),
        *(_server(settings, db) for db in OPENERS if db != "duckdb"),
        _space(settings),
        _model("openai", settings),
        _model("azure", settings),
    ]


def _package(name: str, extra: str) -> Finding:
    try:
        return Finding(name, "ok", version(name))
    except PackageNotFoundError:
        if extra == "core":
            return Finding(name, "wrong", "not installed, and needed")
        return Finding(name, "absent", f"not installed; pip install 'nbalib[{extra}]' brings it")


def _java() -> Finding:
    try:
        java = find_java()
    except EngineError as error:
        return Finding("java", "absent", f"{error}; only Spark needs it")
    return Finding("java", "ok", f"version {java.version} of {java.brought_by}: {java.program}")


def _spark(settings: Settings) -> Finding:
    return Finding(
        "spark", "ok", f"configured: {settings.spark.master}, shared folder {settings.spark.folder}"
    )


def _method(settings: Settings) -> Finding:
    try:
        method = load_method(settings.params_dir, model=settings.model_path)
    except NbaError as error:
        return Finding("parameters", "wrong", str(error))
    return Finding(
        "parameters", "ok", f"{len(method.rules.rules)} rules, digest {method.digest}{_model_words(method)}"
    )


def _model_words(method: Method) -> str:
    """Say since when the likelihood's model knows nothing more."""
    if method.likelihood is None:
        return "; no model of the likelihood of resolution, notebook 40 trains one"
    card = method.likelihood.card
    return f"; likelihood of resolution: trained on {card.source_kind} data until {card.trained_until}"


def _store(settings: Settings) -> Finding:
    if not settings.duckdb_path.exists():
        return Finding("store", "absent", f"none yet at {settings.duckdb_path}; nba ingest makes it")
    try:
        with DuckDBStore.open(settings.duckdb_path, read_only=True) as store:
            count = store.count("interactions")
    except NbaError as error:
        return Finding("store", "wrong", str(error))
    return Finding("store", "ok", f"{settings.duckdb_path}: {count:,} interactions")


def _server(settings: Settings, db: str) -> Finding:
    """Look at a store on a server: absent where it is not configured, or its extra not installed."""
    impatient = replace(settings, store_patience_seconds=IMPATIENT_SECONDS)
    try:
        with open_store(impatient, db, read_only=True) as store:
            return Finding(f"store {db}", "ok", f"{store.name}: {store.count('interactions'):,} interactions")
    except (InputError, MissingPackageError) as error:
        return Finding(f"store {db}", "absent", str(error))
    except NbaError as error:
        return Finding(f"store {db}", "wrong", str(error))


def _space(settings: Settings) -> Finding:
    folder = next(path for path in (settings.duckdb_path, *settings.duckdb_path.parents) if path.exists())
    free = shutil.disk_usage(folder).free / 1e9
    state: Literal["ok", "wrong"] = "ok" if free >= LEAST_FREE_GB else "wrong"
    return Finding("free space", state, f"{free:,.1f} GB beside the store")


def _model(provider: Provider, settings: Settings) -> Finding:
    try:
        check_settings(provider, settings.llm)
    except ParameterError as error:
        return Finding(f"llm {provider}", "absent", f"not configured: {error}")
    return Finding(f"llm {provider}", "ok", "configured")
