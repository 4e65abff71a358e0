"""A client of the protocol: calls of all shapes over one connection, in one thread."""

import collections
import time

from wire import (CONNECTION_CREDIT, FRAME_BYTES, PATIENCE, STREAM_CREDIT, Closed, GoAway, Silence,
                  Wire, frame)

from encuentro.rpc.v1 import frame_pb2

CODES = ("OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS "
         "PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE "
         "UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED").split()


class Failed(Exception):
    """A call that did not end with OK."""

    def __init__(self, close):
        super().__init__("%s: %s" % (CODES[close.code], close.message))
        self.close = close
        self.code = CODES[close.code]

    def detail(self, kind):
        """The subject of the first detail of a kind, or None."""
        return next((d.subject for d in self.close.details if d.kind == kind), None)


class Call:
    """A call that was opened; see Connection.open."""

    def __init__(self, connection, stream, response_type):
        self.connection = connection
        self.stream = stream
        self.response_type = response_type
        self.credit = connection.peer_stream_credit
        self.close = None
        # Payloads that nobody has taken, and how many bytes were taken but not granted.
        self.payloads = collections.deque()
        self.taken = 0
        # Bytes of all payloads so far.
        self.received = 0

    def send(self, request, half_close=False):
        """Sends one message, when the credit allows; then no more, if so wished."""
        payload = request.SerializeToString()
        self.connection.wait_for_credit(self, len(payload))
        self.connection.wire.send(frame(self.stream, message={"payload": payload}))
        if half_close:
            self.half_close()

    def half_close(self):
        self.connection.wire.send(frame(self.stream, half_close={}))

    def cancel(self):
        self.connection.wire.send(frame(self.stream, cancel={}))

    def next(self, timeout=PATIENCE):
        """The next response; None after the last. Raises Failed."""
        end = time.monotonic() + timeout
        while not self.payloads and self.close is None:
            self.connection.pump(max(0.0, end - time.monotonic()))
        if self.payloads:
            payload = self.payloads.popleft()
            self.connection.took(self, len(payload))
            return self.response_type.FromString(payload)
        if self.close.code != 0:
            raise Failed(self.close)
        return None

    def all(self, timeout=PATIENCE):
        """The remaining responses. Raises Failed."""
        result = []
        while True:
            response = self.next(timeout)
            if response is None:
                return result
            result.append(response)

    def status(self, timeout=PATIENCE):
        """The name of the code that the call ends with, whatever it answers."""
        try:
            self.all(timeout)
        except Failed as failed:
            return failed.code
        return "OK"


class Connection:
    """One connection. `grants` tells whether what was taken is granted again; without,
    a test does so by itself."""

    def __init__(self, address, stream_credit=0, connection_credit=0, grants=True):
        self.wire = Wire(address)
        self.grants = grants
        self.stream_window = stream_credit or STREAM_CREDIT
        self.connection_window = connection_credit or CONNECTION_CREDIT
        self.calls = {}
        self.last = 0
        self.taken = 0
        self.pongs = []
        self.wire.send(frame(hello={
            "version": 1, "agent": "interop/1", "stream_credit": stream_credit,
            "connection_credit": connection_credit}))
        self.hello = self.wire.read().hello
        assert self.hello.version == 1, "the server's first frame is its Hello"
        self.peer_stream_credit = self.hello.stream_credit or STREAM_CREDIT
        self.credit = self.hello.connection_credit or CONNECTION_CREDIT
        self.frame_bytes = self.hello.max_frame_bytes or FRAME_BYTES

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.close()

    # Calls

    def open(self, method, response_type, request=None, half_close=False, timeout_us=0,
             metadata=()):
        """Opens a call, with its first message or without."""
        self.last += 1
        call = Call(self, self.last, response_type)
        self.calls[self.last] = call
        body = {
            "method": "encuentro.v1." + method, "timeout_us": timeout_us, "half_close": half_close,
            "metadata": [frame_pb2.Metadata(key=k, value=v) for k, v in metadata]}
        if request is not None:
            body["payload"] = request.SerializeToString()
            body["has_payload"] = True
            self.wait_for_credit(call, len(body["payload"]))
        self.wire.send(frame(self.last, open=body))
        return call

    def stream(self, method, response_type, request, **options):
        """A call of one request and many responses."""
        return self.open(method, response_type, request, half_close=True, **options)

    def unary(self, method, response_type, request, **options):
        """A whole call of one request and one response. Raises Failed."""
        responses = self.stream(method, response_type, request, **options).all()
        assert len(responses) == 1, "%d responses of a unary call" % len(responses)
        return responses[0]

    # Credit

    def wait_for_credit(self, call, size):
        while size and (call.credit <= 0 or self.credit <= 0) and call.close is None:
            self.pump()
        call.credit -= size
        self.credit -= size

    def took(self, call, size):
        """Grants half a window at a time, as the rules ask."""
        self.taken += size
        call.taken += size
        if not self.grants:
            return
        if call.close is None and 2 * call.taken >= self.stream_window:
            self.wire.send(frame(call.stream, credit={"bytes": call.taken}))
            call.taken = 0
        if 2 * self.taken >= self.connection_window:
            self.wire.send(frame(0, credit={"bytes": self.taken}))
            self.taken = 0

    # Frames

    def pump(self, timeout=PATIENCE):
        """Reads one frame and puts it where it belongs."""
        one = self.wire.read(timeout)
        body = one.WhichOneof("body")
        if one.stream:
            return self._pump_call(self.calls[one.stream], body, one)
        if body == "credit":
            self.credit += one.credit.bytes
        elif body == "ping":
            self.wire.send(frame(pong={"opaque": one.ping.opaque}))
        elif body == "pong":
            self.pongs.append(one.pong.opaque)
        elif body == "go_away":
            if one.go_away.reason != GoAway.SHUTDOWN:
                raise Closed(one.go_away)
        else:
            raise AssertionError("a server sends no %s on stream 0" % body)

    def _pump_call(self, call, body, one):
        assert call.close is None, "nothing comes after a call's Close"
        if body == "message":
            call.payloads.append(one.message.payload)
            call.received += len(one.message.payload)
        elif body == "close":
            call.close = one.close
            if one.close.has_payload:
                call.payloads.append(one.close.payload)
                call.received += len(one.close.payload)
        elif body == "credit":
            call.credit += one.credit.bytes
        else:
            raise AssertionError("a server sends no %s of a call" % body)

    def pump_for(self, seconds):
        """Reads whatever comes in a time."""
        end = time.monotonic() + seconds
        while True:
            try:
                self.pump(max(0.0, end - time.monotonic()))
            except Silence:
                return
