"""The four shapes of calls, and several calls at once."""

import json
import unittest

import answers
import server
from client import Connection, Failed

from encuentro.v1 import (classification_pb2, cohort_pb2, participant_pb2, partners_pb2,
                          reassignment_pb2, runs_pb2, server_pb2)


class Calls(unittest.TestCase):
    def setUp(self):
        self.connection = Connection(server.address())
        self.addCleanup(self.connection.wire.close)

    def test_unary_Classify(self):
        result = answers.classify(self.connection)
        self.assertEqual(result.document, "plan")
        self.assertEqual(
            [score.network for score in result.scores], ["N%d" % n for n in range(1, 8)])
        best = max(result.scores, key=lambda score: score.logit)
        self.assertEqual(result.primary, best.network)
        text = answers.PLAN.encode()
        for passage in result.evidence[0].passages:
            self.assertIn(passage.text.split()[0].encode(), text[passage.start:passage.end])

    def test_unary_SuggestPartners(self):
        answer = answers.suggest(self.connection, top=5)
        self.assertEqual([s.rank for s in answer.suggestions], [1, 2, 3, 4, 5])
        scores = [s.score for s in answer.suggestions]
        self.assertEqual(scores, sorted(scores, reverse=True))
        for suggestion in answer.suggestions:
            total = sum(factor.contribution for factor in suggestion.factors)
            # Scores are rounded to six digits.
            self.assertAlmostEqual(total, suggestion.score, delta=1e-6)

    def test_unary_in_three_frames(self):
        call = self.connection.open(answers.PROGRAMME, server_pb2.GetProgrammeResponse)
        call.send(server_pb2.GetProgrammeRequest())
        call.half_close()
        self.assertEqual(len(call.all()[0].networks), 7)

    def test_unary_GetProgramme(self):
        answer = answers.programme(self.connection)
        self.assertEqual(len(answer.networks), 7)
        json.loads(answer.definition)

    def test_unary_fails_in_words(self):
        with self.assertRaises(Failed) as caught:
            answers.suggest(self.connection, name="Atlantis")
        self.assertEqual(caught.exception.code, "INVALID_ARGUMENT")
        self.assertIn("Atlantis", caught.exception.close.message)
        keys = [entry.key for entry in caught.exception.close.metadata]
        self.assertIn("request-id", keys)

    def test_server_stream_PairCohort(self):
        steps = answers.pair(self.connection).all(60)
        kinds = [step.WhichOneof("step") for step in steps]
        order = ["progress", "header", "rows", "proof", "run"]
        self.assertEqual(kinds, sorted(kinds, key=order.index))
        self.assertEqual(set(kinds), set(order))
        header = next(step.header for step in steps if step.HasField("header"))
        self.assertTrue(header.is_verified, header.faults)
        pairs = [pair for step in steps for pair in step.rows.pairs]
        self.assertEqual(len(pairs), header.figures[0].pairs)
        self.assertFalse(steps[-1].run.committed)
        json.loads(b"".join(step.proof for step in steps))
        # The recorded document is what the server itself finds right.
        run = self.connection.stream(
            "Matchmaking/GetRun", runs_pb2.GetRunResponse,
            runs_pb2.GetRunRequest(id=steps[-1].run.id)).all()
        document = b"".join(step.result for step in run)
        call = self.connection.open("Matchmaking/VerifyCohort", cohort_pb2.VerifyCohortResponse)
        for start in range(0, len(document), 100_000):
            call.send(cohort_pb2.VerifyCohortRequest(
                document="run" if start == 0 else "", part=document[start:start + 100_000]))
        call.half_close()
        verified, = call.all(60)
        self.assertTrue(verified.is_verified, verified.faults)
        self.assertEqual(verified.pairs, len(pairs))

    def test_server_stream_ReassignNetworks(self):
        steps = self.connection.stream(
            "Matchmaking/ReassignNetworks", reassignment_pb2.ReassignNetworksResponse,
            reassignment_pb2.ReassignNetworksRequest(
                previous=reassignment_pb2.PreviousAssignment(stored=True))).all(60)
        kinds = [step.WhichOneof("step") for step in steps]
        order = ["progress", "header", "rows", "run"]
        self.assertEqual(kinds, sorted(kinds, key=order.index))
        rows = [row for step in steps for row in step.rows.rows]
        self.assertEqual(len(rows), answers.information(self.connection).participants)
        header = next(step.header for step in steps if step.HasField("header"))
        self.assertTrue(header.is_proven_optimal)
        self.assertTrue(header.is_dry_run)

    def test_server_stream_Watch(self):
        call = self.connection.stream(
            answers.WATCH, server_pb2.HealthResponse, server_pb2.HealthRequest())
        self.assertEqual(call.next().state, server_pb2.HealthResponse.SERVING)
        call.cancel()
        self.assertEqual(call.status(), "CANCELLED")

    def test_client_stream_UpsertParticipants(self):
        # What is there already, in several messages: nothing changes.
        everybody = [p.participant for p in answers.page(self.connection, 1000).participants]
        parts = [everybody[start:start + 20] for start in range(0, len(everybody), 20)]
        answer = answers.upsert(self.connection, "interop-unchanged", *parts)
        self.assertEqual(
            (answer.created, answer.updated, answer.unchanged), (0, 0, len(everybody)))

    def test_bidirectional_ClassifyPlans(self):
        call = self.connection.open(answers.PLANS, classification_pb2.ClassifyPlansResponse)
        for number in range(3):
            # An answer comes before the next request goes out.
            call.send(classification_pb2.ClassifyRequest(
                document="turn %d" % number, text=answers.PLAN))
            self.assertEqual(call.next().result.document, "turn %d" % number)
        names = ["together %d" % number for number in range(20)]
        for name in names:
            call.send(classification_pb2.ClassifyRequest(document=name, text=answers.PLAN))
        call.half_close()
        self.assertEqual([one.result.document for one in call.all()], names)

    def test_bidirectional_one_bad_document_stops_no_other(self):
        call = self.connection.open(answers.PLANS, classification_pb2.ClassifyPlansResponse)
        for name, text in [("good", answers.PLAN), ("bad", " \n"), ("good", answers.PLAN)]:
            call.send(classification_pb2.ClassifyRequest(document=name, text=text))
        call.half_close()
        outcomes = [one.WhichOneof("outcome") for one in call.all()]
        self.assertEqual(outcomes, ["result", "error", "result"])

    def test_a_hundred_calls_at_once(self):
        alone = answers.suggest(self.connection).SerializeToString(deterministic=True)
        long = answers.pair(self.connection)
        calls = [
            self.connection.stream(
                answers.SUGGEST, partners_pb2.SuggestPartnersResponse,
                partners_pb2.SuggestPartnersRequest(name="Madrid", top=3))
            for _ in range(100)]
        # The last first: none waits for another.
        for call in reversed(calls):
            answer, = call.all()
            self.assertEqual(answer.SerializeToString(deterministic=True), alone)
        self.assertEqual(long.status(60), "OK")

    def test_a_quick_call_does_not_wait_for_a_long_one(self):
        long = answers.pair(self.connection)
        answers.suggest(self.connection)
        self.assertIsNone(long.close)
        long.cancel()
        self.assertEqual(long.status(), "CANCELLED")

    def test_metadata_is_taken(self):
        entries = [("trace-id", b"abc"), ("trace-id", b"def"), ("key.of_2", "é".encode()),
                   ("state-bin", b"\xff\x00")]
        answers.suggest(self.connection, metadata=entries)

    def test_metadata_up_to_the_limit(self):
        answers.suggest(self.connection, metadata=[("k%d" % n, b"v") for n in range(64)])
        limit = self.connection.hello.max_metadata_bytes
        answers.suggest(self.connection, metadata=[("k", b"v" * (limit - 1))])

    def test_participant_by_name_and_id(self):
        by_name = self.connection.unary(
            answers.GET, participant_pb2.StoredParticipant,
            participant_pb2.GetParticipantRequest(name="sao paulo"))
        by_id = self.connection.unary(
            answers.GET, participant_pb2.StoredParticipant,
            participant_pb2.GetParticipantRequest(name=by_name.participant.id))
        self.assertEqual(by_name, by_id)
