"""Deadlines, cancellation, pings, and the end of a server."""

import time
import unittest

import answers
import server
from client import Connection, Failed
from wire import Closed, frame

from encuentro.v1 import participant_pb2, partners_pb2, server_pb2

# What a busy machine may add to the times of the rules.
SLACK = 0.25


class Deadlines(unittest.TestCase):
    def setUp(self):
        self.connection = Connection(server.address())
        self.addCleanup(self.connection.wire.close)

    def watch(self, timeout_us):
        return self.connection.stream(
            answers.WATCH, server_pb2.HealthResponse, server_pb2.HealthRequest(),
            timeout_us=timeout_us)

    def test_the_server_ends_a_call_at_its_deadline(self):
        began = time.monotonic()
        call = self.watch(300_000)
        self.assertEqual(call.status(), "DEADLINE_EXCEEDED")
        took = time.monotonic() - began
        self.assertGreaterEqual(took, 0.3 - 0.01)
        self.assertLess(took, 0.3 + SLACK)
        answers.suggest(self.connection)

    def test_the_time_counts_from_the_arrival_of_the_call(self):
        # Not from whatever happened on the connection before.
        time.sleep(1)
        began = time.monotonic()
        call = self.watch(300_000)
        self.assertEqual(call.next().state, server_pb2.HealthResponse.SERVING)
        self.assertEqual(call.status(), "DEADLINE_EXCEEDED")
        self.assertAlmostEqual(time.monotonic() - began, 0.3, delta=SLACK)

    def test_a_call_without_requests_has_a_deadline_too(self):
        call = self.connection.open(
            answers.UPSERT, participant_pb2.UpsertParticipantsResponse, timeout_us=100_000)
        self.assertEqual(call.status(), "DEADLINE_EXCEEDED")

    def test_deadlines_come_in_their_order(self):
        calls = [self.watch(timeout) for timeout in (300_000, 100_000, 200_000)]
        order = []
        while len(order) < 3:
            self.connection.pump()
            order += [n for n, call in enumerate(calls) if call.close and n not in order]
        self.assertEqual(order, [1, 2, 0])

    def test_a_call_that_is_in_time(self):
        answers.suggest(self.connection, timeout_us=10_000_000)


class Cancellation(unittest.TestCase):
    def setUp(self):
        self.connection = Connection(server.address())
        self.addCleanup(self.connection.wire.close)

    def test_twice_is_as_good_as_once(self):
        call = answers.pair(self.connection)
        call.cancel()
        call.cancel()
        self.assertEqual(call.status(), "CANCELLED")
        call.cancel()
        answers.suggest(self.connection)

    def test_after_the_end_is_ignored(self):
        call = self.connection.stream(
            answers.PROGRAMME, server_pb2.GetProgrammeResponse, server_pb2.GetProgrammeRequest())
        self.assertEqual(call.status(), "OK")
        call.cancel()
        answers.suggest(self.connection)

    def test_of_an_upload_writes_nothing(self):
        before = answers.health(self.connection).revision
        somebody = answers.page(self.connection, 1).participants[0].participant
        somebody.id = "interop-cancelled"
        call = self.connection.open(answers.UPSERT, participant_pb2.UpsertParticipantsResponse)
        call.send(participant_pb2.UpsertParticipantsRequest(
            idempotency_key="interop-cancelled", actor="interop", participants=[somebody]))
        call.cancel()
        self.assertEqual(call.status(), "CANCELLED")
        self.assertEqual(answers.health(self.connection).revision, before)


