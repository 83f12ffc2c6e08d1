"""What the service takes and gives, and what it tells when there is no answer."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from tweets import NOON, Tweet, store_of

from nbalib.errors import ParameterError
from nbalib.settings import Settings
from service.app import create_app
from service.limits import WholeBody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.types import Message, Receive, Scope, Send

TALK = (
    Tweet(1, "1001", "@Brand no signal since noon & it is urgent!", 0),
    Tweet(2, "Brand", "@1001 Sorry to hear that! Please DM us your phone number. ^AB", 2, 1),
    Tweet(5, "1001", "@Brand why was my bill doubled?", 5),
    Tweet(6, "1001", "@Other where is my parcel? It should be here", 6),
    Tweet(7, "Other", "@1001 It arrives tomorrow, sorry for the wait!", 7, 6),
    Tweet(8, "1002", "@Brand the app crashes since the update", 1),
    Tweet(9, "Brand", "@1002 Please reinstall the app. ^AB", 2, 8),
    Tweet(11, "1002", "@Brand that worked, thank you!", 3, 9),
    Tweet(20, "1003", "@Brand can I keep my number when I move?", 4),
)
AT = NOON + timedelta(hours=30)
FIELDS = [
    "customer_id",
    "conversation_id",
    "brand",
    "channel",
    "send_time",
    "message",
    "reasoning",
    "issue_status",
    "p_resolved",
    "rule",
    "message_source",
    "decision_id",
    "as_of",
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give settings whose store holds TALK."""
    folder = tmp_path_factory.mktemp("talk")
    store_of(folder, TALK).close()
    return Settings(duckdb_path=folder / "nba.duckdb", outputs_dir=folder)


def clock() -> datetime:
    """Stand still, thirty hours after noon."""
    return AT


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    """Give a client of the running service, whose clock stands at AT."""
    with TestClient(create_app(settings, clock=clock), raise_server_exceptions=False) as client:
        yield client


def ask(client: TestClient, customer: str = "1001", **more: Any) -> dict[str, Any]:
    """Ask about a customer and give the answer, which must be one."""
    answer = client.post("/predict_nba", json={"customer_id": customer, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_full_answer(client: TestClient) -> None:
    """An answer has every field, names conversation, brand and rule, and says instants in UTC with Z."""
    answer = ask(client)
    assert list(answer) == FIELDS
    assert (answer["customer_id"], answer["conversation_id"]) == ("twitter:1001", "twitter:5:1001")
    assert (answer["brand"], answer["as_of"]) == ("Brand", "2017-11-02T18:00:00Z")
    assert answer["channel"] in {"twitter_dm_reply", "email_reply", "scheduling_phone_call"}
    assert "2017-11-02T18:00:00Z" <= answer["send_time"] <= "2017-11-04T18:00:00Z"
    assert f"[rule {answer['rule']}" in answer["reasoning"]
    assert (answer["message_source"], answer["p_resolved"]) == ("template", None)
    assert len(answer["message"]) > 20
    assert len(answer["decision_id"]) == 24


def test_a_customer_is_found_with_and_without_platform(client: TestClient) -> None:
    """Both forms of an id get the same answer, down to the name of the decision."""
    assert ask(client, "twitter:1001") == ask(client, "1001")


def test_brand_and_conversation_narrow_the_question(client: TestClient) -> None:
    """A brand gets its own most pressing conversation, and a named conversation is taken as it is."""
    assert ask(client, brand="Other")["conversation_id"] == "twitter:6:1001"
    assert ask(client, brand="Brand")["conversation_id"] == "twitter:5:1001"
    named = ask(client, conversation_id="twitter:1:1001")
    assert (named["conversation_id"], named["brand"]) == ("twitter:1:1001", "Brand")


def test_nothing_to_do_has_a_reason(client: TestClient) -> None:
    """A customer whose issue is resolved is answered no_action, without words, with the reason."""
    answer = ask(client, "1002")
    assert (answer["channel"], answer["issue_status"]) == ("no_action", "resolved")
    assert (answer["send_time"], answer["message"], answer["message_source"]) == (None, "", "none")
    assert f"[rule {answer['rule']}" in answer["reasoning"]


def test_as_of_takes_one_into_the_past(client: TestClient) -> None:
    """Only what was known then counts: at one o'clock the second issue has not been written."""
    answer = ask(client, as_of="2017-11-01T13:00:00Z")
    assert (answer["conversation_id"], answer["as_of"]) == ("twitter:1:1001", "2017-11-01T13:00:00Z")
    assert ask(client, as_of="2017-11-01T18:30+05:30") == answer
    assert ask(client, "1002", as_of="data")["as_of"] == "2017-11-01T19:00:00Z"
    assert ask(client, as_of="last-message", conversation_id="twitter:1:1001")["as_of"] == (
        "2017-11-01T15:00:00Z"
    )


def test_an_instant_to_come_is_answered(client: TestClient) -> None:
    """A month later, with nobody having written, there is an answer that lies after that month."""
    answer = ask(client, as_of="2017-12-01T09:00Z")
    assert answer["as_of"] == "2017-12-01T09:00:00Z"
    assert answer["send_time"] is None or answer["send_time"] >= answer["as_of"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"customer_id": "999"}, "Customer profile not found for ID: 999"),
        ({"customer_id": "客 👩‍👩‍👧 é"}, "Customer profile not found for ID: 客 👩‍👩‍👧 é"),
        ({"customer_id": "y' OR '1'='1"}, "Customer profile not found for ID: y' OR '1'='1"),
        ({"customer_id": "%"}, "Customer profile not found for ID: %"),
        ({"customer_id": "1001 "}, "Customer profile not found for ID: 1001 "),
        ({"customer_id": "Brand"}, "Customer profile not found for ID: Brand"),
        (
            {"customer_id": "1001", "as_of": "2017-10-31T12:00Z"},
            "Customer profile not found for ID: 1001",
        ),
        ({"customer_id": "1001", "brand": "Third"}, "Conversation not found with brand: Third"),
        (
            {"customer_id": "1002", "conversation_id": "twitter:5:1001"},
            "Conversation not found for ID: twitter:5:1001",
        ),
    ],
)
def test_what_is_not_known_is_404(client: TestClient, body: dict[str, str], detail: str) -> None:
    """Who is unknown, or was so at that instant, is 404 and named as typed; nobody else is answered for."""
    answer = client.post("/predict_nba", json=body)
    assert (answer.status_code, answer.json()) == (404, {"detail": detail})


