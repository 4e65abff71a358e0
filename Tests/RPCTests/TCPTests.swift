import Foundation
import Synchronization
import Testing

@testable import RPC

// One at a time, because one of them counts the process's descriptors.
@Suite(.serialized, .timeLimit(.minutes(2))) struct TCPTests {
  @Test(arguments: [1, 200, 65_536, 1_000_003, 10 << 20])
  func whatIsSentComesBack(_ size: Int) async throws {
    try await withEcho { address, loop in
      let client = try await Client.connect(to: address, on: loop)
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
      client.send(bytes)
      #expect(await client.received(size) == bytes)
      client.closeAfterWriting()
      #expect(await client.closings.first { _ in true } == .some(nil))
      #expect(client.closedTimes == 1)
    }
  }

  @Test func aSlowReaderIsNotWrittenToWithoutEnd() async throws {
    let loop = try EventLoop(name: "test")
    let sender = Sender(total: 10 << 20)
    let port = try await Server.listen(
      on: SocketAddress(host: "127.0.0.1", port: 0), loop: loop
    ) { transport, _ in sender.begin(transport) }
    let client = try await Client.connect(
      to: SocketAddress(host: "127.0.0.1", port: port), on: loop, pausing: true)
    #expect(await client.received(10 << 20).allSatisfy { $0 == 7 })
    let (most, drained) = sender.state.withLock { ($0.most, $0.drained) }
    #expect(most <= 1 << 20)
    #expect(drained > 0)
    loop.stop()
  }

  @Test func closingAfterWritingDeliversEverything() async throws {
    let loop = try EventLoop(name: "test")
    let size = 3 << 20
    let port = try await Server.listen(
      on: SocketAddress(host: "127.0.0.1", port: 0), loop: loop
    ) { transport, _ in
      transport.start()
      [UInt8](repeating: 9, count: size).withUnsafeBytes { transport.write($0) }
      transport.closeAfterWriting()
    }
    let client = try await Client.connect(
      to: SocketAddress(host: "127.0.0.1", port: port), on: loop)
    // Bytes that nobody reads must not turn the end into a reset.
    client.send([UInt8](repeating: 1, count: 100_000))
    #expect(await client.received(size).count == size)
    #expect(await client.closings.first { _ in true } == .some(nil))
    loop.stop()
  }

  @Test func abortingTellsOnce() async throws {
    try await withEcho { address, loop in
      let client = try await Client.connect(to: address, on: loop)
      await onLoop(loop) {
        client.transport.abort()
        client.transport.abort()
        client.transport.closeAfterWriting()
      }
      #expect(await client.closings.first { _ in true } == .some(nil))
      #expect(client.closedTimes == 1)
    }
  }

  @Test func everyLoopGetsConnections() async throws {
    let group = try EventLoopGroup(count: 3, name: "test")
    let seen = Mutex(Set<ObjectIdentifier>())
    var address = SocketAddress(host: "127.0.0.1", port: 0)
    for loop in group.loops {
      address.port = try await Server.listen(
        on: address, loop: loop, sharesPort: loop !== group.loops.first
      ) { transport, loop in
        _ = seen.withLock { $0.insert(ObjectIdentifier(loop)) }
        transport.abort()
      }
    }
    for _ in 0..<1000 where seen.withLock({ $0.count }) < 3 {
      let client = try await Client.connect(to: address, on: group.next())
      _ = await client.closings.first { _ in true }
    }
    #expect(seen.withLock { $0.count } == 3)
    group.stop()
  }

  @Test func aPortInUseIsRefusedInWords() async throws {
    try await withEcho { address, loop in
      let other = try EventLoop(name: "other")
      let error = await #expect(throws: LoopError.self) {
        _ = try await Server.listen(on: address, loop: other) { _, _ in }
      }
      #expect(error?.kind == .addressInUse)
      #expect(error?.description.contains("is in use") == true)
      other.stop()
    }
    #expect(throws: LoopError.self) { try SocketAddress(parsing: "nowhere") }
  }

  @Test func nobodyListening() async throws {
    let loop = try EventLoop(name: "test")
    await #expect(throws: RPCError.self) {
      _ = try await TCPConnector.connect(
        to: SocketAddress(host: "127.0.0.1", port: 1), on: loop, timeout: .seconds(5))
    }
    loop.stop()
  }

  @Test func theClockIsNotOfBeforeTheWait() async throws {
    let loop = try EventLoop(name: "test")
    let age = Mutex(Duration.zero)
    let port = try await Server.listen(
      on: SocketAddress(host: "127.0.0.1", port: 0), loop: loop
    ) { transport, loop in
      age.withLock { $0 = ContinuousClock.now - loop.now }
      transport.abort()
    }
    // The loop waits meanwhile; the client is on another one.
    try await Task.sleep(for: .milliseconds(300))
    let other = try EventLoop(name: "other")
    let client = try await Client.connect(
      to: SocketAddress(host: "127.0.0.1", port: port), on: other)
    _ = await client.closings.first { _ in true }
    #expect(age.withLock { $0 } < .milliseconds(150))
    loop.stop()
    other.stop()
  }

  #if os(Linux)
    @Test func descriptorsDoNotLeak() async throws {
      func open() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
      }
      let before = try open()
      try await withEcho { address, loop in
        for _ in 0..<1000 {
          let client = try await Client.connect(to: address, on: loop)
          client.closeAfterWriting()
          _ = await client.closings.first { _ in true }
        }
      }
      // Other suites run beside, with a few loops of their own.
      #expect(try open() < before + 200)
    }
  #endif
}

