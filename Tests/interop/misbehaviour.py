"""What a peer may do wrong with a few frames, and what the rules say comes of it."""

import random
import struct

import answers
from wire import FRAME_BYTES, frame, packed

from encuentro.rpc.v1 import frame_pb2
from encuentro.v1 import classification_pb2, decisions_pb2, participant_pb2, partners_pb2

HELLO = packed(frame(hello={"version": 1, "agent": "interop/1"}))
REQUEST = partners_pb2.SuggestPartnersRequest(name="Madrid", top=3).SerializeToString()
# A call that waits for requests.
WAITING = answers.UPSERT


def opened(stream=1, method=answers.SUGGEST, payload=REQUEST, half_close=True, **more):
    """A whole call, unless something else is asked for."""
    body = {"method": "encuentro.v1." + method, "half_close": half_close, **more}
    if payload is not None:
        body.update(payload=payload, has_payload=True)
    return frame(stream, open=body)


def waiting(stream=1):
    return opened(stream, WAITING, payload=None, half_close=False)


def message(stream=1, payload=REQUEST, **more):
    return frame(stream, message={"payload": payload, **more})


def framed(body):
    return struct.pack(">I", len(body)) + body


def metadata(*entries):
    return [frame_pb2.Metadata(key=key, value=value) for key, value in entries]


def field(number, content):
    """A length-delimited protobuf field, as bytes."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value):
    result = bytearray()
    while value > 127:
        result.append(value & 127 | 128)
        value >>= 7
    result.append(value)
    return bytes(result)


def nested(depth):
    """A field of a later version, many levels deep."""
    result = b""
    for _ in range(depth):
        result = field(1000, result)
    return result


def with_size(size):
    """A whole call whose frame has just so many bytes, of millions."""
    def of(padding):
        text = classification_pb2.ClassifyRequest(document="x" * padding, text=answers.PLAN)
        return opened(method=answers.CLASSIFY, payload=text.SerializeToString())
    # All lengths in it take as many bytes for a little more or less.
    one = of(size - 1000 + size - of(size - 1000).ByteSize())
    assert one.ByteSize() == size
    return packed(one)


def open_bytes(method):
    """A whole call whose method's name is any bytes."""
    body = field(1, method) + field(4, REQUEST) + b"\x28\x01\x30\x01"
    return framed(b"\x08\x01" + field(3, body))


noise = random.Random(7)

