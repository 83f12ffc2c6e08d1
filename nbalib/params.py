"""The science parameters: read from `params/*.yaml`, checked, unknown keys refused.

In: a folder of YAML files. Out: `Params`, one immutable value, with a digest that names it.
A key that nobody knows is an error that says which was probably meant.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, time
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from nbalib.errors import ParameterError, nearest

Role = Literal["customer", "agent", "bot"]
Status = Literal["resolved", "open", "no_issue"]
STATUSES: tuple[Status, ...] = get_args(Status)
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Strict(BaseModel):
    """A parameter block: immutable, and closed to unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Account(Strict):
    """One account whose role or brand the platform does not tell."""

    account: str
    platform: str = "twitter"
    role: Role = "agent"
    brand: str | None = None
    why: str = ""


class Accounts(Strict):
    """`accounts.yaml`: accounts → role and brand."""

    accounts: tuple[Account, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Accounts:
        seen: set[tuple[str, str]] = set()
        for entry in self.accounts:
            key = (entry.platform, entry.account.lower())
            if key in seen:
                raise ValueError(f"account {entry.account!r} of {entry.platform} is listed twice")
            seen.add(key)
        return self


class Hours(Strict):
    """When a brand works and when it does not disturb, in the local time of `zone`.

    `quiet_from` later than `quiet_until` spans midnight; equal ones mean no quiet hours.
    """

    zone: str = "UTC"
    workdays: tuple[Weekday, ...] = get_args(Weekday)
    opens: time = time(8)
    closes: time = time(20)
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    holidays: tuple[date, ...] = ()

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no such time zone: {zone!r}") from error
        return zone


class Voice(Strict):
    """How a brand sounds.

    `name` is what customers call it; null takes the account's own name.
    """

    name: str | None = None
    greeting: str = "Hi,"
    closing: str = ""
    formal: bool = False


class Brand(Strict):
    """One tenant: hours, voice and the channels it offers."""

    hours: Hours = Hours()
    voice: Voice = Voice()
    channels: tuple[str, ...] = ("twitter_dm_reply", "email_reply", "scheduling_phone_call")


class Brands(Strict):
    """`brands.yaml`: what holds for all, and what single brands do otherwise (by brand account)."""

    default: Brand = Brand()
    brands: dict[str, Brand] = Field(default_factory=dict)

    def of(self, account: str | None) -> Brand:
        """Give the brand's block, or the default for an unlisted or unknown one."""
        return self.brands.get(account or "", self.default)


class Policy(Strict):
    """`policy.yaml`: how often and how soon a customer may be contacted.

    `cool_off_hours` is the pause after an agent's message before a follow-up.
    """

    max_contacts_7d: int = Field(default=2, ge=0)
    cool_off_hours: float = Field(default=24, ge=0)
    clock_restart_days: int = Field(default=14, ge=1)
    max_opening_messages: int = Field(default=10, ge=0)


class StatusWeights(Strict):
    """`status.yaml`: how much each named fact of a conversation speaks for each status.

    `base` is what each status starts with; the highest sum wins.
    """

    version: int = Field(ge=1)
    base: dict[Status, float]
    weights: dict[str, dict[Status, float]]

    @field_validator("base")
    @classmethod
    def _complete(cls, base: dict[Status, float]) -> dict[Status, float]:
        missing = [status for status in STATUSES if status not in base]
        if missing:
            raise ValueError(f"nothing is said of {', '.join(missing)}")
        return base


Model = TypeVar("Model", bound=BaseModel)

SHIPPED = Path(__file__).parents[1] / "params"
"""The parameters of the repository."""


@cache
def shipped_status() -> StatusWeights:
    """Read the weights that are shipped: they were fitted to hand labels, see `resolution/fitting.py`."""
    return read_yaml(SHIPPED / "status.yaml", StatusWeights)


class Params(Strict):
    """All parameters that decide what nbalib computes."""

    accounts: Accounts = Accounts()
    brands: Brands = Brands()
    policy: Policy = Policy()
    status: StatusWeights = Field(default_factory=shipped_status)

    @cached_property
    def digest(self) -> str:
        """Name of these parameters: equal parameters, equal digest."""
        return digest_of(self)


PARAMETER_FILES: dict[str, type[BaseModel]] = {
    "accounts": Accounts,
    "brands": Brands,
    "policy": Policy,
    "status": StatusWeights,
}


def digest_of(block: BaseModel) -> str:
    """Name the content of a parameter block: equal content, equal digest."""
    plain = json.dumps(block.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def load_params(folder: Path) -> Params:
    """Read `accounts.yaml`, `brands.yaml`, `policy.yaml` and `status.yaml` of `folder`.

    An absent file is its default; that of `status.yaml` is the one that is shipped.

    Raises
    ------
    ParameterError
        The folder is absent, or a file has an unknown key, a wrong value or is not YAML.
    """
    if not folder.is_dir():
        raise ParameterError(f"the parameter folder {folder} does not exist")
    blocks: dict[str, BaseModel] = {}
    for name, model in PARAMETER_FILES.items():
        path = folder / f"{name}.yaml"
        if path.exists():
            blocks[name] = read_yaml(path, model)
    return Params.model_validate(blocks)


def read_yaml(path: Path, model: type[Model]) -> Model:
    """Read one YAML file as `model`.

    Raises
    ------
    ParameterError
        Names the file, the key and the nearest known key, or the value at fault.
    """
    content = read_mapping(path)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise ParameterError(f"{path.name}: {_faults(error, model)}") from error


class _Once(yaml.SafeLoader):
    """A safe loader that refuses a key given twice, where YAML would let the last one win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"key {key!r} is given twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping; an empty file is an empty one."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Once)  # noqa: S506 (a SafeLoader of ours)
    except FileNotFoundError as error:
        raise ParameterError(f"the parameter file {path} does not exist") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParameterError(f"{path.name} is not readable YAML: {error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ParameterError(f"{path.name} holds {type(content).__name__}, not names and values")
    return content


def _faults(error: ValidationError, model: type[BaseModel]) -> str:
    """Say each fault with its place; for an unknown key, which key was probably meant."""
    said = []
    for fault in error.errors():
        place = ".".join(str(step) for step in fault["loc"])
        if fault["type"] == "extra_forbidden":
            name = str(fault["loc"][-1])
            said.append(f"unknown key {place!r}{nearest(name, _keys_at(model, fault['loc'][:-1]))}")
        else:
            said.append(f"{place}: {fault['msg']}, not {fault['input']!r}")
    return "; ".join(said)


def _keys_at(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """Names of the fields that the block at `place` has."""
    for step in place:
        if isinstance(step, str) and step in model.model_fields:
            inner = _model_within(model.model_fields[step].annotation)
            model = inner if inner is not None else model
    return list(model.model_fields)


def _model_within(annotation: Any) -> type[BaseModel] | None:
    """Find the parameter block inside an annotation such as ``tuple[Account, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_within(part))), None)
