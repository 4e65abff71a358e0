"""What was asked of the server, and what it has acknowledged: the truth to which it is
held after each kill."""

import collections
import dataclasses
import typing

from encuentro.v1 import (cohort_pb2, decisions_pb2, participant_pb2, reassignment_pb2)

# Acknowledged writes that a writer remembers in order to send them again.
REMEMBERED = 400


class Violation(Exception):
    """The server has broken its word."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a write was answered with; equal when the same write is sent again."""

    revision: int
    counts: tuple = ()
    decision: bytes = b""
    run: int = 0


@dataclasses.dataclass
class Write:
    """One write, with everything that is needed to send it again."""

    kind: str
    key: str
    # More than one for a stream.
    requests: list
    # What participants become by it; None for one that it deletes.
    changes: dict = dataclasses.field(default_factory=dict)

    def send(self, connection):
        """Carries it out. Raises client.Failed."""
        return SENDERS[self.kind](connection, self.requests)


def _upsert(connection, requests):
    call = connection.open(
        "Matchmaking/UpsertParticipants", participant_pb2.UpsertParticipantsResponse)
    for request in requests:
        call.send(request)
    call.half_close()
    response, = call.all()
    return Answer(
        response.revision, (response.created, response.updated, response.unchanged))


def _unary(method, response_type):
    def send(connection, requests):
        return Answer(connection.unary(method, response_type, requests[0]).revision)
    return send


def _decide(connection, requests):
    response = connection.unary(
        "Matchmaking/RecordDecision", decisions_pb2.RecordDecisionResponse, requests[0])
    return Answer(
        response.revision, decision=response.decision.SerializeToString(deterministic=True))


def _run(method, response_type):
    def send(connection, requests):
        run = connection.stream(method, response_type, requests[0]).all()[-1].run
        if not run.committed:
            raise Violation("run %d was to be committed and is not" % run.id)
        return Answer(run.revision, run=run.id)
    return send


SENDERS = {
    "upsert": _upsert,
    "plan": _unary("Matchmaking/SubmitPlan", participant_pb2.SubmitPlanResponse),
    "delete": _unary("Matchmaking/DeleteParticipant", participant_pb2.DeleteParticipantResponse),
    "decision": _decide,
    "cohort": _run("Matchmaking/PairCohort", cohort_pb2.PairCohortResponse),
    "reassignment": _run(
        "Matchmaking/ReassignNetworks", reassignment_pb2.ReassignNetworksResponse),
}

RUNS = ("cohort", "reassignment")


@dataclasses.dataclass
class Held:
    """A participant as the server must have it."""

    participant: participant_pb2.Participant
    revision: int
    # The revision since which it is there without a break.
    since: int


@dataclasses.dataclass
class Ledger:
    """One writer's part of the truth. Its participants are nobody else's, and it makes
    one write after the other, so that their order is known."""

    name: str
    people: dict = dataclasses.field(default_factory=dict)
    # By key.
    decisions: dict = dataclasses.field(default_factory=dict)
    runs: dict = dataclasses.field(default_factory=dict)
    # The one whose answer is not known.
    pending: typing.Optional[Write] = None
    acknowledged: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    aborted: int = 0
    latest: int = 0
    remembered: collections.deque = dataclasses.field(
        default_factory=lambda: collections.deque(maxlen=REMEMBERED))

    def acknowledge(self, write, answer):
        """Takes down that a write was done."""
        if answer.revision <= self.latest:
            raise Violation("%s was done at revision %d, and an earlier one at %d" % (
                write.key, answer.revision, self.latest))
        self._check_counts(write, answer)
        self.latest = answer.revision
        self.acknowledged[write.kind] += 1
        self.remembered.append((write, answer))
        for id, participant in write.changes.items():
            if participant is None:
                del self.people[id]
                continue
            known = self.people.get(id)
            since = known.since if known else answer.revision
            self.people[id] = Held(participant, answer.revision, since)
        if write.kind == "decision":
            self.decisions[write.key] = decisions_pb2.Decision.FromString(answer.decision)
        if write.kind in RUNS:
            self.runs[write.key] = answer.run

    def _check_counts(self, write, answer):
        if write.kind != "upsert":
            return
        updated = sum(id in self.people for id in write.changes)
        expected = (len(write.changes) - updated, updated, 0)
        if answer.counts != expected:
            raise Violation("%s created, updated and left unchanged %s; expected %s" % (
                write.key, answer.counts, expected))
