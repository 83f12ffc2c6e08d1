"""The service's baseline: one FastAPI route with a body in and a body out, and nothing done between them.

In: nothing. Out: a server on a free port of loopback, which it says on stderr as uvicorn does.
"""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel


class Asked(BaseModel):
    """What the service is asked."""

    customer_id: str
    as_of: str


class Answered(BaseModel):
    """As many fields as the service answers with, and of their kind."""

    customer_id: str
    conversation_id: str = "twitter:1:2"
    brand: str | None = "brand"
    channel: str = "twitter_dm_reply"
    send_time: str | None = "2017-11-01T08:00:00Z"
    message: str = "We are sorry to hear that. Please tell us more."
    reasoning: str = "The customer waits for an answer."
    issue_status: str = "pending_customer_response"
    p_resolved: float | None = None
    rule: str = "bare"
    message_source: str = "template"
    decision_id: str = "0123456789abcdef01234567"
    as_of: str


app = FastAPI()


@app.post("/predict_nba")
async def predict_nba(asked: Asked) -> Answered:
    """Answer at once."""
    return Answered(customer_id=asked.customer_id, as_of=asked.as_of)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=0, http="h11", access_log=False)