class Jobs(unittest.TestCase):
    """A cohort that is large enough to be interrupted, on a server of its own."""

    @classmethod
    def setUpClass(cls):
        cls.own = server.OwnServer()
        cls.connection = Connection(cls.own.address)
        everybody = []
        for stored in answers.page(cls.connection, 1000).participants:
            for number in range(6):
                one = participant_pb2.Participant()
                one.CopyFrom(stored.participant)
                one.id += "-%d" % number
                one.name += " %d" % number
                del one.aliases[:], one.previous_partners[:]
                everybody.append(one)
        written = answers.upsert(cls.connection, "interop-jobs", everybody)
        cls.connection.unary(
            answers.SUGGEST, partners_pb2.SuggestPartnersResponse,
            partners_pb2.SuggestPartnersRequest(
                name="madrid", at_least_revision=written.revision))

    @classmethod
    def tearDownClass(cls):
        cls.connection.wire.close()
        cls.own.__exit__()

    def test_a_PairCohort_is_ended_at_its_deadline(self):
        began = time.monotonic()
        call = answers.pair(self.connection, timeout_us=100_000)
        self.assertEqual(call.status(), "DEADLINE_EXCEEDED")
        took = time.monotonic() - began
        self.assertGreaterEqual(took, 0.1)
        self.assertLess(took, 0.1 + SLACK)

    def test_a_running_PairCohort_is_cancelled(self):
        call = answers.pair(self.connection)
        call.next()
        call.next()
        began = time.monotonic()
        call.cancel()
        self.assertEqual(call.status(), "CANCELLED")
        self.assertLess(time.monotonic() - began, 0.05 + SLACK)
        answers.suggest(self.connection)

    def test_a_cancelled_PairCohort_frees_its_thread(self):
        for _ in range(50):
            call = answers.pair(self.connection)
            call.next()
            call.cancel()
            self.assertEqual(call.status(), "CANCELLED")
        # Behind fifty cohorts it would take half a minute.
        began = time.monotonic()
        self.assertEqual(answers.pair(self.connection).status(60), "OK")
        self.assertLess(time.monotonic() - began, 8)


class Pings(unittest.TestCase):
    def test_a_ping_is_answered_with_its_number(self):
        with Connection(server.address()) as connection:
            numbers = [0, 1, 2**63, 2**64 - 1]
            for number in numbers:
                connection.wire.send(frame(ping={"opaque": number}))
            while len(connection.pongs) < len(numbers):
                connection.pump()
            self.assertEqual(connection.pongs, numbers)

    def test_a_ping_during_a_long_call_is_answered_at_once(self):
        with Connection(server.address()) as connection:
            answers.pair(connection)
            began = time.monotonic()
            connection.wire.send(frame(ping={"opaque": 7}))
            while not connection.pongs:
                connection.pump()
            self.assertLess(time.monotonic() - began, SLACK)

    def test_an_unasked_pong_is_ignored(self):
        with Connection(server.address()) as connection:
            connection.wire.send(frame(pong={"opaque": 1}))
            answers.suggest(connection)


class Drain(unittest.TestCase):
    def test_on_SIGTERM(self):
        with server.OwnServer() as own:
            connection = Connection(own.address)
            # It runs until the test half-closes it, so it is surely under way.
            call = connection.open(answers.UPSERT, participant_pb2.UpsertParticipantsResponse)
            everybody = [p.participant for p in answers.page(connection, 1000).participants]
            call.send(participant_pb2.UpsertParticipantsRequest(
                idempotency_key="interop-drain", actor="interop", participants=everybody))
            watch = connection.stream(
                answers.WATCH, server_pb2.HealthResponse, server_pb2.HealthRequest())
            self.assertEqual(watch.next().state, server_pb2.HealthResponse.SERVING)
            idle = Connection(own.address)
            own.terminate()

            states = [response.state for response in watch.all()]
            self.assertEqual(states[-1], server_pb2.HealthResponse.DRAINING)
            # The GoAway may come before or after the watch's end.
            while connection.wire.go_away is None:
                connection.pump()
            self.assertEqual(connection.wire.go_away.last_stream, connection.last)
            with self.assertRaises(Failed) as refused:
                answers.suggest(connection)
            self.assertEqual(refused.exception.code, "UNAVAILABLE")
            # A connection without calls is closed.
            with self.assertRaises(Closed):
                idle.pump_for(5)

            call.half_close()
            self.assertEqual(call.all()[0].unchanged, len(everybody))
            with self.assertRaises(Closed):
                connection.pump_for(5)
            self.assertEqual(own.wait(), 0)

    def test_on_SIGTERM_without_connections(self):
        with server.OwnServer() as own:
            own.terminate()
            self.assertEqual(own.wait(), 0)

    def test_a_client_may_leave_in_order(self):
        with Connection(server.address()) as connection:
            call = answers.pair(connection)
            connection.wire.send(frame(go_away={"reason": 0, "message": "done"}))
            self.assertEqual(call.status(60), "OK")
            with self.assertRaises(Closed):
                connection.pump_for(5)