@pytest.mark.parametrize(
    ("body", "place", "kind"),
    [
        (b"", ["body"], "missing"),
        (b'{"customer_id": ', ["body", 16], "json_invalid"),
        (b"[1]", ["body"], "model_attributes_type"),
        (b'{"customer_id": "\xe9"}', ["body"], "json_invalid"),
        (b"[" * 60_000, ["body"], "json_invalid"),
        (b'{"customer_id": ' + b"9" * 6_000 + b"}", ["body"], "json_invalid"),
        (b"{}", ["body", "customer_id"], "missing"),
        (b'{"customer_id": NaN}', ["body", "customer_id"], "string_type"),
        (b'{"customer_id": 1001}', ["body", "customer_id"], "string_type"),
        (b'{"customer_id": null}', ["body", "customer_id"], "string_type"),
        (b'{"customer_id": ""}', ["body", "customer_id"], "string_too_short"),
        (b'{"customer_id": "' + b"a" * 257 + b'"}', ["body", "customer_id"], "string_too_long"),
        (b'{"customer_id": "1001\\u0000"}', ["body", "customer_id"], "value_error"),
        (b'{"customer_id": "1001\\n"}', ["body", "customer_id"], "value_error"),
        (b'{"customer_id": "1001\\u0085"}', ["body", "customer_id"], "value_error"),
        (b'{"customer_id": "\\ud800"}', ["body", "customer_id"], "string_unicode"),
        (b'{"customer_id": "1001", "brand": "\\u001b[2J"}', ["body", "brand"], "value_error"),
        (b'{"customer_id": "1001", "limit": 5}', ["body", "limit"], "extra_forbidden"),
        (b'{"customer_id": "1001", "\\u202e": 5}', ["body", "\\u202e"], "extra_forbidden"),
        (b'{"customer_id": "1001", "as_of": "tomorrow"}', ["body", "as_of"], "value_error"),
        (b'{"customer_id": "1001", "as_of": "1989-12-31"}', ["body", "as_of"], "value_error"),
        (b'{"customer_id": "1001", "as_of": "2099-01-01"}', ["body", "as_of"], "value_error"),
        (b'{"customer_id": "1001", "as_of": "0001-01-01T00:00+14:00"}', ["body", "as_of"], "value_error"),
    ],
)
def test_a_bad_body_is_422(client: TestClient, body: bytes, place: list[str | int], kind: str) -> None:
    """A body that is not as it should be is refused with the place and the kind of its fault."""
    answer = client.post("/predict_nba", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    [fault] = answer.json()["detail"]
    assert (fault["loc"], fault["type"]) == (place, kind)
    assert set(fault) == {"loc", "msg", "type"}


def test_a_refusal_repeats_nothing(client: TestClient) -> None:
    """What was sent is not sent back, but for the cut name of an unknown field."""
    secret = "s" * 200
    answer = client.post("/predict_nba", json={"customer_id": ["secret"], secret: "secret"})
    assert answer.status_code == 422
    assert '"secret"' not in answer.text
    assert secret[:64] in answer.text
    assert secret[:65] not in answer.text


@given(st.text(max_size=300), st.one_of(st.none(), st.text(max_size=40)))
def test_no_text_breaks_the_service(client: TestClient, customer: str, as_of: str | None) -> None:
    """Whatever the id and the instant, the answer is one of those that are promised."""
    body = {"customer_id": customer} | ({} if as_of is None else {"as_of": as_of})
    answer = client.post(
        "/predict_nba", content=json.dumps(body), headers={"content-type": "application/json"}
    )
    assert answer.status_code in (200, 404, 422)


def test_other_methods_and_words_are_refused(client: TestClient) -> None:
    """Another method is 405, another path 404, and a message that nobody writes 422."""
    assert client.get("/predict_nba").status_code == 405
    assert client.post("/predict").status_code == 404
    answer = client.post("/predict_nba?message=poem", json={"customer_id": "1001"})
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["query", "message"])


