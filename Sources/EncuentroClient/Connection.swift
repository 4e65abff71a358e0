package import RPC

/// A client with a loop of its own.
package final class Connection: Sendable {
  package let client: Client
  private let loop: EventLoop
  private let channel: ConnectionChannel

  /// Connects when the first call is made.
  ///
  /// - Throws: `LoopError` when the system gives no descriptors.
  package init(to address: SocketAddress, agent: String) throws(LoopError) {
    loop = try EventLoop(name: "client")
    channel = ConnectionChannel(to: address, on: loop, agent: agent)
    client = Client(channel)
  }

  /// Ends the connection and its thread.
  package func close() async {
    await channel.close()
    loop.stop()
  }
}
