"""Every way to misbehave of misbehaviour.py, and that the server stands it."""

import unittest

import answers
import misbehaviour
import server
from client import CODES
from wire import Closed, GoAway, Wire

PROBE = 4_000_000


class Ends(unittest.TestCase):
    """The server says why, and closes the connection."""


class Closes(unittest.TestCase):
    """The server closes the call, and the connection goes on."""


class Harmless(unittest.TestCase):
    """The connection goes on."""


expected = {}


def right_answer(test):
    """A fresh connection must be served as at the beginning."""
    address = server.address()
    answer = answers.suggested(address)
    test.assertEqual(answer, expected.setdefault(address, answer))


def closes_until_probe(test, wire):
    """Opens one more call, and reads to its end; gives the Closes by stream."""
    wire.send(misbehaviour.opened(PROBE))
    closes = {}
    while PROBE not in closes:
        one = wire.read()
        test.assertFalse(one.HasField("go_away"), one)
        if one.HasField("close"):
            test.assertNotIn(one.stream, closes, "a second Close")
            closes[one.stream] = one.close
        elif one.HasField("message"):
            test.assertNotIn(one.stream, closes, "a Message after the Close")
    test.assertEqual(closes[PROBE].payload, answers.suggested(server.address()))
    return closes


def add(kind, name, body):
    """Makes a check of a row."""
    def check(self):
        right_answer(self)
        with Wire(server.address()) as wire:
            body(self, wire)
        right_answer(self)
    name = name.replace(" ", "_")
    assert not hasattr(kind, "test_" + name), name
    setattr(kind, "test_" + name, check)


def ends(data, reason):
    def body(self, wire):
        try:
            wire.write(data)
        except Closed:
            pass
        go_away = wire.read_to_end(10)
        if reason is not None:
            self.assertIsNotNone(go_away, "closed without a GoAway")
            self.assertEqual(GoAway.Reason.Name(go_away.reason), reason, go_away.message)
            self.assertTrue(go_away.message)
    return body


def closes(data, code):
    def body(self, wire):
        wire.write(misbehaviour.HELLO + data)
        # Call 1 may outlast the probe, which ends no wait of its own.
        closed = closes_until_probe(self, wire)
        while 1 not in closed:
            one = wire.read()
            self.assertFalse(one.HasField("go_away"), one)
            if one.stream == 1 and one.HasField("close"):
                closed[1] = one.close
        if code is not None:
            self.assertEqual(CODES[closed[1].code], code, closed[1].message)
        if closed[1].code:
            self.assertTrue(closed[1].message)
    return body


def harmless(data):
    def body(self, wire):
        wire.write(misbehaviour.HELLO + data)
        closes_until_probe(self, wire)
    return body


for row in misbehaviour.ENDS:
    add(Ends, row[0], ends(*row[1:]))
for row in misbehaviour.CLOSES:
    add(Closes, row[0], closes(*row[1:]))
for row in misbehaviour.HARMLESS:
    add(Harmless, row[0], harmless(*row[1:]))
