extension Server {
  /// Listens on a port with every loop of a group; the kernel spreads connections over
  /// them.
  ///
  /// - Parameter address: port 0 lets the system choose one.
  /// - Returns: the address with its port.
  /// - Throws: `LoopError` when the address cannot be had.
  package func listen(
    on address: SocketAddress, group: EventLoopGroup
  ) async throws(LoopError) -> SocketAddress {
    var bound = address
    for loop in group.loops {
      bound.port = try await Self.listen(
        on: bound, loop: loop, sharesPort: loop !== group.loops.first
      ) { transport, loop in
        self.accept(transport, on: loop)
      }
    }
    return bound
  }

  /// Listens on one loop, for whatever is to be done with its connections.
  ///
  /// - Parameter sharesPort: whether another loop of this process listens there already;
  ///   else nobody may.
  /// - Returns: the port.
  package static func listen(
    on address: SocketAddress, loop: EventLoop, sharesPort: Bool = false,
    accept: @escaping @Sendable (any ByteTransport, EventLoop) -> Void
  ) async throws(LoopError) -> UInt16 {
    let result: Result<UInt16, LoopError> = await withCheckedContinuation { continuation in
      loop.execute {
        do throws(LoopError) {
          // The loop keeps it until it is stopped.
          let listener = try TCPListener(address, on: loop, sharesPort: sharesPort, accept: accept)
          continuation.resume(returning: .success(listener.port))
        } catch { continuation.resume(returning: .failure(error)) }
      }
    }
    return try result.get()
  }
}
