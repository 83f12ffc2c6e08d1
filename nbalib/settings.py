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
class Settings:
    """Addresses and secrets of one installation."""

    duckdb_path: Path = REPOSITORY / "outputs" / "nba.duckdb"
    params_dir: Path = REPOSITORY / "params"
    outputs_dir: Path = REPOSITORY / "outputs"
    notebooks_dir: Path = REPOSITORY / "notebooks"
    llm: LlmSettings = field(default_factory=LlmSettings)

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
