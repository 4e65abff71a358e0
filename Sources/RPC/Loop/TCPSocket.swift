import CUV
import Foundation

/// A TCP connection.
final class TCPSocket: LoopHandle, ByteTransport, @unchecked Sendable {
  // Touched on its loop only.
  private(set) var peer = "unknown"
  var handler: (any ByteTransportHandler)?
  /// Made when the peer does not take everything for the first time.
  private var queue: WriteQueue?
  /// Whether more was queued than the low watermark since `drained` was told.
  private var wasFull = false
  private var isReading = false
  private var isStarted = false
  private var closesWhenWritten = false
  private var peerHasEnded = false
  private var lingering: (any LoopTimer)?
  private var reason: String?

  /// Above so many queued bytes, `drained` is told when they are below again.
  static let lowWatermark = 256 << 10
  /// How long a peer may take to close, once it has been sent the end.
  private static let lingerTime = Duration.seconds(1)

  /// Makes a socket to connect.
  init(on loop: EventLoop) throws(LoopError) {
    try super.init(on: loop, UV_TCP) { memory in
      uv_tcp_init(loop.uv, memory.assumingMemoryBound(to: uv_tcp_t.self))
    }
  }

  /// Takes over a connected socket, which it closes whatever happens.
  convenience init(on loop: EventLoop, descriptor: Int32) throws(LoopError) {
    do throws(LoopError) { try self.init(on: loop) } catch {
      TCPListener.closeDescriptor(descriptor)
      throw error
    }
    let code = uv_tcp_open(tcp, descriptor)
    guard code == 0 else {
      TCPListener.closeDescriptor(descriptor)
      close()
      throw LoopError(code, "a connection cannot be taken")
    }
    identify()
  }

  var tcp: UnsafeMutablePointer<uv_tcp_t> { pointer(as: uv_tcp_t.self) }
  private var stream: UnsafeMutablePointer<uv_stream_t> { pointer(as: uv_stream_t.self) }

  var queuedBytes: Int { isClosing ? 0 : queue?.count ?? 0 }

  /// Calls the socket's peer by its address; to be called once connected.
  func identify() {
    uv_tcp_nodelay(tcp, 1)
    var storage = sockaddr_storage()
    var length = Int32(MemoryLayout<sockaddr_storage>.size)
    storage.withAddress { address in
      if uv_tcp_getpeername(tcp, address, &length) == 0 { peer = SocketAddress.text(address) }
    }
  }

  // MARK: - Reading

  func start() {
    isStarted = true
    resumeReading()
  }

  func pauseReading() {
    guard isReading, !isClosing, !closesWhenWritten else { return }
    isReading = false
    uv_read_stop(stream)
  }

  func resumeReading() {
    guard !isReading, !isClosing, isStarted, !peerHasEnded else { return }
    isReading = true
    uv_read_start(
      stream,
      { handle, _, buffer in
        guard let loop = LoopHandle.of(handle)?.loop else { return }
        buffer?.pointee = uv_buf_init(
          loop.readBuffer.assumingMemoryBound(to: CChar.self), UInt32(EventLoop.readBytes))
      },
      { stream, count, buffer in
        guard let socket = LoopHandle.called(stream) as? TCPSocket else { return }
        socket.didRead(count, buffer?.pointee.base)
      })
  }

  private func didRead(_ count: Int, _ base: UnsafeMutablePointer<CChar>?) {
    guard !isClosing else { return }
    if count > 0 {
      guard !closesWhenWritten else { return }
      handler?.received(UnsafeRawBufferPointer(start: base, count: count))
    } else if count == Int(UV_EOF.rawValue), closesWhenWritten, queuedBytes > 0 {
      // It asks for no more, and may still read what it has asked for.
      peerHasEnded = true
      isReading = false
      uv_read_stop(stream)
    } else if count < 0 {
      if count != Int(UV_EOF.rawValue) { fail(Int32(count)) }
      abort()
    }
  }

  // MARK: - Writing

  func write(_ bytes: UnsafeRawBufferPointer) {
    guard !isClosing, !closesWhenWritten, !bytes.isEmpty else { return }
    var rest = bytes
    if queuedBytes == 0 {
      let taken = Self.withBuffer(bytes) { uv_try_write(stream, $0, 1) }
      if taken < 0, taken != UV_EAGAIN.rawValue {
        fail(taken)
        return abort()
      }
      rest = UnsafeRawBufferPointer(rebasing: bytes[Int(max(0, taken))...])
      if rest.isEmpty { return }
    }
    let queue = queue ?? WriteQueue()
    self.queue = queue
    queue.append(rest)
    if queue.count > Self.lowWatermark { wasFull = true }
    if !queue.isFlying { writeQueued() }
  }

  /// Hands a piece to libuv, which writes it as the peer takes it. The queue lives until
  /// libuv has called back, because the socket does, and libuv calls back for every
  /// request before it calls back for the closing.
  private func writeQueued() {
    queue?.fly { piece in
      guard let request = queue?.request else { return }
      let code = Self.withBuffer(piece) { buffer in
        uv_write(request, stream, buffer, 1) { request, status in
          guard let socket = LoopHandle.called(request?.pointee.handle) as? TCPSocket
          else { return }
          socket.didWrite(status)
        }
      }
      if code < 0 {
        fail(code)
        abort()
      }
    }
  }

  private func didWrite(_ status: Int32) {
    queue?.landed()
    guard !isClosing else { return }
    guard status == 0 else {
      fail(status)
      return abort()
    }
    writeQueued()
    let left = queuedBytes
    if left == 0, closesWhenWritten {
      endWriting()
    } else if left == 0 || (wasFull && left < Self.lowWatermark) {
      wasFull = false
      handler?.drained()
    }
  }

  private static func withBuffer(
    _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeMutablePointer<uv_buf_t>) -> Int32
  ) -> Int32 {
    // libuv takes a pointer that it could write through, and only reads.
    var buffer = uv_buf_init(
      UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: CChar.self).baseAddress),
      UInt32(clamping: bytes.count))
    return body(&buffer)
  }

  // MARK: - Closing

  private func fail(_ code: Int32) { reason = reason ?? String(cString: uv_strerror(code)) }

  func closeAfterWriting() {
    guard !closesWhenWritten, !isClosing else { return }
    closesWhenWritten = true
    // What still comes is read and dropped: were it left unread, the system would answer
    // with a reset, which can take from the peer what it has not yet read.
    isStarted = true
    resumeReading()
    if queuedBytes == 0 { endWriting() }
  }

  /// All is written: the peer is sent the end, and closes, or is closed.
  private func endWriting() {
    var descriptor: uv_os_fd_t = -1
    guard !peerHasEnded, uv_fileno(handle, &descriptor) == 0,
      shutdown(descriptor, Int32(SHUT_WR)) == 0
    else { return abort() }
    lingering = loop.schedule(after: Self.lingerTime) { [weak self] in self?.abort() }
  }

  override func didClose() {
    lingering?.cancel()
    lingering = nil
    let handler = handler
    self.handler = nil
    handler?.closed(reason: reason)
  }
}
