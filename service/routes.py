"""The routes: what can be asked, each in a few sentences.

A route that computes or reads is a plain function and runs on a thread of its own, so that a slow answer
holds up nobody else's.
"""

from __future__ import annotations

from fastapi import APIRouter

from nbalib.as_of import read_as_of
from nbalib.predictions.serving import Question
from service.contracts import ANSWERS, UNREADY, Health, MessageChoice, PredictIn, PredictOut, Ready
from service.deps import ResourcesDep

router = APIRouter()


@router.post("/predict_nba", responses=ANSWERS)
def predict_nba(asked: PredictIn, given: ResourcesDep, message: MessageChoice = "template") -> PredictOut:
    """Decide the next best action for the most pressing conversation of a customer."""
    as_of = read_as_of(asked.as_of, given.clock())
    question = Question(asked.customer_id, as_of, asked.brand, asked.conversation_id)
    found = given.answers.answer(given.method, question)
    return PredictOut.of(given.wording.apply(found, message))


@router.get("/health")
async def health(given: ResourcesDep) -> Health:
    """Tell that the process lives, whatever has become of the store."""
    return Health(db_target=given.db)


@router.get("/ready", responses=UNREADY)
def ready(given: ResourcesDep) -> Ready:
    """Tell that the store can be read and decisions can be asked for."""
    given.answers.check()
    return Ready()
