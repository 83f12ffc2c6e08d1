"""Open the way to a language model: from settings to a writer, everything checked before anything starts.

In: `LlmSettings` and the name of a provider. Out: an `LlmWriter`. Needs the package `openai`.

`openai` calls OpenAI, or any compatible server by `OPENAI_BASE_URL`. `azure` calls the v1 path of the
endpoint. Where an API version is set, or the endpoint names a deployment, it calls the deployment's own path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from nbalib.errors import MissingPackageError, ParameterError
from nbalib.messages.cache import AnswerCache

if TYPE_CHECKING:
    from pathlib import Path

    import openai

    from nbalib.messages.client import LlmWriter
    from nbalib.settings import LlmSettings

Provider = Literal["openai", "azure"]
OPENAI_URL = "https://api.openai.com/v1"
AZURE_API_VERSION = "2024-10-21"
CONNECT_SECONDS = 3.0
DEPLOYMENTS = "/openai/deployments/"


def open_writer(provider: Provider, settings: LlmSettings, outputs_dir: Path | None = None) -> LlmWriter:
    """Open a writer.

    Parameters
    ----------
    provider : {'openai', 'azure'}
        Whose settings are taken.
    settings : LlmSettings
        Keys, addresses and bounds.
    outputs_dir : Path, optional
        Answers are kept in its folder `llm_answers`; without it none are.

    Raises
    ------
    ParameterError
        A variable is missing, or cannot be what it should; its value is never shown.
    MissingPackageError
        The package `openai` is not installed.
    """
    check_settings(provider, settings)
    try:
        from nbalib.messages.client import LlmWriter
    except ModuleNotFoundError as error:
        raise MissingPackageError("openai", "llm") from error
    client = _openai_client(settings) if provider == "openai" else _azure_client(settings)
    model = settings.model if provider == "openai" else deployment_of(settings)
    cache = AnswerCache(outputs_dir / "llm_answers") if outputs_dir else None
    return LlmWriter(client, model, settings, cache)


def check_settings(provider: Provider, settings: LlmSettings) -> None:
    """Refuse settings that no call could succeed with."""
    values = {
        "openai": {"OPENAI_API_KEY": settings.openai_api_key},
        "azure": {
            "AZURE_OPENAI_API_KEY": settings.azure_api_key,
            "AZURE_OPENAI_ENDPOINT": settings.azure_endpoint,
            "AZURE_OPENAI_DEPLOYMENT_NAME": deployment_of(settings),
        },
    }[provider]
    missing = [name for name, value in values.items() if not value]
    if missing:
        local = "; a server of your own takes any key with OPENAI_BASE_URL" if provider == "openai" else ""
        raise ParameterError(
            f"--llm {provider} needs {' and '.join(missing)} in the environment or .env{local}"
        )
    for name, value in values.items():
        # In a header such a key would fail late, with an error that quotes it.
        if not (value.isascii() and value.isprintable()) or " " in value:
            raise ParameterError(f"{name} holds a space or a character that cannot stand there")
    addresses = {
        "OPENAI_BASE_URL": settings.openai_base_url,
        "AZURE_OPENAI_ENDPOINT": settings.azure_endpoint,
    }
    for name, value in addresses.items():
        if value and not value.startswith(("http://", "https://")):
            raise ParameterError(f"{name} does not begin with https:// or http://")
    for name in ("timeout_seconds", "deadline_seconds", "concurrency", "max_output_tokens"):
        if not getattr(settings, name) > 0:
            raise ParameterError(
                f"the language model's {name} must be above 0, not {getattr(settings, name)}"
            )


def deployment_of(settings: LlmSettings) -> str:
    """Name the Azure deployment: as set, or as the endpoint's path names it."""
    _, _, named = settings.azure_endpoint.partition(DEPLOYMENTS)
    return settings.azure_deployment or named.split("/")[0].split("?")[0]


def _openai_client(settings: LlmSettings) -> openai.AsyncOpenAI:
    """Make a client of OpenAI, or of the compatible server that is set."""
    import openai

    return openai.AsyncOpenAI(
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url or OPENAI_URL,
        timeout=_timeout(settings),
        max_retries=0,  # ours know the deadline
    )


def _azure_client(settings: LlmSettings) -> openai.AsyncOpenAI:
    """Make a client of Azure: by the v1 path, or by the deployment's where version or endpoint ask for it."""
    import openai

    by_deployment = settings.azure_api_version or DEPLOYMENTS in settings.azure_endpoint
    root = settings.azure_endpoint.partition("/openai/")[0].rstrip("/").removesuffix("/openai")
    if not by_deployment:
        return openai.AsyncOpenAI(
            api_key=settings.azure_api_key,
            base_url=f"{root}/openai/v1/",
            timeout=_timeout(settings),
            max_retries=0,
        )
    return openai.AsyncAzureOpenAI(
        api_key=settings.azure_api_key,
        azure_endpoint=root,
        azure_deployment=deployment_of(settings),
        api_version=settings.azure_api_version or AZURE_API_VERSION,
        timeout=_timeout(settings),
        max_retries=0,
    )


def _timeout(settings: LlmSettings) -> openai.Timeout:
    import openai

    return openai.Timeout(settings.timeout_seconds, connect=min(CONNECT_SECONDS, settings.timeout_seconds))
