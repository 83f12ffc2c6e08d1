"""What the service takes and gives: the bodies of requests and answers.

Instants are ISO 8601 in UTC with Z. A body with an unknown field, a control character or a text that is too
long is refused.

`as_of` says for which instant to decide. Only what was known then is looked at, so a customer of whom nothing
was known yet is as unknown (404) as one who never wrote. An instant to come is answered as it would be if
nobody wrote until then.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from nbalib.as_of import read_as_of
from nbalib.calendars import FIRST, LAST
from nbalib.errors import ParameterError
from nbalib.predictions.export import iso_instants

if TYPE_CHECKING:
    import pyarrow as pa

YEARS = range(FIRST.year, LAST.year - 1)
"""Of an `as_of`: what is due after it, is due while there still is a calendar."""

MessageChoice: TypeAlias = Literal["template", "llm", "none"]


def _printable(text: str) -> str:
    """Refuse a control character."""
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        raise ValueError("it holds a control character")
    return text


def _readable(text: str) -> str:
    """Refuse what is no instant of decision."""
    try:
        at = read_as_of(text, FIRST).at
    except (ParameterError, OverflowError) as error:
        raise ValueError(
            "give data, now, last-message or an ISO instant such as 2017-12-01T09:00Z"
        ) from error
    if at is not None and at.year not in YEARS:
        raise ValueError(f"give an instant from {YEARS[0]} to {YEARS[-1]}")
    return text


Id: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=256), AfterValidator(_printable)]
WhenText: TypeAlias = Annotated[str, StringConstraints(max_length=64), AfterValidator(_readable)]


class PredictIn(BaseModel):
    """Whom to decide for, and when."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [{"customer_id": "twitter:115712"}]}
    )

    customer_id: Id = Field(description="With its platform, or without where only one platform has it")
    brand: Id | None = Field(None, description="Only conversations with this brand account")
    conversation_id: Id | None = Field(None, description="Only this conversation")
    as_of: WhenText = Field(
        "now", description="data, now, last-message, or an ISO instant; without a zone it is UTC"
    )


class PredictOut(BaseModel):
    """The next best action for one conversation."""

    customer_id: str = Field(description="platform:external id")
    conversation_id: str = Field(description="The most pressing of those that were asked about")
    brand: str | None = Field(description="Brand account; null where none is known")
    channel: str = Field(description="Channel, or no_action")
    send_time: str | None = Field(description="When to send; null for no_action")
    message: str = Field(description="'' where no contact is made, or no message was asked for")
    reasoning: str = Field(description="For the agent, never for the customer")
    issue_status: str = Field(description="Expected after the action")
    p_resolved: float | None = Field(description="Likelihood of resolution; null where no model is in use")
    rule: str = Field(description="Rule that chose")
    message_source: str = Field(description="template, llm, none, or template: and what failed")
    decision_id: str = Field(description="Equal for equal conversation, instant, method and data")
    as_of: str = Field(description="Instant of decision")

    @classmethod
    def of(cls, row: pa.Table) -> PredictOut:
        """Take the answer from predictions of one row."""
        [facts] = row.to_pylist()
        facts["brand"] = facts["brand_account_id"]
        facts["as_of"] = facts["as_of"].isoformat().replace("+00:00", "Z")
        [facts["send_time"]] = iso_instants(row["send_time"]).to_pylist()
        return cls(**{name: facts[name] for name in cls.model_fields})


class Health(BaseModel):
    """The process lives."""

    status: Literal["healthy"] = "healthy"
    service: Literal["NBA Engine"] = "NBA Engine"
    db_target: str = "duckdb"


class Ready(BaseModel):
    """Decisions can be asked for."""

    status: Literal["ready"] = "ready"


class Fault(BaseModel):
    """Why there is no answer."""

    detail: str


class FieldFault(BaseModel):
    """What is wrong with one part of a request."""

    loc: list[str | int] = Field(description="Where: body or query, then the field")
    msg: str
    type: str


class BadRequest(BaseModel):
    """What is wrong with a request."""

    detail: list[FieldFault]


ANSWERS: dict[int | str, dict[str, Any]] = {
    404: {"model": Fault, "description": "The customer or the conversation is not known, or was not then"},
    422: {"model": BadRequest, "description": "The request is not as it should be"},
    503: {"model": Fault, "description": "The store is away; try again"},
}
"""What else `/predict_nba` may answer, for the documentation."""

UNREADY: dict[int | str, dict[str, Any]] = {503: ANSWERS[503]}
"""What else `/ready` may answer."""
