/// What a side accepts; announced in its Hello or kept by itself. The defaults are
/// those of Protos/PROTOCOL.md.
package struct Limits: Hashable, Sendable {
  /// Bytes of a frame without its length.
  package var frameBytes = 4 << 20
  /// Calls that may be open at once on a connection.
  package var streams = 256
  /// Bytes of messages that are held for one call, and for a connection.
  package var streamCredit = 1 << 20
  package var connectionCredit = 8 << 20
  package var metadataBytes = 16 << 10
  package var metadataEntries = 64
  /// Connections of a server.
  package var connections = 1024
  /// Bytes waiting to be written above which a peer's socket is no longer read.
  package var writeBuffer = 1 << 20
  package var pingsPerTenSeconds = 100
  package var helloTime = Duration.seconds(10)
  /// Silence after which a Ping is sent, and the time for its Pong.
  package var keepAliveTime = Duration.seconds(30)
  package var keepAliveTimeout = Duration.seconds(20)
  /// The time for the rest of a frame that has begun.
  package var frameTime = Duration.seconds(30)
  /// How long a connection without calls is kept by a server.
  package var idleTime = Duration.seconds(300)
  /// How long a draining server waits for calls.
  package var drainTime = Duration.seconds(30)

  package init() {}
}
