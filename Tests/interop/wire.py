"""Frames on a socket, written from Protos/PROTOCOL.md."""

import select
import socket
import struct
import time

from encuentro.rpc.v1 import frame_pb2

Frame = frame_pb2.Frame
GoAway = frame_pb2.GoAway

# The defaults that a 0 in Hello stands for.
FRAME_BYTES = 4 << 20
STREAMS = 256
STREAM_CREDIT = 1 << 20
CONNECTION_CREDIT = 8 << 20
METADATA_BYTES = 16 << 10
METADATA_ENTRIES = 64

# Far above what any answer here takes, so that a hanging server fails a test instead
# of stopping all.
PATIENCE = 20.0


class Closed(Exception):
    """The peer has closed the connection; `go_away` is what it said before, or None."""

    def __init__(self, go_away=None):
        reason = "without a GoAway"
        if go_away is not None:
            reason = "%s: %s" % (GoAway.Reason.Name(go_away.reason), go_away.message)
        super().__init__("the connection was closed, " + reason)
        self.go_away = go_away


class Silence(Exception):
    """Nothing came in time."""


def frame(stream=0, **body):
    """A frame with one body: frame(1, cancel={})."""
    result = Frame(stream=stream)
    for name, value in body.items():
        part = getattr(result, name)
        part.SetInParent()
        for field, content in value.items():
            if isinstance(content, list):
                getattr(part, field).extend(content)
            else:
                setattr(part, field, content)
    return result


def packed(*frames):
    """The bytes of frames, each behind its length."""
    result = bytearray()
    for one in frames:
        body = one.SerializeToString()
        result += struct.pack(">I", len(body)) + body
    return bytes(result)


def ready(socket, events, timeout):
    """Which of the events have come in time; select() knows too few sockets."""
    poll = select.poll()
    poll.register(socket, events)
    return sum(event for _, event in poll.poll(1000 * timeout))


READABLE = select.POLLIN | select.POLLHUP | select.POLLERR


class Wire:
    """A socket that frames are read from, and any bytes are written to."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.buffer = bytearray()
        self.ended = False
        self.go_away = None
        # All bytes read, for what counts them.
        self.received = 0

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def write(self, data, reads=True):
        """Writes all; meanwhile reads, since a peer whose answers nobody reads stops
        reading too."""
        data = memoryview(data)
        end = time.monotonic() + PATIENCE
        while data:
            rest = end - time.monotonic()
            if rest <= 0:
                raise Silence("the server does not read")
            wanted = select.POLLIN if reads and not self.ended else 0
            events = ready(self.socket, wanted | select.POLLOUT, rest)
            if wanted and events & READABLE:
                self._fill()
            if events & ~select.POLLIN:
                try:
                    data = data[self.socket.send(data):]
                except BlockingIOError:
                    pass
                except (BrokenPipeError, ConnectionResetError):
                    self._drain()
                    raise Closed(self.go_away)

    def send(self, *frames):
        self.write(packed(*frames))

    def _fill(self):
        try:
            data = self.socket.recv(1 << 20)
        except BlockingIOError:
            return
        except (ConnectionResetError, BrokenPipeError):
            data = b""
        if not data:
            self.ended = True
        self.received += len(data)
        self.buffer += data

    def _drain(self):
        """After an error of writing: what the peer had said before it closed."""
        while not self.ended:
            if not ready(self.socket, select.POLLIN, 1):
                break
            self._fill()
        while True:
            one = self._take()
            if one is None:
                return
            if one.HasField("go_away"):
                self.go_away = one.go_away

    def _take(self):
        if len(self.buffer) < 4:
            return None
        length = struct.unpack_from(">I", self.buffer)[0]
        if len(self.buffer) < 4 + length:
            return None
        result = Frame.FromString(bytes(self.buffer[4:4 + length]))
        del self.buffer[:4 + length]
        return result

    def read(self, timeout=PATIENCE):
        """The next frame.

        Raises Closed at the end, and Silence when the time is over."""
        end = time.monotonic() + timeout
        while True:
            one = self._take()
            if one is not None:
                if one.HasField("go_away"):
                    self.go_away = one.go_away
                return one
            if self.ended:
                raise Closed(self.go_away)
            rest = end - time.monotonic()
            if rest < 0 or not ready(self.socket, select.POLLIN, rest):
                raise Silence("no frame within %.3f s" % timeout)
            self._fill()

    def read_to_end(self, timeout=PATIENCE):
        """Reads until the peer closes; gives its last GoAway, or None."""
        end = time.monotonic() + timeout
        while True:
            try:
                self.read(max(0.0, end - time.monotonic()))
            except Closed:
                return self.go_away
