"""Credit: nobody sends more than the other has room for."""

import unittest

import answers
import server
from client import Connection
from wire import Closed, GoAway, frame

from encuentro.v1 import classification_pb2, cohort_pb2, participant_pb2

# Longer than the largest answer here takes to make, so that what has not come by then
# is held.
PAUSE = 1.0


class Flow(unittest.TestCase):
    def test_a_stream_is_held_without_credit(self):
        with Connection(server.address(), stream_credit=1000, grants=False) as connection:
            call = answers.pair(connection)
            connection.pump_for(PAUSE)
            # The last message may exceed the window, those before may not.
            self.assertLess(call.received - len(call.payloads[-1]), 1000)
            self.assertGreaterEqual(call.received, 1000)
            self.assertIsNone(call.close)
            held = call.received
            # Another call of the connection is not held up.
            answers.health(connection)
            if held > 1000:
                # Just 0 is not enough.
                connection.wire.send(frame(call.stream, credit={"bytes": held - 1000}))
                connection.pump_for(0.3)
                self.assertEqual(call.received, held)
            connection.wire.send(frame(call.stream, credit={"bytes": 1 << 30}))
            steps = call.all(60)
            self.assertEqual(steps[-1].WhichOneof("step"), "run")

    def test_a_connection_is_held_without_credit(self):
        with Connection(server.address(), connection_credit=1000, grants=False) as connection:
            first, second = answers.pair(connection), answers.pair(connection, seed=2)
            connection.pump_for(PAUSE)
            received = first.received + second.received
            largest = max(len(p) for call in (first, second) for p in call.payloads)
            self.assertGreaterEqual(received, 1000)
            self.assertLess(received - largest, 1000)
            self.assertIsNone(first.close or second.close)
            connection.wire.send(frame(credit={"bytes": 1 << 30}))
            for call in (first, second):
                self.assertEqual(call.all(60)[-1].WhichOneof("step"), "run")

    def test_a_unary_answer_is_held_too(self):
        with Connection(server.address(), connection_credit=1, grants=False) as connection:
            answers.programme(connection)
            call = connection.stream(
                answers.LIST, participant_pb2.ListParticipantsResponse,
                participant_pb2.ListParticipantsRequest())
            connection.pump_for(0.3)
            self.assertIsNone(call.close)
            # A status without a message needs no credit.
            refused = connection.stream(
                "Matchmaking/None", participant_pb2.ListParticipantsResponse,
                participant_pb2.ListParticipantsRequest())
            self.assertEqual(refused.status(), "UNIMPLEMENTED")
            connection.wire.send(frame(credit={"bytes": 1 << 30}))
            self.assertEqual(call.status(), "OK")

    def test_small_windows_granted_as_the_rules_say(self):
        with Connection(server.address()) as wide:
            expected = [s.WhichOneof("step") for s in answers.pair(wide).all(60)]
        with Connection(server.address(), stream_credit=1, connection_credit=1) as narrow:
            kinds = [s.WhichOneof("step") for s in answers.pair(narrow).all(60)]
        # How often progress is told depends on time.
        self.assertEqual(
            [k for k in kinds if k != "progress"], [k for k in expected if k != "progress"])

    def test_a_credit_of_a_byte_at_a_time(self):
        with Connection(server.address(), stream_credit=1, grants=False) as connection:
            call = answers.pair(connection)
            granted = 0
            while call.close is None:
                connection.pump(60)
                owed = call.received - granted
                if owed:
                    # A frame of its own for each byte of the first hundred.
                    frames = [frame(call.stream, credit={"bytes": 1})] * min(owed, 100)
                    if owed > 100:
                        frames.append(frame(call.stream, credit={"bytes": owed - 100}))
                    connection.wire.send(*frames)
                    granted = call.received
            self.assertEqual(call.close.code, 0)

    def test_a_large_upload_in_many_messages(self):
        # Six windows: it ends only if the server grants what it has read.
        with Connection(server.address()) as connection:
            call = connection.open("Matchmaking/VerifyCohort", cohort_pb2.VerifyCohortResponse)
            for _ in range(60):
                call.send(cohort_pb2.VerifyCohortRequest(part=b" " * 200_000))
            call.half_close()
            self.assertEqual(call.status(), "INVALID_ARGUMENT")

    def test_an_upload_to_a_call_that_is_over_gives_its_credit_back(self):
        with Connection(server.address()) as connection:
            for _ in range(12):
                call = connection.open(
                    "Matchmaking/VerifyCohort", cohort_pb2.VerifyCohortResponse)
                call.cancel()
                # Crosses the Close, as far as this side knows.
                call.send(cohort_pb2.VerifyCohortRequest(part=b" " * 1_000_000))
                self.assertEqual(call.status(), "CANCELLED")
            answers.suggest(connection)

    def overrun(self, size, calls):
        """Sends four times the connection's window, whatever the server grants."""
        with Connection(server.address()) as connection:
            opened = [
                connection.open(answers.PLANS, classification_pb2.ClassifyPlansResponse)
                for _ in range(calls)]
            # Long enough to classify that no handler keeps up.
            text = (answers.PLAN + "\n\n") * (size // len(answers.PLAN))
            payload = classification_pb2.ClassifyRequest(text=text).SerializeToString()
            try:
                for number in range((32 << 20) // size):
                    call = opened[number % calls]
                    connection.wire.send(frame(call.stream, message={"payload": payload}))
            except Closed:
                pass
            return connection.wire.read_to_end()

    def test_a_client_that_overruns_a_call(self):
        go_away = self.overrun(300_000, 1)
        self.assertEqual(go_away.reason, GoAway.FLOW_CONTROL_ERROR, go_away)

    def test_a_client_that_overruns_the_connection(self):
        go_away = self.overrun(900_000, 20)
        self.assertEqual(go_away.reason, GoAway.FLOW_CONTROL_ERROR, go_away)