# A name, what is sent as the connection's first bytes, and the reason of the GoAway;
# None for "whatever, but an end".
ENDS = [
    ("random bytes", bytes(noise.randrange(256) for _ in range(1000)), None),
    ("text", b"GET / HTTP/1.1\r\nHost: here\r\n\r\n", "FRAME_TOO_LARGE"),
    ("length 0xFFFFFFFF", b"\xff\xff\xff\xff", "FRAME_TOO_LARGE"),
    ("length one above the limit", HELLO + struct.pack(">I", FRAME_BYTES + 1), "FRAME_TOO_LARGE"),
    ("length 0", HELLO + b"\0\0\0\0", "PROTOCOL_ERROR"),
    ("first frame no Hello", packed(opened()), "PROTOCOL_ERROR"),
    ("first frame a Ping", packed(frame(ping={"opaque": 1})), "PROTOCOL_ERROR"),
    ("Hello on stream 1", packed(frame(1, hello={"version": 1})), "PROTOCOL_ERROR"),
    ("second Hello", HELLO + HELLO, "PROTOCOL_ERROR"),
    ("Hello of version 99", packed(frame(hello={"version": 99})), "UNSUPPORTED_VERSION"),
    ("Hello of version 0", packed(frame(hello={"version": 0})), "UNSUPPORTED_VERSION"),
    ("Open on stream 0", HELLO + packed(opened(0)), "PROTOCOL_ERROR"),
    ("Open on an old stream", HELLO + packed(opened(5), opened(4)), "PROTOCOL_ERROR"),
    ("Open on the same stream", HELLO + packed(waiting(), waiting()), "PROTOCOL_ERROR"),
    ("Message on an unknown stream", HELLO + packed(message(9)), "PROTOCOL_ERROR"),
    ("HalfClose on an unknown stream", HELLO + packed(frame(9, half_close={})), "PROTOCOL_ERROR"),
    ("Cancel on an unknown stream", HELLO + packed(frame(9, cancel={})), "PROTOCOL_ERROR"),
    ("Credit on an unknown stream", HELLO + packed(frame(9, credit={"bytes": 1})),
     "PROTOCOL_ERROR"),
    ("Message on stream 0", HELLO + packed(message(0)), "PROTOCOL_ERROR"),
    ("Cancel on stream 0", HELLO + packed(frame(0, cancel={})), "PROTOCOL_ERROR"),
    ("Ping on stream 1", HELLO + packed(waiting(), frame(1, ping={"opaque": 1})),
     "PROTOCOL_ERROR"),
    ("GoAway on stream 1", HELLO + packed(waiting(), frame(1, go_away={})), "PROTOCOL_ERROR"),
    ("Message after half-close",
     HELLO + packed(opened(1, answers.WATCH, b""), message(1)), "PROTOCOL_ERROR"),
    ("HalfClose after half-close",
     HELLO + packed(opened(1, answers.WATCH, b""), frame(1, half_close={})), "PROTOCOL_ERROR"),
    ("Close from a client", HELLO + packed(waiting(), frame(1, close={})), "PROTOCOL_ERROR"),
    ("Credit 0 for the connection", HELLO + packed(frame(credit={"bytes": 0})),
     "FLOW_CONTROL_ERROR"),
    ("Credit 0 for a call", HELLO + packed(waiting(), frame(1, credit={"bytes": 0})),
     "FLOW_CONTROL_ERROR"),
    ("Credit overflow of the connection", HELLO + packed(frame(credit={"bytes": 2**31 - 1})),
     "FLOW_CONTROL_ERROR"),
    ("Credit overflow of a call",
     HELLO + packed(waiting(), *[frame(1, credit={"bytes": 2**30})] * 2), "FLOW_CONTROL_ERROR"),
    ("Credit of 2^32-1", HELLO + packed(frame(credit={"bytes": 2**32 - 1})),
     "FLOW_CONTROL_ERROR"),
    ("frame without a body", HELLO + packed(frame_pb2.Frame(stream=1)), "PROTOCOL_ERROR"),
    ("frame with a body of a later version", HELLO + framed(field(12, b"")), "PROTOCOL_ERROR"),
    ("invalid protobuf in the frame", HELLO + framed(b"\x1a\xff\xff\xff\xff\x0f"),
     "PROTOCOL_ERROR"),
    ("a field cut off in the frame", HELLO + framed(b"\x08\x01\x1a\x10ab"), "PROTOCOL_ERROR"),
    ("an endless varint in the frame", HELLO + framed(b"\x08" + b"\xff" * 30), "PROTOCOL_ERROR"),
    ("invalid UTF-8 in the method's name", HELLO + open_bytes(b"\xff\xfe"), "PROTOCOL_ERROR"),
    ("NUL in the method's name",
     HELLO + open_bytes(b"encuentro.v1.Matchmaking/SuggestPartners\0x"), "PROTOCOL_ERROR"),
    ("100,000 metadata entries",
     HELLO + packed(opened(metadata=metadata(*[("k", b"v")] * 100_000))), "PROTOCOL_ERROR"),
    ("invalid UTF-8 in the agent", framed(field(2, b"\x08\x01" + field(2, b"\xff"))),
     "PROTOCOL_ERROR"),
    ("nested groups in the frame", HELLO + framed(b"\xa3\x3e" * 100_000), "PROTOCOL_ERROR"),
    ("Message of 4 MiB + 1", HELLO + packed(waiting()) + struct.pack(">I", FRAME_BYTES + 1),
     "FRAME_TOO_LARGE"),
    ("Close on a closed stream", HELLO + packed(opened(method="None/None"), frame(1, close={})),
     "PROTOCOL_ERROR"),
    ("Credit 0 on a closed stream",
     HELLO + packed(opened(method="None/None"), frame(1, credit={"bytes": 0})),
     "FLOW_CONTROL_ERROR"),
    ("100 MB of metadata", HELLO + struct.pack(">I", 100_000_000) + b"\x08\x01", "FRAME_TOO_LARGE"),
]

