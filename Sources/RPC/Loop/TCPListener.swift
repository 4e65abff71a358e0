import CUV
import Foundation

/// A listening socket of one loop. Several loops listen on one port, and the kernel
/// spreads connections over them.
final class TCPListener: TCPHandle, @unchecked Sendable {
  // Touched on its loop only.
  private let accept: @Sendable (any ByteTransport, EventLoop) -> Void

  /// Listens; on the loop only.
  ///
  /// - Parameter accept: given every connection, on the loop.
  /// - Throws: `LoopError` with what to do when the address is taken or not ours.
  init(
    _ address: SocketAddress, on loop: EventLoop,
    accept: @escaping @Sendable (any ByteTransport, EventLoop) -> Void
  ) throws(LoopError) {
    self.accept = accept
    guard var storage = try address.resolved().first else {
      throw LoopError("\(address.host) has no address")
    }
    try super.init(on: loop, family: Int32(storage.ss_family))
    do throws(LoopError) {
      try sharePort()
      let bound = storage.withAddress { uv_tcp_bind(tcp, $0, 0) }
      guard bound == 0 else { throw Self.error(bound, address) }
      let listens = uv_listen(stream, 1024) { server, status in
        guard status == 0, let listener = TCPHandle.of(server) as? TCPListener else { return }
        listener.acceptOne()
      }
      guard listens == 0 else { throw Self.error(listens, address) }
    } catch {
      close()
      throw error
    }
  }

  private func sharePort() throws(LoopError) {
    var descriptor: uv_os_fd_t = -1
    uv_fileno(handle, &descriptor)
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, size) == 0 else {
      throw LoopError("a port cannot be shared: \(String(cString: strerror(errno)))")
    }
  }

  private static func error(_ code: Int32, _ address: SocketAddress) -> LoopError {
    switch code {
    case UV_EADDRINUSE.rawValue:
      LoopError("\(address) is in use; stop the other server, or listen on another port")
    case UV_EACCES.rawValue: LoopError("\(address): ports below 1024 need more rights")
    default: LoopError(code, "cannot listen on \(address)")
    }
  }

  /// The port that the system has chosen.
  var port: UInt16 {
    var storage = sockaddr_storage()
    var length = Int32(MemoryLayout<sockaddr_storage>.size)
    return storage.withAddress { address in
      guard uv_tcp_getsockname(tcp, address, &length) == 0 else { return 0 }
      // The port is at the same place for both families.
      return UInt16(
        bigEndian: UnsafeRawPointer(address).assumingMemoryBound(to: sockaddr_in.self).pointee
          .sin_port)
    }
  }

  private func acceptOne() {
    guard let socket = try? TCPSocket(on: loop) else { return }
    guard uv_accept(stream, socket.stream) == 0 else { return socket.close() }
    socket.identify()
    accept(socket, loop)
  }
}
