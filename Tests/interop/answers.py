"""Calls with known answers, which tests make on the way."""

from client import Connection

from encuentro.v1 import (classification_pb2, cohort_pb2, participant_pb2, partners_pb2,
                          server_pb2)

SUGGEST = "Matchmaking/SuggestPartners"
CLASSIFY = "Matchmaking/Classify"
PLANS = "Matchmaking/ClassifyPlans"
PROGRAMME = "Matchmaking/GetProgramme"
LIST = "Matchmaking/ListParticipants"
GET = "Matchmaking/GetParticipant"
UPSERT = "Matchmaking/UpsertParticipants"
DELETE = "Matchmaking/DeleteParticipant"
PAIR = "Matchmaking/PairCohort"
WATCH = "Health/Watch"
CHECK = "Health/Check"
INFO = "Server/ServerInfo"

PLAN = ("Our city replaces diesel buses with trams and electric buses, builds protected "
        "cycle lanes and plans neighbourhoods in which daily errands are a short walk away.")


def suggest(connection, name="Madrid", top=3, **options):
    return connection.unary(
        SUGGEST, partners_pb2.SuggestPartnersResponse,
        partners_pb2.SuggestPartnersRequest(name=name, top=top), **options)


def suggested(address, **options):
    """The answer to one question over a fresh connection; equal every time."""
    with Connection(address, **options) as connection:
        return suggest(connection).SerializeToString(deterministic=True)


def classify(connection, text=PLAN, **options):
    return connection.unary(
        CLASSIFY, classification_pb2.ClassificationResult,
        classification_pb2.ClassifyRequest(document="plan", text=text, passages=2), **options)


def programme(connection, **options):
    return connection.unary(
        PROGRAMME, server_pb2.GetProgrammeResponse, server_pb2.GetProgrammeRequest(), **options)


def information(connection):
    return connection.unary(
        INFO, server_pb2.ServerInfoResponse, server_pb2.ServerInfoRequest())


def health(connection):
    return connection.unary(CHECK, server_pb2.HealthResponse, server_pb2.HealthRequest())


def page(connection, size, token=""):
    return connection.unary(
        LIST, participant_pb2.ListParticipantsResponse,
        participant_pb2.ListParticipantsRequest(page_size=size, page_token=token))


def upsert(connection, key, *parts):
    """Writes participants, in as many messages as there are lists of them."""
    call = connection.open(UPSERT, participant_pb2.UpsertParticipantsResponse)
    for number, part in enumerate(parts):
        request = participant_pb2.UpsertParticipantsRequest(participants=part)
        if number == 0:
            request.idempotency_key = key
            request.actor = "interop"
        call.send(request)
    call.half_close()
    responses = call.all()
    assert len(responses) == 1, "one response"
    return responses[0]


def delete(connection, key, participant):
    return connection.unary(
        DELETE, participant_pb2.DeleteParticipantResponse,
        participant_pb2.DeleteParticipantRequest(
            id=participant, idempotency_key=key, actor="interop"))


def pair(connection, seed=1, **options):
    """Pairs everybody: a call that answers in many messages."""
    return connection.stream(
        PAIR, cohort_pb2.PairCohortResponse,
        cohort_pb2.PairCohortRequest(objective="total", seed=seed), **options)