def test_a_body_too_long_is_413(client: TestClient) -> None:
    """Bodies of 64 KB are read; a byte more is refused, whether its length is told or not."""
    just = b'{"customer_id": "1001"' + b" " * (65_536 - 23) + b"}"
    headers = {"content-type": "application/json"}
    assert len(just) == 65_536
    assert client.post("/predict_nba", content=just, headers=headers).status_code == 200
    assert client.post("/predict_nba", content=just + b" ", headers=headers).status_code == 413
    pieces = iter([just, b" "])
    assert client.post("/predict_nba", content=pieces, headers=headers).status_code == 413


def test_a_body_too_slow_is_408() -> None:
    """A body that does not come to its end in time is refused, and nothing behind is troubled."""
    sent: list[Message] = []
    first: list[Message] = [{"type": "http.request", "body": b"{", "more_body": True}]

    async def receive() -> Message:
        return first.pop() if first else await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    async def behind(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise AssertionError("the request was passed on")

    asyncio.run(WholeBody(behind, seconds=0.05)({"type": "http", "method": "POST"}, receive, send))
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]


def test_no_message_was_asked_for(client: TestClient) -> None:
    """Without a message the decision is the same, the words are empty, and the source says none."""
    plain = ask(client)
    answer = client.post("/predict_nba?message=none", json={"customer_id": "1001"}).json()
    assert answer == {**plain, "message": "", "message_source": "none"}


def test_health_and_readiness(client: TestClient) -> None:
    """A service with a store is healthy and ready."""
    assert client.get("/health").json() == {
        "status": "healthy",
        "service": "NBA Engine",
        "db_target": "duckdb",
    }
    assert client.get("/ready").json() == {"status": "ready"}


def test_an_error_of_ours_tells_its_number_only(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """What nobody foresaw is 500 under a number, which the log has with the error; the client has no more."""

    def broken() -> datetime:
        raise RuntimeError("at /secret/place: SELECT * FROM turns")

    with TestClient(create_app(settings, clock=broken), raise_server_exceptions=False) as client:
        answer = client.post("/predict_nba", json={"customer_id": "1001"})
    assert answer.status_code == 500
    [logged] = [record for record in caplog.records if record.name == "service.faults"]
    number = logged.getMessage().split()[1]
    assert answer.json() == {"detail": f"Something went wrong; error {number}"}
    assert logged.exc_info is not None
    assert "secret" in str(logged.exc_info[1])


def test_our_own_files_are_not_the_clients_fault(settings: Settings) -> None:
    """An error about our own parameters is 500 and untold, though the command line calls it bad input."""

    def broken() -> datetime:
        raise ParameterError("rules.yaml is not readable")

    with TestClient(create_app(settings, clock=broken), raise_server_exceptions=False) as client:
        answer = client.post("/predict_nba", json={"customer_id": "1001"})
    assert answer.status_code == 500
    assert "rules" not in answer.text


def test_the_documentation_names_every_answer(client: TestClient) -> None:
    """The description lists the fields of an answer in order, and the codes that may come instead."""
    described = client.get("/openapi.json").json()
    answers = described["paths"]["/predict_nba"]["post"]["responses"]
    assert set(answers) == {"200", "404", "422", "503"}
    assert list(described["components"]["schemas"]["PredictOut"]["properties"]) == FIELDS
    assert client.get("/docs").status_code == 200


def test_building_opens_nothing(tmp_path: Path) -> None:
    """An application can be built where there is neither store nor parameter; it fails when it starts."""
    nowhere = Settings(duckdb_path=tmp_path / "no" / "store", params_dir=tmp_path / "none")
    app = create_app(nowhere)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ParameterError, match="does not exist"), TestClient(app):
        pass
