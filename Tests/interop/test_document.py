"""What Protos/PROTOCOL.md shows: its bytes, its numbers and its methods."""

import re
import unittest

import answers
import server
from client import CODES, Connection
from wire import Wire, frame, packed

from encuentro.rpc.v1 import frame_pb2
from encuentro.v1 import server_pb2, service_pb2

TEXT = (server.ROOT / "Protos/PROTOCOL.md").read_text(encoding="utf-8")
BLOCKS = {
    name: bytes.fromhex(content)
    for name, content in re.findall(r"```hex ([^\n]+)\n([0-9a-f \n]+)```", TEXT)}

HEALTH = server_pb2.HealthResponse(
    state=server_pb2.HealthResponse.SERVING, revision=1, index_revision=1)

# What the document says in words of each of its frames.
MEANT = {
    "client hello": frame(hello={"version": 1, "agent": "example/1"}),
    "server hello": frame(hello={
        "version": 1, "agent": "encuentro/1.0.0", "max_frame_bytes": 4_194_304,
        "max_streams": 256, "stream_credit": 1_048_576, "connection_credit": 8_388_608,
        "max_metadata_bytes": 16_384}),
    "client open": frame(1, open={
        "method": "encuentro.v1.Health/Check", "timeout_us": 1_000_000, "has_payload": True,
        "half_close": True}),
    "server close": frame(1, close={"payload": HEALTH.SerializeToString(), "has_payload": True}),
    "client open of an unknown method": frame(2, open={
        "method": "encuentro.v1.Health/Chek", "has_payload": True, "half_close": True}),
    "server close with an error": frame(2, close={
        "code": 12, "message": "no method",
        "metadata": [frame_pb2.Metadata(key="request-id", value=b"7")]}),
    "message": frame(3, message={"payload": b"\x0a\x01x"}),
    "half_close": frame(3, half_close={}),
    "cancel": frame(3, cancel={}),
    "credit of the connection": frame(credit={"bytes": 524_288}),
    "credit of a call": frame(3, credit={"bytes": 524_288}),
    "ping": frame(ping={"opaque": 7}),
    "pong": frame(pong={"opaque": 7}),
    "go_away": frame(go_away={"reason": 0, "message": "bye", "last_stream": 3}),
}


class Document(unittest.TestCase):
    def test_every_frame_is_as_it_says(self):
        self.assertEqual(set(BLOCKS), set(MEANT))
        for name, meant in MEANT.items():
            self.assertEqual(BLOCKS[name].hex(" "), packed(meant).hex(" "), name)

    def test_a_server_answers_as_it_says(self):
        with server.OwnServer() as own, Wire(own.address) as wire:
            wire.write(BLOCKS["client hello"] + BLOCKS["client open"])
            self.assertEqual(packed(wire.read()), BLOCKS["server hello"])
            self.assertEqual(packed(wire.read()), BLOCKS["server close"])
            wire.write(BLOCKS["client open of an unknown method"])
            refused = wire.read()
            self.assertEqual((refused.stream, CODES[refused.close.code]), (2, "UNIMPLEMENTED"))
            self.assertEqual([m.key for m in refused.close.metadata], ["request-id"])

    def test_the_bytes_taken_apart_are_the_bytes(self):
        whole = re.sub(r"\s", "", " ".join(block.hex(" ") for block in BLOCKS.values()))
        for block in re.findall(r"```text\n(00 00 .*?)```", TEXT, re.S):
            rows = [re.match(r"\s*((?:[0-9a-f]{2} |… )+)", row + " ").group(1)
                    for row in block.splitlines()]
            pieces = re.sub(r"\s", "", "".join(rows)).split("…")
            self.assertIsNotNone(re.search(".*?".join(pieces), whole), block)

    def test_every_method_with_its_shape(self):
        rows = dict(re.findall(r"^\| `(encuentro\.v1\.\w+/\w+)` \| ([a-z ]+) \|", TEXT, re.M))
        shapes = {(False, False): "unary", (False, True): "server stream",
                  (True, False): "client stream", (True, True): "bidirectional"}
        declared = {
            "%s/%s" % (service.full_name, method.name):
                shapes[method.client_streaming, method.server_streaming]
            for service in service_pb2.DESCRIPTOR.services_by_name.values()
            for method in service.methods}
        self.assertEqual(rows, declared)
        with Connection(server.address()) as connection:
            listed = {
                m.name: shapes[m.client_streaming, m.server_streaming]
                for m in answers.information(connection).methods}
        self.assertEqual(rows, listed)

    def test_every_status_code(self):
        rows = re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", TEXT, re.M)
        self.assertEqual(rows, [(str(code), name) for code, name in enumerate(CODES)])

    def test_every_reason_of_a_GoAway(self):
        for reason in frame_pb2.GoAway.Reason.keys():
            self.assertIn(reason, TEXT)

    def test_every_limit_of_a_Hello(self):
        for field in frame_pb2.Hello.DESCRIPTOR.fields:
            if field.name.startswith("max_") or field.name.endswith("_credit"):
                value = re.search(r"^\| `%s` \| (?:[^(|]*\()?([\d,]+)" % field.name, TEXT, re.M)
                self.assertIsNotNone(value, field.name)
                self.assertEqual(
                    int(value.group(1).replace(",", "")),
                    getattr(MEANT["server hello"].hello, field.name))
