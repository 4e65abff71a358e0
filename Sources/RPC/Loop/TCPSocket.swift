import CUV
import Foundation

/// A TCP connection.
final class TCPSocket: TCPHandle, ByteTransport, @unchecked Sendable {
  // Touched on its loop only.
  private(set) var peer = "unknown"
  var handler: (any ByteTransportHandler)?
  /// Written to the system, which has not taken it all.
  private var inFlight: UnsafeMutableRawBufferPointer?
  private let request = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)
  /// Waits behind what is in flight.
  private var waiting: [UInt8] = []
  private var closesWhenWritten = false
  private var isReading = false
  private var isStarted = false
  private var reason: String?
  private var wasFull = false

  /// Above so many queued bytes, `drained` is told when they are below again.
  private static let lowWatermark = 256 << 10

  deinit { request.deallocate() }

  var queuedBytes: Int { (inFlight?.count ?? 0) + waiting.count }

  /// Calls the socket's peer by its address; to be called once connected.
  func identify() {
    uv_tcp_nodelay(tcp, 1)
    var storage = sockaddr_storage()
    var length = Int32(MemoryLayout<sockaddr_storage>.size)
    withUnsafeMutablePointer(to: &storage) { storage in
      let address = UnsafeMutableRawPointer(storage).assumingMemoryBound(to: sockaddr.self)
      if uv_tcp_getpeername(tcp, address, &length) == 0 { peer = SocketAddress.text(address) }
    }
  }

  func start() {
    isStarted = true
    resumeReading()
  }

  func pauseReading() {
    guard isReading, !isClosing else { return }
    isReading = false
    uv_read_stop(stream)
  }

  func resumeReading() {
    guard !isReading, !isClosing, isStarted else { return }
    isReading = true
    uv_read_start(
      stream,
      { handle, _, buffer in
        guard let loop = TCPHandle.of(handle)?.loop else { return }
        buffer?.pointee = uv_buf_init(
          loop.readBuffer.assumingMemoryBound(to: CChar.self), UInt32(EventLoop.readBytes))
      },
      { stream, count, buffer in
        guard let socket = TCPHandle.of(stream) as? TCPSocket else { return }
        socket.didRead(count, buffer?.pointee.base)
      })
  }

  private func didRead(_ count: Int, _ base: UnsafeMutablePointer<CChar>?) {
    guard !isClosing else { return }
    if count > 0 {
      handler?.received(UnsafeRawBufferPointer(start: base, count: count))
    } else if count < 0 {
      if count != Int(UV_EOF.rawValue) { fail(Int32(count)) }
      abort()
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) {
    guard !isClosing, !closesWhenWritten, !bytes.isEmpty else { return }
    guard inFlight == nil else {
      waiting += bytes
      return
    }
    var buffer = uv_buf_init(
      UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: CChar.self).baseAddress),
      UInt32(clamping: bytes.count))
    let taken = uv_try_write(stream, &buffer, 1)
    if taken < 0, taken != UV_EAGAIN.rawValue {
      fail(taken)
      return abort()
    }
    let rest = bytes.dropFirst(Int(max(0, taken)))
    if !rest.isEmpty { send(UnsafeRawBufferPointer(rebasing: rest)) }
  }

  /// Hands bytes to libuv, which writes them as the peer takes them.
  private func send(_ bytes: UnsafeRawBufferPointer) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
    copy.copyMemory(from: bytes)
    inFlight = copy
    if bytes.count > Self.lowWatermark { wasFull = true }
    var buffer = uv_buf_init(
      copy.assumingMemoryBound(to: CChar.self).baseAddress, UInt32(clamping: copy.count))
    let code = uv_write(request, stream, &buffer, 1) { request, status in
      guard let socket = TCPHandle.of(request?.pointee.handle) as? TCPSocket else { return }
      socket.didWrite(status)
    }
    if code < 0 {
      freeInFlight()
      fail(code)
      abort()
    }
  }

  private func freeInFlight() {
    inFlight?.deallocate()
    inFlight = nil
  }

  private func didWrite(_ status: Int32) {
    freeInFlight()
    guard !isClosing else { return }
    guard status == 0 else {
      fail(status)
      return abort()
    }
    if !waiting.isEmpty {
      let next = waiting
      waiting = []
      next.withUnsafeBytes(send)
    } else if closesWhenWritten {
      close()
      return
    }
    if queuedBytes <= Self.lowWatermark { handler?.drained() }
  }

  private func fail(_ code: Int32) {
    reason = reason ?? String(cString: uv_strerror(code))
  }

  func closeAfterWriting() {
    guard inFlight != nil || !waiting.isEmpty else { return abort() }
    closesWhenWritten = true
    // What still comes is read and dropped, or the system would answer the peer with a
    // reset, and the peer might never read what was written.
  }

  override func abort() {
    waiting = []
    close()
  }

  override func didClose() {
    freeInFlight()
    let handler = handler
    self.handler = nil
    handler?.closed(reason: reason)
  }
}
