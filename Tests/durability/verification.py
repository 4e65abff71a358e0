"""Holds a server to the ledgers after a restart."""

import collections
import dataclasses
import time

from client import Failed
from ledger import RUNS, Violation
from writer import health

from encuentro.v1 import decisions_pb2, participant_pb2, runs_pb2

# For an index over all that was written.
PATIENCE = 60


@dataclasses.dataclass
class Contents:
    """Everything that a server says it has."""

    revision: int
    people: dict
    # By key, which is a decision's reason and a run's actor.
    decisions: dict
    runs: dict


def pages(connection, method, request, response_type, field):
    """A whole list, page by page."""
    result = []
    request.page_size = 1000
    while True:
        page = connection.unary("Matchmaking/" + method, response_type, request)
        result += getattr(page, field)
        if not page.next_page_token:
            return result
        request.page_token = page.next_page_token


def unique(entries, key, what):
    """Entries by key. Raises Violation when one is there twice, or an id is missing."""
    result = {}
    for entry in entries:
        if key(entry) in result:
            raise Violation("%s %s was recorded twice: %d and %d" % (
                what, key(entry), result[key(entry)].id, entry.id))
        result[key(entry)] = entry
    ids = [entry.id for entry in entries]
    if ids != list(range(len(ids), 0, -1)):
        raise Violation("the %ss are not numbered 1 to %d without a gap" % (what, len(ids)))
    return result


def look(connection):
    """Reads all of it."""
    people = pages(connection, "ListParticipants", participant_pb2.ListParticipantsRequest(),
                   participant_pb2.ListParticipantsResponse, "participants")
    decisions = pages(connection, "ListDecisions", decisions_pb2.ListDecisionsRequest(),
                      decisions_pb2.ListDecisionsResponse, "decisions")
    runs = pages(connection, "ListRuns", runs_pb2.ListRunsRequest(), runs_pb2.ListRunsResponse,
                 "runs")
    return Contents(
        health(connection).revision, {one.participant.id: one for one in people},
        unique(decisions, lambda one: one.reason, "decision"),
        unique(runs, lambda one: one.actor, "run"))


# Checks


def check(contents, ledgers):
    """Compares all with the ledgers.

    Returns the keys of the pending writes that were done all the same. Each write
    grows the revision by one, so that it counts them all."""
    done = {ledger.pending.key for ledger in ledgers
            if ledger.pending and is_done(contents, ledger, ledger.pending)}
    for ledger in ledgers:
        check_people(contents, ledger)
    owned = {ledger.name for ledger in ledgers}
    for id in contents.people:
        if id.rsplit("-", 1)[0] not in owned:
            raise Violation("participant %s was never written" % id)
    check_records(contents.decisions, ledgers, done, "decisions")
    check_records(contents.runs, ledgers, done, "runs")
    for ledger in ledgers:
        for key, decision in ledger.decisions.items():
            if contents.decisions[key] != decision:
                raise Violation("decision %s was acknowledged as\n%sand is\n%s" % (
                    key, decision, contents.decisions[key]))
        for key, id in ledger.runs.items():
            if contents.runs[key].id != id or not contents.runs[key].committed:
                raise Violation("run %s was acknowledged with id %d, and is\n%s" % (
                    key, id, contents.runs[key]))
    writes = sum(ledger.acknowledged.total() for ledger in ledgers) + len(done)
    if contents.revision != writes:
        raise Violation("the store is at revision %d after %d writes" % (
            contents.revision, writes))
    return done


def is_done(contents, ledger, write):
    """Whether a write without an answer was done. Raises Violation when half of it was."""
    if write.kind == "decision":
        return write.key in contents.decisions
    if write.kind in RUNS:
        return write.key in contents.runs
    states = collections.Counter()
    for id, after in write.changes.items():
        now = contents.people.get(id)
        states[(now.participant if now else None) == after] += 1
    if len(states) > 1:
        raise Violation("%s (%s) was done for %d participants and not for %d" % (
            write.key, write.kind, states[True], states[False]))
    return states[True] > 0


def check_people(contents, ledger):
    """Acknowledged contents and revisions, except of those that a write without an
    answer is about, when that was done."""
    pending = ledger.pending
    changes = pending.changes if pending and is_done(contents, ledger, pending) else {}
    for id, held in ledger.people.items():
        if id in changes:
            continue
        now = contents.people.get(id)
        if now is None:
            raise Violation("participant %s of revision %d is lost" % (id, held.revision))
        if now.participant != held.participant or now.revision != held.revision:
            raise Violation(
                "participant %s was acknowledged at revision %d as\n%sand is of %d:\n%s" % (
                    id, held.revision, held.participant, now.revision, now.participant))
    for id in contents.people:
        is_own = id.rsplit("-", 1)[0] == ledger.name
        if is_own and id not in ledger.people and id not in changes:
            raise Violation("participant %s is there, though deleted or never written" % id)


def check_records(found, ledgers, done, what):
    """No record is lost, and none is there that nobody asked for."""
    expected = set().union(*(getattr(ledger, what) for ledger in ledgers))
    for key in expected - found.keys():
        raise Violation("of the %s, %s was acknowledged and is lost" % (what, key))
    for key in found.keys() - expected - done:
        raise Violation("of the %s, %s was recorded though refused, or never sent" % (what, key))


# Sending again


def settle(connection, ledger, done):
    """Sends the pending write again with its key, and again.

    Returns whether it had been done before."""
    write = ledger.pending
    before = health(connection).revision
    answer = insist(connection, write)
    was_done = write.key in done
    if was_done and answer.revision > before:
        raise Violation("%s (%s) had been done, and was done again: revision %d after %d" % (
            write.key, write.kind, answer.revision, before))
    if not was_done and answer.revision != before + 1:
        raise Violation("%s (%s) had not been done, and was answered with revision %d at %d" % (
            write.key, write.kind, answer.revision, before))
    ledger.acknowledge(write, answer)
    ledger.pending = None
    repeat(connection, write, answer)
    return was_done


def insist(connection, write):
    """Sends a write; a run until its index is the newest."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return write.send(connection)
        except Failed as failed:
            is_late = failed.code == "ABORTED" and write.kind in RUNS
            if not is_late or time.monotonic() > end:
                raise Violation("%s (%s), sent again, was refused: %s" % (
                    write.key, write.kind, failed))
        time.sleep(0.05)


def repeat(connection, write, answer):
    """An acknowledged write, sent again, gives its first answer and does nothing."""
    before = health(connection).revision
    again = insist(connection, write)
    if again != answer:
        raise Violation("%s (%s) was answered with %s, and sent again with %s" % (
            write.key, write.kind, answer, again))
    if health(connection).revision != before:
        raise Violation("%s (%s), sent again, was done again" % (write.key, write.kind))
