"""Where things are: addresses and secrets from the environment, read once at the edge.

In: the environment, and a `.env` file in the working folder. Out: `Settings`, passed downwards.
Science parameters do not live here but in `params/`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dotenv import dotenv_values

from nbalib.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class LlmSettings:
    """How to reach a language model; the keys are never shown.

    `timeout_seconds` bounds one call, `deadline_seconds` a message with its retries, `max_output_tokens`
    what the model may write. With an `azure_api_version` the deployment's own path is called, without one
    the v1 path of the endpoint.
    """

    model: str = "gpt-4o-mini"
    openai_api_key: str = field(default="", repr=False)
    openai_base_url: str = ""
    azure_api_key: str = field(default="", repr=False)
    azure_endpoint: str = ""
    azure_deployment: str = ""
    azure_api_version: str = ""
    timeout_seconds: float = 15.0
    deadline_seconds: float = 30.0
    concurrency: int = 8
    max_output_tokens: int = 1000


@dataclass(frozen=True)
class ClickHouseSettings:
    """How to reach ClickHouse: a server by `host`, or the engine inside this process by `path`."""

    host: str = ""
    port: int = 0
    user: str = "default"
    password: str = field(default="", repr=False)
    database: str = "default"
    is_secure: bool = False
    path: str = ""


@dataclass(frozen=True)
class PostgresSettings:
    """How to reach PostgreSQL: `dsn` for any, `supabase_dsn` for Supabase's; both hold passwords.

    `supabase_api` tells whether the address or the key of Supabase's API is set, which a database
    connection cannot use.
    """

    dsn: str = field(default="", repr=False)
    supabase_dsn: str = field(default="", repr=False)
    supabase_api: bool = False


@dataclass(frozen=True)
class SparkSettings:
    """Where Spark runs, and a folder that its driver and all of its workers see.

    A pass over fewer than `least_rows` messages is done without it: its start takes longer.
    """

    master: str = "local[*]"
    folder: Path = REPOSITORY / "outputs" / "spark"
    least_rows: int = 100_000


@dataclass(frozen=True)
class Settings:
    """Addresses and secrets of one installation.

    `store_patience_seconds`: for how long a store on a server is asked again when it is away.
    """

    duckdb_path: Path = REPOSITORY / "outputs" / "nba.duckdb"
    params_dir: Path = REPOSITORY / "params"
    outputs_dir: Path = REPOSITORY / "outputs"
    notebooks_dir: Path = REPOSITORY / "notebooks"
    clickhouse: ClickHouseSettings = field(default_factory=ClickHouseSettings)
    postgres: PostgresSettings = field(default_factory=PostgresSettings)
    store_patience_seconds: float = 30.0
    spark: SparkSettings = field(default_factory=SparkSettings)
    llm: LlmSettings = field(default_factory=LlmSettings)

    @property
    def model_path(self) -> Path:
        """Where the model of the likelihood of resolution is, if one was trained: beside the store."""
        return self.duckdb_path.with_suffix(".model")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read `environment` (default: the process's, over `.env` in the working folder)."""
        if environment is None:
            stored = {name: value or "" for name, value in dotenv_values(Path(".env")).items()}
            environment = {**stored, **os.environ}
        default = cls()
        get = environment.get

        def seconds(name: str, value: float) -> float:
            text = get(name, "")
            try:
                return float(text) if text else value
            except ValueError as error:
                raise ParameterError(f"{name} is not a number of seconds: {text!r}") from error

        return cls(
            duckdb_path=Path(get("NBA_DUCKDB_PATH") or default.duckdb_path),
            params_dir=Path(get("NBA_PARAMS_DIR") or default.params_dir),
            outputs_dir=Path(get("NBA_OUTPUTS_DIR") or default.outputs_dir),
            store_patience_seconds=seconds("NBA_STORE_PATIENCE_SECONDS", default.store_patience_seconds),
            clickhouse=_clickhouse(environment),
            spark=_spark(environment),
            postgres=PostgresSettings(
                dsn=get("POSTGRES_DSN", ""),
                supabase_dsn=get("SUPABASE_DB_URL", ""),
                supabase_api=bool(get("SUPABASE_URL") or get("SUPABASE_KEY")),
            ),
            llm=LlmSettings(
                model=get("NBA_LLM_MODEL") or LlmSettings.model,
                openai_api_key=get("OPENAI_API_KEY", ""),
                openai_base_url=get("OPENAI_BASE_URL", ""),
                azure_api_key=get("AZURE_OPENAI_API_KEY", ""),
                azure_endpoint=get("AZURE_OPENAI_ENDPOINT", ""),
                azure_deployment=get("AZURE_OPENAI_DEPLOYMENT_NAME", ""),
                azure_api_version=get("AZURE_OPENAI_API_VERSION", ""),
                timeout_seconds=seconds("NBA_LLM_TIMEOUT_SECONDS", LlmSettings.timeout_seconds),
                deadline_seconds=seconds("NBA_LLM_DEADLINE_SECONDS", LlmSettings.deadline_seconds),
            ),
        )


def _spark(environment: Mapping[str, str]) -> SparkSettings:
    default = SparkSettings()
    least = environment.get("NBA_SPARK_LEAST_ROWS") or str(default.least_rows)
    if not least.isdigit():
        raise ParameterError(f"NBA_SPARK_LEAST_ROWS is not a number of messages: {least!r}")
    return SparkSettings(
        master=environment.get("SPARK_MASTER") or default.master,
        folder=Path(environment.get("NBA_SPARK_FOLDER") or default.folder),
        least_rows=int(least),
    )


def _clickhouse(environment: Mapping[str, str]) -> ClickHouseSettings:
    get = environment.get
    port = get("CLICKHOUSE_PORT") or "0"
    if not port.isdigit():
        raise ParameterError(f"CLICKHOUSE_PORT is not a port: {port!r}")
    return ClickHouseSettings(
        host=get("CLICKHOUSE_HOST", ""),
        port=int(port),
        user=get("CLICKHOUSE_USER") or ClickHouseSettings.user,
        password=get("CLICKHOUSE_PASSWORD", ""),
        database=get("CLICKHOUSE_DATABASE") or ClickHouseSettings.database,
        is_secure=get("CLICKHOUSE_SECURE", "").strip().lower() in ("1", "true", "yes", "on"),
        path=get("CLICKHOUSE_PATH", ""),
    )
