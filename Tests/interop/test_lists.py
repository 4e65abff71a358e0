"""Paging, writes that happen once, and what the server says of itself."""

import unittest
import uuid

import answers
import server
from client import Call, Connection, Failed
from wire import frame

from encuentro.v1 import decisions_pb2, participant_pb2, partners_pb2, runs_pb2
from google.protobuf import descriptor_pb2, descriptor_pool


class Lists(unittest.TestCase):
    def setUp(self):
        self.connection = Connection(server.address())
        self.addCleanup(self.connection.wire.close)
        # Keys are kept for days by a server that has run before.
        self.key = "interop-%s" % uuid.uuid4()

    def refused(self, call, *arguments):
        with self.assertRaises(Failed) as caught:
            call(*arguments)
        return caught.exception

    def pages(self, size):
        found, token = [], ""
        while True:
            page = answers.page(self.connection, size, token)
            found += page.participants
            self.assertLessEqual(len(page.participants), size)
            token = page.next_page_token
            if not token:
                self.assertEqual(page.total, len(found))
                return found

    def test_small_pages_are_the_large_one(self):
        whole = self.pages(1000)
        self.assertEqual(self.pages(10), whole)
        self.assertEqual(self.pages(1), whole)
        ids = [one.participant.id for one in whole]
        self.assertEqual(ids, sorted(ids))

    def test_page_size_0_is_the_default(self):
        self.assertLessEqual(len(answers.page(self.connection, 0).participants), 100)

    def test_page_sizes_that_are_none(self):
        for size in (-1, -2**31, 1001, 2**31 - 1):
            refused = self.refused(answers.page, self.connection, size)
            self.assertEqual(refused.code, "INVALID_ARGUMENT", size)
            self.assertEqual(refused.detail("field"), "page_size")

    def test_forged_page_tokens(self):
        token = answers.page(self.connection, 10).next_page_token
        for forged in ("x", "AAAA", token + "A", token[:-1], token.swapcase(), "é", "x" * 100_000):
            refused = self.refused(answers.page, self.connection, 10, forged)
            self.assertEqual(refused.code, "INVALID_ARGUMENT", forged[:40])
            self.assertEqual(refused.detail("field"), "page_token")

    def test_a_page_token_of_another_list(self):
        token = answers.page(self.connection, 10).next_page_token
        refused = self.refused(
            self.connection.unary, "Matchmaking/ListRuns", runs_pb2.ListRunsResponse,
            runs_pb2.ListRunsRequest(page_token=token))
        self.assertEqual(refused.code, "INVALID_ARGUMENT")

    def newcomer(self):
        somebody = answers.page(self.connection, 1).participants[0].participant
        somebody.id = "interop-newcomer"
        somebody.name = "Interopolis"
        del somebody.aliases[:]
        return somebody

    def test_a_write_happens_once(self):
        newcomer = self.newcomer()
        first = answers.upsert(self.connection, self.key, [newcomer])
        try:
            self.assertEqual((first.created, first.updated, first.unchanged), (1, 0, 0))
            again = answers.upsert(self.connection, self.key, [newcomer])
            self.assertEqual(again, first)
            with Connection(server.address()) as other:
                self.assertEqual(answers.upsert(other, self.key, [newcomer]), first)
            self.assertEqual(answers.health(self.connection).revision, first.revision)

            newcomer.population += 1
            refused = self.refused(answers.upsert, self.connection, self.key, [newcomer])
            self.assertEqual(refused.code, "ALREADY_EXISTS")
            self.assertEqual(answers.health(self.connection).revision, first.revision)
            # Another method is another request, too.
            refused = self.refused(answers.delete, self.connection, self.key, newcomer.id)
            self.assertEqual(refused.code, "ALREADY_EXISTS")

            # One's own write is seen when its revision is asked for.
            suggestion = self.connection.unary(
                answers.SUGGEST, partners_pb2.SuggestPartnersResponse,
                partners_pb2.SuggestPartnersRequest(
                    name="Interopolis", top=1, at_least_revision=first.revision))
            self.assertEqual(suggestion.participant.id, newcomer.id)
        finally:
            gone = answers.delete(self.connection, self.key + "-delete", newcomer.id)
        # The key still gives the first answer, and writes nothing.
        newcomer.population -= 1
        self.assertEqual(answers.upsert(self.connection, self.key, [newcomer]), first)
        refused = self.refused(
            self.connection.unary, answers.SUGGEST, partners_pb2.SuggestPartnersResponse,
            partners_pb2.SuggestPartnersRequest(
                name=newcomer.id, at_least_revision=gone.revision))
        self.assertEqual(refused.code, "INVALID_ARGUMENT")

    def test_all_of_an_upsert_or_nothing(self):
        before = answers.health(self.connection).revision
        good, bad = self.newcomer(), self.newcomer()
        bad.id = "interop-bad"
        bad.country = "ZZ"
        bad.population = -1
        refused = self.refused(answers.upsert, self.connection, self.key, [good], [bad])
        self.assertEqual(refused.code, "INVALID_ARGUMENT")
        self.assertEqual(answers.health(self.connection).revision, before)

    def test_keys_that_are_none(self):
        for key in ("", "a b", "é", "\n", "x" * 129):
            refused = self.refused(answers.upsert, self.connection, key, [self.newcomer()])
            self.assertEqual(refused.code, "INVALID_ARGUMENT", repr(key))
            self.assertEqual(refused.detail("field"), "idempotency_key")

    def test_who_is_not_there_is_not_found(self):
        refused = self.refused(answers.delete, self.connection, self.key, "interop-nobody")
        self.assertEqual(refused.code, "NOT_FOUND")
        refused = self.refused(
            self.connection.unary, answers.GET, participant_pb2.StoredParticipant,
            participant_pb2.GetParticipantRequest(name="Atlantis"))
        self.assertEqual(refused.code, "NOT_FOUND")

    def test_a_decision_without_a_reason(self):
        refused = self.refused(
            self.connection.unary, "Matchmaking/RecordDecision",
            decisions_pb2.RecordDecisionResponse,
            decisions_pb2.RecordDecisionRequest(
                participant="Madrid", partner="Lima", verdict=decisions_pb2.DEFERRED,
                actor="interop", idempotency_key=self.key))
        self.assertEqual(refused.code, "INVALID_ARGUMENT")
        self.assertEqual(refused.detail("field"), "reason")

    def test_unknown_fields_are_tolerated(self):
        # Field 1000, of a later version: in a request, and in its Frame and Open.
        later = b"\xc2\x3e\x05later"
        request = partners_pb2.SuggestPartnersRequest(name="Madrid", top=3)
        expected = answers.suggest(self.connection)
        request.MergeFromString(later)
        self.assertEqual(
            self.connection.unary(
                answers.SUGGEST, partners_pb2.SuggestPartnersResponse, request), expected)
        self.connection.last += 1
        opened = frame(self.connection.last, open={
            "method": "encuentro.v1." + answers.SUGGEST, "has_payload": True, "half_close": True,
            "payload": request.SerializeToString()})
        opened.open.MergeFromString(later)
        opened.MergeFromString(later)
        call = Call(self.connection, self.connection.last,
                    partners_pb2.SuggestPartnersResponse)
        self.connection.calls[call.stream] = call
        self.connection.wire.send(opened)
        self.assertEqual(call.all(), [expected])

    def test_the_descriptors_hold_every_method(self):
        information = answers.information(self.connection)
        self.assertEqual(information.protocol_version, 1)
        files = descriptor_pb2.FileDescriptorSet.FromString(information.file_descriptor_set)
        pool = descriptor_pool.DescriptorPool()
        for one in files.file:
            pool.Add(one)
        described = {}
        for one in files.file:
            for service in one.service:
                for method in service.method:
                    name = "%s.%s/%s" % (one.package, service.name, method.name)
                    described[name] = (method.client_streaming, method.server_streaming)
                    # All types are there.
                    pool.FindMessageTypeByName(method.input_type.lstrip("."))
                    pool.FindMessageTypeByName(method.output_type.lstrip("."))
        listed = {m.name: (m.client_streaming, m.server_streaming) for m in information.methods}
        self.assertEqual(listed, described)
        self.assertEqual(len(listed), len(information.methods))

    def test_the_announced_limits_are_those_of_the_document(self):
        limits = {one.name: one.value for one in answers.information(self.connection).limits}
        hello = self.connection.hello
        for name, value in limits.items():
            if hasattr(hello, name):
                self.assertEqual(getattr(hello, name), value, name)
        self.assertEqual(limits["max_frame_bytes"], 4 << 20)
        self.assertEqual(limits["max_streams"], 256)
        self.assertEqual(limits["stream_credit"], 1 << 20)
        self.assertEqual(limits["connection_credit"], 8 << 20)
        self.assertEqual(limits["max_metadata_bytes"], 16 << 10)