private func withEcho(_ body: (SocketAddress, EventLoop) async throws -> Void) async throws {
  let loop = try EventLoop(name: "echo")
  let port = try await Server.listen(
    on: SocketAddress(host: "127.0.0.1", port: 0), loop: loop
  ) { transport, _ in
    transport.handler = Echo(transport)
    transport.start()
  }
  do {
    try await body(SocketAddress(host: "127.0.0.1", port: port), loop)
  } catch {
    loop.stop()
    throw error
  }
  loop.stop()
}

private final class Echo: ByteTransportHandler {
  let transport: any ByteTransport
  init(_ transport: any ByteTransport) { self.transport = transport }
  func received(_ bytes: UnsafeRawBufferPointer) { transport.write(bytes) }
  func drained() {}
  func closed(reason: String?) {}
}

/// Writes as long as less than half a megabyte is queued.
private final class Sender: ByteTransportHandler {
  let state: Mutex<(left: Int, most: Int, drained: Int)>
  private let transport = Mutex<(any ByteTransport)?>(nil)

  init(total: Int) { state = Mutex((total, 0, 0)) }

  func begin(_ transport: any ByteTransport) {
    self.transport.withLock { $0 = transport }
    transport.handler = self
    transport.start()
    send()
  }

  private func send() {
    guard let transport = transport.withLock({ $0 }) else { return }
    let piece = [UInt8](repeating: 7, count: 64 << 10)
    while transport.queuedBytes < 512 << 10 {
      let isLeft = state.withLock { state in
        defer { state.left -= piece.count }
        return state.left > 0
      }
      guard isLeft else { return }
      piece.withUnsafeBytes { transport.write($0) }
      state.withLock { $0.most = max($0.most, transport.queuedBytes) }
    }
  }

  func received(_ bytes: UnsafeRawBufferPointer) {}
  func drained() {
    state.withLock { $0.drained += 1 }
    send()
  }
  func closed(reason: String?) { transport.withLock { $0 = nil } }
}

private final class Client: ByteTransportHandler {
  let transport: any ByteTransport
  let closings: AsyncStream<String?>
  private let loop: EventLoop
  private let isPausing: Bool
  private let pieces: AsyncStream<[UInt8]>
  private let piece: AsyncStream<[UInt8]>.Continuation
  private let closing: AsyncStream<String?>.Continuation
  private let closed = Atomic<Int>(0)

  static func connect(
    to address: SocketAddress, on loop: EventLoop, pausing: Bool = false
  ) async throws -> Client {
    let transport = try await TCPConnector.connect(to: address, on: loop, timeout: .seconds(10))
    let client = Client(transport, loop, pausing)
    await onLoop(loop) {
      transport.handler = client
      transport.start()
    }
    return client
  }

  private init(_ transport: any ByteTransport, _ loop: EventLoop, _ isPausing: Bool) {
    self.transport = transport
    self.loop = loop
    self.isPausing = isPausing
    (pieces, piece) = AsyncStream.makeStream()
    (closings, closing) = AsyncStream.makeStream()
  }

  var closedTimes: Int { closed.load(ordering: .relaxed) }

  func send(_ bytes: [UInt8]) {
    loop.execute { [self] in bytes.withUnsafeBytes { transport.write($0) } }
  }

  func closeAfterWriting() { loop.execute { [self] in transport.closeAfterWriting() } }

  func received(_ count: Int) async -> [UInt8] {
    var all: [UInt8] = []
    for await piece in pieces {
      all += piece
      if all.count >= count { break }
    }
    return all
  }

  func received(_ bytes: UnsafeRawBufferPointer) {
    piece.yield(Array(bytes))
    guard isPausing else { return }
    transport.pauseReading()
    _ = loop.schedule(after: .milliseconds(2)) { [self] in transport.resumeReading() }
  }

  func drained() {}

  func closed(reason: String?) {
    closed.add(1, ordering: .relaxed)
    piece.finish()
    closing.yield(reason)
  }
}
