"""A connection that writes until the server is gone."""

import contextlib
import random
import threading

import people
from client import Connection, Failed
from ledger import RUNS, Violation, Write
from wire import Closed

from encuentro.v1 import (cohort_pb2, decisions_pb2, participant_pb2, reassignment_pb2,
                          server_pb2)

# Participants of one writer at most.
PLACES = 10

MIX = {"upsert": 40, "plan": 24, "decision": 24, "delete": 8, "cohort": 2, "reassignment": 2}

# Not ACCEPTED: such pairs are pinned in every cohort, and soon no cohort has them all.
VERDICTS = [decisions_pb2.REJECTED, decisions_pb2.DEFERRED]


def health(connection):
    return connection.unary("Health/Check", server_pb2.HealthResponse, server_pb2.HealthRequest())


class Calm:
    """Keeps all writers but one quiet. A run is only committed when nothing has changed
    while it was computed, which under this load would hardly ever be so."""

    def __init__(self):
        self._changed = threading.Condition()
        self._writing = 0
        self._wanted = 0
        self._held = False

    @contextlib.contextmanager
    def shared(self):
        with self._changed:
            self._changed.wait_for(lambda: not self._wanted and not self._held)
            self._writing += 1
        try:
            yield
        finally:
            with self._changed:
                self._writing -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def alone(self):
        with self._changed:
            self._wanted += 1
            self._changed.wait_for(lambda: not self._writing and not self._held)
            self._wanted -= 1
            self._held = True
        try:
            yield
        finally:
            with self._changed:
                self._held = False
                self._changed.notify_all()


class Writer(threading.Thread):
    """Makes random writes, one after the other, and takes down in its ledger what was
    acknowledged. Ends when the server does; what it then has no answer for is left as
    the ledger's pending write."""

    def __init__(self, address, ledger, calm, seed, prefix):
        super().__init__(name=ledger.name, daemon=True)
        self.address = address
        self.ledger = ledger
        self.calm = calm
        self.chance = random.Random(seed)
        self.prefix = prefix
        self.number = 0
        # What ended it, other than the server's end.
        self.failure = None

    def run(self):
        try:
            with Connection(self.address) as connection:
                while True:
                    self._write(connection)
        except (Closed, OSError):
            pass
        except Exception as failure:  # Told by the main thread.
            self.failure = failure

    def _write(self, connection):
        kind = self.chance.choices(list(MIX), list(MIX.values()))[0]
        if kind in RUNS and self.chance.random() < 0.7:
            with self.calm.alone():
                self._send(connection, self.make(connection, kind))
        else:
            with self.calm.shared():
                self._send(connection, self.make(connection, kind))

    def _send(self, connection, write):
        if write is None:
            return
        self.ledger.pending = write
        try:
            answer = write.send(connection)
        except Failed as failed:
            if failed.code == "UNAVAILABLE":
                return
            if failed.code == "ABORTED" and write.kind in RUNS:
                self.ledger.aborted += 1
                self.ledger.pending = None
                return
            raise Violation("%s (%s) was refused: %s" % (write.key, write.kind, failed))
        self.ledger.acknowledge(write, answer)
        self.ledger.pending = None

    # Writes

    def make(self, connection, kind):
        """A write of a kind, or None when there is nobody whom it could be about."""
        self.number += 1
        key = "%s-%d" % (self.prefix, self.number)
        return getattr(self, "make_" + kind)(connection, key)

    def make_upsert(self, _, key):
        places = ["%s-%02d" % (self.ledger.name, n) for n in range(PLACES)]
        chosen = self.chance.sample(places, self.chance.randint(1, 6))
        made = [people.participant(self.chance, id, key) for id in chosen]
        # In several messages: a kill must not leave the first ones only.
        cut = self.chance.randint(1, len(made))
        requests = [
            participant_pb2.UpsertParticipantsRequest(
                idempotency_key=key, actor=self.ledger.name, participants=made[:cut])]
        if made[cut:]:
            requests.append(
                participant_pb2.UpsertParticipantsRequest(participants=made[cut:]))
        return Write("upsert", key, requests, {one.id: one for one in made})

    def make_plan(self, _, key):
        if not self.ledger.people:
            return None
        id = self.chance.choice(sorted(self.ledger.people))
        plan = people.plan(self.chance, key)
        after = participant_pb2.Participant()
        after.CopyFrom(self.ledger.people[id].participant)
        after.plan.CopyFrom(plan)
        request = participant_pb2.SubmitPlanRequest(
            participant_id=id, plan=plan, idempotency_key=key, actor=self.ledger.name)
        return Write("plan", key, [request], {id: after})

    def make_delete(self, _, key):
        if not self.ledger.people:
            return None
        id = self.chance.choice(sorted(self.ledger.people))
        request = participant_pb2.DeleteParticipantRequest(
            id=id, idempotency_key=key, actor=self.ledger.name)
        return Write("delete", key, [request], {id: None})

    def make_decision(self, connection, key):
        # Names are looked up in the index, which follows a moment later.
        indexed = health(connection).index_revision
        known = sorted(id for id, held in self.ledger.people.items() if held.since <= indexed)
        if len(known) < 2:
            return None
        one, other = self.chance.sample(known, 2)
        # The reason is unique, so that a decision that was made twice is found.
        request = decisions_pb2.RecordDecisionRequest(
            participant=one, partner=other, verdict=self.chance.choice(VERDICTS), reason=key,
            actor=self.ledger.name, idempotency_key=key)
        return Write("decision", key, [request])

    def make_cohort(self, connection, key):
        # The key as the actor, so that a run that was made twice is found.
        request = cohort_pb2.PairCohortRequest(
            objective="total", without_quotas=True, search_time_us=2_000_000,
            seed=self.chance.randrange(1000), commit=True, idempotency_key=key, actor=key,
            at_least_revision=health(connection).revision)
        return Write("cohort", key, [request])

    def make_reassignment(self, connection, key):
        request = reassignment_pb2.ReassignNetworksRequest(
            previous=reassignment_pb2.PreviousAssignment(stored=True), commit=True,
            idempotency_key=key, actor=key, at_least_revision=health(connection).revision)
        return Write("reassignment", key, [request])