# A name, what follows the Hello, and the code of call 1; the connection goes on.
CLOSES = [
    ("invalid protobuf in the payload", packed(opened(payload=b"\xff\xff\xff")),
     "INVALID_ARGUMENT"),
    ("invalid UTF-8 in a field", packed(opened(payload=field(1, b"Madrid\xff"))),
     "INVALID_ARGUMENT"),
    ("NUL in a field", packed(opened(payload=field(1, b"Madrid\0"))), "INVALID_ARGUMENT"),
    ("deep nesting of groups", packed(opened(payload=b"\xa3\x3e" * 100_000)), "INVALID_ARGUMENT"),
    ("deep nesting of messages", packed(opened(payload=REQUEST + nested(500))), "OK"),
    ("unknown method", packed(opened(method="Matchmaking/Nothing")), "UNIMPLEMENTED"),
    ("empty method", framed(b"\x08\x01" + field(3, b"\x30\x01")), "UNIMPLEMENTED"),
    ("method of 100,000 characters", packed(opened(method="x" * 100_000)), "UNIMPLEMENTED"),
    ("bad metadata key", packed(opened(metadata=metadata(("Key", b"v")))), "INVALID_ARGUMENT"),
    ("empty metadata key", packed(opened(metadata=metadata(("", b"v")))), "INVALID_ARGUMENT"),
    ("metadata key of 129 characters", packed(opened(metadata=metadata(("k" * 129, b"")))),
     "INVALID_ARGUMENT"),
    ("metadata value not UTF-8", packed(opened(metadata=metadata(("k", b"\xff")))),
     "INVALID_ARGUMENT"),
    ("65 metadata entries", packed(opened(metadata=metadata(*[("k", b"v")] * 65))),
     "RESOURCE_EXHAUSTED"),
    ("a byte of metadata too much", packed(opened(metadata=metadata(("k", b"v" * (16 << 10))))),
     "RESOURCE_EXHAUSTED"),
    ("3 MB of metadata", packed(opened(metadata=metadata(("k", b"v" * 3_000_000)))),
     "RESOURCE_EXHAUSTED"),
    ("timeout_us 1", packed(opened(method=answers.WATCH, payload=b"", timeout_us=1)),
     "DEADLINE_EXCEEDED"),
    ("timeout_us 2^64-1", packed(opened(timeout_us=2**64 - 1)), "OK"),
    ("encoding 1", packed(waiting(), message(encoding=1)), "UNIMPLEMENTED"),
    ("encoding 2^32-1", packed(waiting(), message(encoding=2**32 - 1)), "UNIMPLEMENTED"),
    ("two messages to a unary method",
     packed(opened(half_close=False), message(), frame(1, half_close={})), "INVALID_ARGUMENT"),
    ("two messages to a server stream",
     packed(opened(1, answers.WATCH, b"", False), message(1, b"")), "INVALID_ARGUMENT"),
    ("none to a unary method", packed(opened(payload=None)), "INVALID_ARGUMENT"),
    ("none to a server stream", packed(opened(1, answers.PAIR, None)), "INVALID_ARGUMENT"),
    ("none to UpsertParticipants", packed(opened(1, answers.UPSERT, None)), "INVALID_ARGUMENT"),
    ("a frame of just 4 MiB", with_size(FRAME_BYTES), "OK"),
    ("negative page_size",
     packed(opened(1, answers.LIST, participant_pb2.ListParticipantsRequest(
         page_size=-1).SerializeToString())), "INVALID_ARGUMENT"),
    ("negative top",
     packed(opened(payload=partners_pb2.SuggestPartnersRequest(
         name="Madrid", top=-1).SerializeToString())), "INVALID_ARGUMENT"),
    ("100,000 excluded names",
     packed(opened(payload=REQUEST + field(5, b"x") * 100_000)), "INVALID_ARGUMENT"),
    ("a million empty participants",
     packed(opened(1, answers.UPSERT, field(3, b"") * 1_000_000)), "INVALID_ARGUMENT"),
    ("a million unknown fields", packed(opened(payload=REQUEST + b"\xc0\x3e\x01" * 1_000_000)),
     None),
    ("at_least_revision of the far future",
     packed(opened(payload=partners_pb2.SuggestPartnersRequest(
         name="Madrid", at_least_revision=2**64 - 1).SerializeToString())), "INVALID_ARGUMENT"),
    ("a verdict of a later version",
     packed(opened(1, "Matchmaking/RecordDecision", decisions_pb2.RecordDecisionRequest(
         participant="Madrid", partner="Lima", verdict=99, reason="r", actor="interop",
         idempotency_key="interop-verdict").SerializeToString())), "INVALID_ARGUMENT"),
]

# A name and what follows the Hello; it does no harm, and the connection goes on.
HARMLESS = [
    ("Message on a closed stream", packed(opened(method="None/None"), message(), message())),
    ("all on a closed stream",
     packed(waiting(), frame(1, cancel={}), message(), frame(1, half_close={}), message(),
            frame(1, half_close={}), frame(1, cancel={}), frame(1, credit={"bytes": 5}))),
    ("streams with gaps", packed(opened(7), opened(1000), opened(1001))),
    ("frames about a stream in a gap", packed(opened(7), message(3), frame(4, cancel={}))),
    ("empty Messages without end", packed(waiting(), *[message(payload=b"")] * 10_000)),
    ("a hundred pings", packed(*[frame(ping={"opaque": n}) for n in range(100)])),
    ("a pong that nobody asked for", packed(frame(pong={"opaque": 5}))),
    ("many frames in one write", packed(*[opened(n) for n in range(1, 201)])),
    ("a varint longer than needed",
     packed(waiting()) + framed(b"\x08\x81\x80\x00" + field(7, b""))),
]
