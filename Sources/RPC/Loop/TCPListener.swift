import CUV
import Foundation

/// A listening socket of one loop. Several loops listen on one port, and the kernel
/// spreads connections over them.
///
/// It accepts by itself instead of through `uv_listen`: libuv, when there are no more
/// descriptors, drops the connections that wait, or, when it has lost its spare
/// descriptor to another loop, tries again without end.
final class TCPListener: LoopHandle, @unchecked Sendable {
  // Touched on its loop only.
  private let descriptor: Int32
  private let accept: @Sendable (any ByteTransport, EventLoop) -> Void
  private var pause: (any LoopTimer)?

  /// Connections that the system keeps until they are accepted.
  private static let backlog: Int32 = 1024
  /// So many connections in a round at most, so that those that are open are not kept
  /// waiting.
  private static let connectionsInARound = 64
  /// How long connections wait when there are no descriptors for them.
  static let pauseTime = Duration.milliseconds(100)

  /// Listens; on the loop only.
  ///
  /// - Parameters:
  ///   - sharesPort: whether another loop of this process listens there already; else
  ///     nobody may.
  ///   - accept: given every connection, on the loop; may abort it.
  /// - Throws: `LoopError` with what to do when the address is taken or not ours.
  init(
    _ address: SocketAddress, on loop: EventLoop, sharesPort: Bool = false,
    accept: @escaping @Sendable (any ByteTransport, EventLoop) -> Void
  ) throws(LoopError) {
    guard let storage = try address.resolved().first else {
      throw LoopError(.notAnAddress, "\(address.host) has no address")
    }
    // Sharing makes the system silent about another server of the same user on the port,
    // so that a socket that does not share asks first.
    if !sharesPort, address.port != 0 {
      Self.closeDescriptor(try Self.bound(storage, to: address, sharing: false))
    }
    let descriptor = try Self.bound(storage, to: address, sharing: true)
    self.descriptor = descriptor
    self.accept = accept
    do throws(LoopError) {
      guard listen(descriptor, Self.backlog) == 0 else { throw Self.error(errno, address) }
      try super.init(on: loop, UV_POLL) { memory in
        uv_poll_init(loop.uv, memory.assumingMemoryBound(to: uv_poll_t.self), descriptor)
      }
    } catch {
      Self.closeDescriptor(descriptor)
      throw error
    }
    resume()
  }

  /// - Returns: a socket that does not block, closed on exec.
  private static func bound(
    _ storage: sockaddr_storage, to address: SocketAddress, sharing: Bool
  ) throws(LoopError) -> Int32 {
    var storage = storage
    #if os(Linux)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let descriptor = socket(Int32(storage.ss_family), kind, 0)
    guard descriptor >= 0 else { throw LoopError(-errno, "no socket can be made") }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    func set(_ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
      var value = value
      return setsockopt(
        descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }
    // A server that starts again need not wait for the connections of the last one.
    var isSet = set(SOL_SOCKET, SO_REUSEADDR, 1)
    if sharing { isSet = isSet && set(SOL_SOCKET, SO_REUSEPORT, 1) }
    let length: Int
    if Int32(storage.ss_family) == AF_INET6 {
      // [::] is IPv4's any address too.
      isSet = isSet && set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0)
      length = MemoryLayout<sockaddr_in6>.size
    } else {
      length = MemoryLayout<sockaddr_in>.size
    }
    guard isSet, storage.withAddress({ bind(descriptor, $0, socklen_t(length)) }) == 0 else {
      let code = errno
      closeDescriptor(descriptor)
      throw error(code, address)
    }
    return descriptor
  }

  private static func error(_ code: Int32, _ address: SocketAddress) -> LoopError {
    switch code {
    case EADDRINUSE:
      LoopError(
        .addressInUse, "\(address) is in use; stop the other server, or listen on another port")
    case EACCES: LoopError(.noPermission, "\(address): ports below 1024 need more rights")
    default: LoopError(-code, "cannot listen on \(address)")
    }
  }

  /// The port that the system has chosen.
  var port: UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return storage.withAddress { address in
      guard getsockname(descriptor, address, &length) == 0 else { return 0 }
      // The port is at the same place for both families.
      return UInt16(
        bigEndian: UnsafeRawPointer(address).assumingMemoryBound(to: sockaddr_in.self).pointee
          .sin_port)
    }
  }

  private func resume() {
    pause = nil
    guard !isClosing else { return }
    uv_poll_start(pointer(as: uv_poll_t.self), Int32(UV_READABLE.rawValue)) { poll, _, _ in
      (LoopHandle.called(poll) as? TCPListener)?.acceptWaiting()
    }
  }

  private func acceptWaiting() {
    for _ in 0..<Self.connectionsInARound where !isClosing {
      let connection = Self.acceptOne(descriptor)
      guard connection < 0 else {
        if let socket = try? TCPSocket(on: loop, descriptor: connection) { accept(socket, loop) }
        continue
      }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EAGAIN, EWOULDBLOCK: return
      default:
        // No descriptors or no memory, as a rule. The socket stays readable, so that
        // polling it on would turn the loop in circles; connections wait in the backlog.
        uv_poll_stop(pointer(as: uv_poll_t.self))
        pause = loop.schedule(after: Self.pauseTime) { [weak self] in self?.resume() }
        return
      }
    }
  }

  /// - Returns: a descriptor, or a negative number with `errno` set.
  private static func acceptOne(_ descriptor: Int32) -> Int32 {
    let connection = Foundation.accept(descriptor, nil, nil)
    if connection >= 0 { _ = fcntl(connection, F_SETFD, FD_CLOEXEC) }
    return connection
  }

  /// Under a name of its own, because handles have a `close` too.
  static func closeDescriptor(_ descriptor: Int32) { _ = Foundation.close(descriptor) }

  override func didClose() {
    pause?.cancel()
    pause = nil
    Self.closeDescriptor(descriptor)
  }
}
