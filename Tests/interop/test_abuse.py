"""Misbehaviour that takes many frames, much time or several connections."""

import collections
import pathlib
import resource
import time
import unittest

import answers
import server
from client import CODES, Connection
from misbehaviour import HELLO, message, opened, waiting
from wire import PATIENCE, Closed, GoAway, Silence, Wire, frame, packed

from encuentro.v1 import participant_pb2


class Abuse(unittest.TestCase):
    def setUp(self):
        self.expected = answers.suggested(server.address())
        # A fresh connection must get the right answer afterwards.
        self.addCleanup(lambda: self.others_are_served())
        self.wire = Wire(server.address())
        self.addCleanup(self.wire.close)

    def others_are_served(self):
        began = time.monotonic()
        self.assertEqual(answers.suggested(server.address()), self.expected)
        self.assertLess(time.monotonic() - began, 2)

    def closes(self, count, timeout=60):
        """Reads until so many calls are closed; gives their codes by stream."""
        found = {}
        end = time.monotonic() + timeout
        while len(found) < count:
            one = self.wire.read(max(0.0, end - time.monotonic()))
            self.assertFalse(one.HasField("go_away"), one)
            if one.HasField("close"):
                self.assertNotIn(one.stream, found)
                found[one.stream] = CODES[one.close.code]
        return found

    def reason(self, timeout=20):
        go_away = self.wire.read_to_end(timeout)
        return go_away and GoAway.Reason.Name(go_away.reason)

    # What must work, however odd

    def test_frames_dripped_byte_by_byte(self):
        for byte in HELLO + packed(opened()):
            self.wire.write(bytes([byte]))
            time.sleep(0.001)
        self.assertEqual(self.closes(1), {1: "OK"})

    def test_a_thousand_calls_in_one_write(self):
        calls = [opened(n, "Health/Check", b"") for n in range(1, 1001)]
        self.wire.write(HELLO + packed(*calls))
        codes = collections.Counter(self.closes(1000).values())
        self.assertEqual(codes["OK"] + codes["RESOURCE_EXHAUSTED"], 1000)
        self.assertGreaterEqual(codes["OK"], 256)

    # Ends in the middle

    def test_half_a_frame_then_close(self):
        self.wire.write(HELLO + packed(opened())[:-7])
        self.wire.close()

    def test_half_a_length_then_close(self):
        self.wire.write(HELLO + b"\0\0")
        self.wire.close()

    def test_nothing_then_close(self):
        self.wire.close()

    def test_close_in_the_middle_of_calls(self):
        self.wire.write(HELLO + packed(
            *[opened(n, answers.PAIR, b"") for n in range(1, 21)],
            *[waiting(n) for n in range(21, 41)]))
        self.wire.close()

    def test_TCP_half_close_in_the_middle_of_calls(self):
        self.wire.write(HELLO + packed(waiting(1), opened(2, answers.WATCH, b"")))
        self.wire.read()
        self.wire.socket.shutdown(1)
        # It is taken as close.
        self.wire.read_to_end(5)

    def test_a_thousand_connections_that_only_come_and_go(self):
        for number in range(1000):
            with Wire(server.address()) as wire:
                if number % 2:
                    wire.write(HELLO)

    # Too much

    def test_10000_Opens_without_half_close(self):
        self.wire.write(HELLO)
        self.wire.read()
        for start in range(1, 10_001, 500):
            self.wire.write(packed(*[waiting(n) for n in range(start, start + 500)]))
        codes = self.closes(10_000 - 256)
        self.assertEqual(set(codes.values()), {"RESOURCE_EXHAUSTED"})
        self.assertGreater(min(codes), 256)
        self.others_are_served()
        # A place that is given up is free again.
        self.wire.write(packed(*[frame(n, cancel={}) for n in range(1, 257)]))
        self.assertEqual(set(self.closes(256).values()), {"CANCELLED"})
        self.wire.write(packed(opened(20_000)))
        self.assertEqual(self.closes(1), {20_000: "OK"})

    def test_the_limit_of_calls_is_named(self):
        self.wire.write(HELLO + packed(*[waiting(n) for n in range(1, 258)]))
        while True:
            one = self.wire.read()
            if one.HasField("close"):
                break
        detail, = one.close.details
        self.assertEqual((one.stream, detail.kind, detail.subject, detail.value),
                         (257, "limit", "max_streams", "256"))

    def test_Open_and_Cancel_10000_times(self):
        self.wire.write(HELLO)
        for start in range(1, 10_001, 500):
            frames = []
            for n in range(start, start + 500):
                frames += [opened(n, answers.WATCH, b""), frame(n, cancel={})]
            self.wire.write(packed(*frames))
        codes = self.closes(10_000)
        # A handler may take a moment to stop, and has its place until then.
        self.assertLessEqual(set(codes.values()), {"CANCELLED", "RESOURCE_EXHAUSTED"})
        self.wire.write(packed(opened(20_000)))
        self.assertEqual(self.closes(1), {20_000: "OK"})

    def test_ping_flood(self):
        self.wire.write(HELLO + packed(*[frame(ping={"opaque": n}) for n in range(101)]))
        self.assertEqual(self.reason(), "ENHANCE_YOUR_CALM")

    def test_pings_without_reading(self):
        # A connection that is being closed may be read a moment longer, so that its
        # GoAway is not lost; not for ever.
        pings = packed(*[frame(ping={"opaque": 1})] * 1000)
        end = time.monotonic() + PATIENCE
        try:
            while time.monotonic() < end:
                self.wire.write(pings, reads=False)
        except (Closed, Silence):
            return
        self.fail("pings were taken for %d s" % PATIENCE)

    def test_refusals_without_reading(self):
        self.never_reads(packed(*[opened(n, "x" * 200, b"") for n in range(1, 400_000)]))

    def test_closed_streams_without_reading(self):
        # Nothing is answered to this, so it is all taken.
        self.wire.write(HELLO + packed(waiting(1), frame(1, cancel={})))
        self.wire.write(packed(*[message(1, b"")] * 200_000))
        self.wire.write(packed(opened(2)))
        self.assertEqual(self.closes(2), {1: "CANCELLED", 2: "OK"})

    def never_reads(self, data):
        """Writes until the server takes no more, which it must not do for ever."""
        self.wire.write(HELLO)
        self.wire.socket.settimeout(2)
        written = 0
        try:
            while written < len(data):
                written += self.wire.socket.send(data[written:written + 65536])
        except (TimeoutError, OSError):
            pass
        self.assertLess(written, len(data), "all was taken")
        self.others_are_served()

    def test_a_peer_that_never_reads_its_answers(self):
        page = participant_pb2.ListParticipantsRequest(page_size=1000).SerializeToString()
        self.wire.write(packed(
            frame(hello={"version": 1, "stream_credit": 2**31 - 1,
                         "connection_credit": 2**31 - 1}),
            *[opened(n, answers.LIST, page) for n in range(1, 257)]))
        self.others_are_served()
        time.sleep(1)
        self.others_are_served()
        # Nothing is lost of it either.
        self.assertEqual(set(self.closes(256).values()), {"OK"})

    def test_a_peer_that_reads_no_stream(self):
        self.wire.write(packed(
            frame(hello={"version": 1, "stream_credit": 2**31 - 1,
                         "connection_credit": 2**31 - 1}),
            *[opened(n, answers.PAIR, b"") for n in range(1, 101)]))
        time.sleep(1)
        self.others_are_served()
        self.wire.close()

    def test_unread_answers_take_little_memory(self):
        with server.OwnServer() as own:
            status = pathlib.Path("/proc/%d/status" % own.process.pid)
            if not status.exists():
                self.skipTest("the system does not tell how much memory a process has")

            def kilobytes():
                line = next(l for l in status.read_text().splitlines() if l.startswith("VmRSS"))
                return int(line.split()[1])

            before = kilobytes()
            page = participant_pb2.ListParticipantsRequest(page_size=1000).SerializeToString()
            wires = [Wire(own.address) for _ in range(8)]
            for wire in wires:
                # Each answer has about 200 KB: 400 MB in all.
                wire.write(packed(
                    frame(hello={"version": 1, "stream_credit": 2**31 - 1,
                                 "connection_credit": 2**31 - 1}),
                    *[opened(n, answers.LIST, page) for n in range(1, 257)]), reads=False)
            time.sleep(2)
            grown = kilobytes() - before
            for wire in wires:
                wire.close()
            self.assertLess(grown, 500_000, "%d kB" % grown)

    def test_more_connections_than_the_limit(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < 4096:
            self.skipTest("the system allows too few sockets")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        wires = []
        with server.OwnServer() as own:
            try:
                for _ in range(1024):
                    wires.append(Wire(own.address))
                    wires[-1].read()
                with Wire(own.address) as late:
                    go_away = late.read_to_end(5)
                    self.assertEqual(go_away.reason, GoAway.ENHANCE_YOUR_CALM)
                wires.pop().close()
                time.sleep(0.2)
                answers.suggested(own.address)
            finally:
                for wire in wires:
                    wire.close()


class Silent(unittest.TestCase):
    """Nearly a minute, in which all of them wait together."""

    @classmethod
    def setUpClass(cls):
        cls.began = time.monotonic()
        cls.mute, cls.half, cls.silent = [Wire(server.address()) for _ in range(3)]
        cls.half.write(HELLO + packed(opened())[:-1])
        cls.silent.write(HELLO)
        cls.polite = Connection(server.address())

    @classmethod
    def tearDownClass(cls):
        for wire in (cls.mute, cls.half, cls.silent, cls.polite.wire):
            wire.close()

    def ends(self, wire, after):
        # The wait of an earlier check may have been longer.
        waited = time.monotonic() - self.began
        go_away = wire.read_to_end(max(1, after + 5 - waited))
        self.assertEqual(GoAway.Reason.Name(go_away.reason), "TIMEOUT")
        if waited < after:
            self.assertAlmostEqual(time.monotonic() - self.began, after, delta=2)
        answers.suggested(server.address())

    def test_1_no_Hello_for_10_seconds(self):
        self.ends(self.mute, 10)

    def test_2_half_a_frame_for_30_seconds(self):
        self.ends(self.half, 30)

    def test_3_a_Pong_in_time(self):
        # Asked after 30 s of silence; the client answers by itself.
        self.polite.pump_for(max(1, 32 - (time.monotonic() - self.began)))
        answers.suggest(self.polite)

    def test_4_no_Pong_for_20_seconds(self):
        self.ends(self.silent, 50)
        answers.suggest(self.polite)
