import Foundation
import Synchronization
import TestSupport
import Testing

@testable import RPC

/// How a test reaches its server.
enum Way: CaseIterable, Sendable {
  case inProcess, tcp
}

/// A server with a method of each shape, and a channel to it.
final class CallFixture: Sendable {
  let group: EventLoopGroup
  let server: Server
  let channel: any Channel
  let address: SocketAddress
  /// Handlers that were cancelled.
  let cancelled = Atomic<Int>(0)
  /// Messages that the endless stream has got rid of.
  let streamed = Atomic<Int>(0)

  init(_ way: Way, limits: Limits = Limits(), interceptors: [any ServerInterceptor] = [])
    async throws
  {
    group = try EventLoopGroup(count: 2, name: "test")
    let box = Mutex<CallFixture?>(nil)
    let this: @Sendable () -> CallFixture? = { box.withLock { $0 } }
    server = Server(
      [
        .unary("echo") { request, _ in request },
        .unary("fail") { _, _ in
          throw RPCError(.notFound, "gone", details: [.init(kind: "field", subject: "x")])
        },
        .unary("crash") { _, _ in throw CocoaError(.fileNoSuchFile) },
        .unary("forever") { _, _ in
          do { try await Task.sleep(for: .seconds(60)) } catch {
            this()?.cancelled.add(1, ordering: .relaxed)
            throw error
          }
          return []
        },
        .streaming("sum", client: true, server: false) { requests, responses, _ in
          var sum = 0
          for try await request in requests { sum += Int(request[0]) }
          try await responses.send([UInt8(sum)])
        },
        .streaming("count", client: false, server: true) { requests, responses, _ in
          for try await request in requests {
            for number in 0..<request[0] { try await responses.send([number]) }
          }
        },
        .streaming("chat", client: true, server: true) { requests, responses, _ in
          for try await request in requests { try await responses.send(request + request) }
        },
        .streaming("endless", client: false, server: true) { _, responses, _ in
          let chunk = [UInt8](repeating: 7, count: 1000)
          while true {
            try await responses.send(chunk)
            this()?.streamed.add(1, ordering: .relaxed)
          }
        },
      ], interceptors: interceptors, limits: limits, agent: "test")
    switch way {
    case .inProcess:
      address = SocketAddress(host: "", port: 0)
      channel = server.inProcessChannel(on: group.next())
    case .tcp:
      address = try await server.listen(on: SocketAddress(host: "127.0.0.1", port: 0), group: group)
      channel = ConnectionChannel(to: address, on: group.next(), agent: "test")
    }
    box.withLock { $0 = self }
  }

  func end() async {
    await channel.close()
    group.stop()
  }

  /// Waits until something holds; polls, since it happens on another thread.
  func eventually(_ condition: @Sendable () async -> Bool) async -> Bool {
    for _ in 0..<2000 {
      if await condition() { return true }
      try? await Task.sleep(for: .milliseconds(2))
    }
    return false
  }
}

@Suite("Calls")
struct CallTests {
  @Test("all four shapes", arguments: Way.allCases)
  func shapes(_ way: Way) async throws {
    let fixture = try await CallFixture(way)
    let channel = fixture.channel
    #expect(try await channel.unary("echo", [1, 2], options: CallOptions()) == [1, 2])
    #expect(try await channel.unary("echo", [], options: CallOptions()) == [])

    let sum = try await channel.open("sum", options: CallOptions())
    for number in 1...4 { try await sum.send([UInt8(number)]) }
    sum.finishSending()
    #expect(try await all(sum) == [[10]])

    let count = try await channel.open("count", options: CallOptions())
    try await count.send([3])
    count.finishSending()
    #expect(try await all(count) == [[0], [1], [2]])

    let chat = try await channel.open("chat", options: CallOptions())
    var replies = chat.responses.makeAsyncIterator()
    for number in 1...3 {
      try await chat.send([UInt8(number)])
      #expect(try await replies.next() == [UInt8(number), UInt8(number)])
    }
    chat.finishSending()
    #expect(try await replies.next() == nil)
    await fixture.end()
  }

  @Test("many calls at once", arguments: Way.allCases)
  func many(_ way: Way) async throws {
    let fixture = try await CallFixture(way)
    // More than may be open at once: the others wait their turn.
    let results = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<1000 {
        group.addTask {
          let bytes = withUnsafeBytes(of: number) { Array($0) }
          return try await fixture.channel.unary("echo", bytes, options: CallOptions()) == bytes
        }
      }
      return try await group.reduce(into: [Bool]()) { $0.append($1) }
    }
    #expect(results.count == 1000 && results.allSatisfy(\.self))
    await fixture.end()
  }

  @Test("errors are told as they are, or not at all", arguments: Way.allCases)
  func errors(_ way: Way) async throws {
    let fixture = try await CallFixture(way)
    func code(_ method: String, _ request: [UInt8] = [1], timeout: Duration? = nil) async
      -> RPCError?
    {
      do throws(RPCError) {
        _ = try await fixture.channel.unary(method, request, options: CallOptions(timeout: timeout))
        return nil
      } catch { return error }
    }
    let failed = await code("fail")
    #expect(failed?.code == .notFound)
    #expect(failed?.details == [.init(kind: "field", subject: "x")])
    #expect(failed?.metadata["request-id"] != nil)
    let crashed = await code("crash")
    #expect(crashed?.code == .internal)
    #expect(crashed?.message.contains("File") == false)
    #expect(await code("nothing")?.code == .unimplemented)
    #expect(await code("forever", timeout: .milliseconds(30))?.code == .deadlineExceeded)
    #expect(await fixture.eventually { fixture.cancelled.load(ordering: .relaxed) == 1 })
    #expect(await code("echo", [UInt8](repeating: 0, count: 4 << 20))?.code == .resourceExhausted)
    #expect(await code("echo")?.code == nil)
    await fixture.end()
  }

  @Test("two requests for a method of one", arguments: Way.allCases)
  func secondRequest(_ way: Way) async throws {
    let fixture = try await CallFixture(way)
    for (method, requests) in [("echo", 2), ("echo", 0), ("count", 2)] {
      let call = try await fixture.channel.open(method, options: CallOptions())
      for _ in 0..<requests { try? await call.send([1]) }
      call.finishSending()
      await #expect(
        performing: { _ = try await all(call) },
        throws: { ($0 as? RPCError)?.code == .invalidArgument })
    }
    await fixture.end()
  }

  @Test("cancelling reaches the handler", arguments: Way.allCases)
  func cancelling(_ way: Way) async throws {
    let fixture = try await CallFixture(way)
    let task = Task {
      do throws(RPCError) {
        _ = try await fixture.channel.unary("forever", [], options: CallOptions())
        return StatusCode.ok
      } catch { return error.code }
    }
    #expect(await fixture.eventually { fixture.server.openConnections == 1 })
    task.cancel()
    #expect(await task.value == .cancelled)
    let call = try await fixture.channel.open("endless", options: CallOptions())
    try await call.send([1])
    var responses = call.responses.makeAsyncIterator()
    _ = try await responses.next()
    call.cancel()
    await #expect(throws: RPCError.self) {
      while try await responses.next() != nil {}
    }
    await fixture.end()
  }

  @Test("who does not read is not written to", arguments: Way.allCases)
  func slowReader(_ way: Way) async throws {
    var limits = Limits()
    limits.streamCredit = 1 << 20
    let fixture = try await CallFixture(way, limits: limits)
    let call = try await fixture.channel.open("endless", options: CallOptions())
    try await call.send([1])
    call.finishSending()
    // A thousand bytes each, a mebibyte of credit.
    #expect(await fixture.eventually { fixture.streamed.load(ordering: .relaxed) >= 1040 })
    try await Task.sleep(for: .milliseconds(50))
    let held = fixture.streamed.load(ordering: .relaxed)
    #expect(held <= 1050)
    var responses = call.responses.makeAsyncIterator()
    for _ in 0..<2000 { #expect(try await responses.next()?.count == 1000) }
    #expect(await fixture.eventually { fixture.streamed.load(ordering: .relaxed) > held + 900 })
    call.cancel()
    // Nor is anybody else kept waiting.
    #expect(try await fixture.channel.unary("echo", [1], options: CallOptions()) == [1])
    await fixture.end()
  }

  @Test("a drained server ends what has begun and refuses the rest")
  func drain() async throws {
    let fixture = try await CallFixture(.tcp)
    let call = try await fixture.channel.open("chat", options: CallOptions())
    var replies = call.responses.makeAsyncIterator()
    try await call.send([1])
    #expect(try await replies.next() == [1, 1])
    let draining = Task { await fixture.server.drain() }
    let refused = await fixture.eventually {
      do throws(RPCError) {
        _ = try await fixture.channel.unary("echo", [1], options: CallOptions())
        return false
      } catch { return error.code == .unavailable }
    }
    #expect(refused)
    try await call.send([2])
    #expect(try await replies.next() == [2, 2])
    call.finishSending()
    #expect(try await replies.next() == nil)
    #expect(await draining.value)
    #expect(fixture.server.openConnections == 0)
    await fixture.end()
  }

  @Test("a lost connection ends its calls, and the next call opens another")
  func reconnecting() async throws {
    let fixture = try await CallFixture(.tcp)
    let call = try await fixture.channel.open("chat", options: CallOptions())
    try await call.send([1])
    var replies = call.responses.makeAsyncIterator()
    _ = try await replies.next()
    fixture.server.abortAll()
    await #expect(
      performing: { while try await replies.next() != nil {} },
      throws: { ($0 as? RPCError)?.code == .unavailable })
    #expect(try await fixture.channel.unary("echo", [5], options: CallOptions()) == [5])
    await fixture.end()
  }

  @Test("nobody there is an answer, at once")
  func unreachable() async throws {
    let loop = try EventLoop(name: "test")
    let channel = ConnectionChannel(
      to: SocketAddress(host: "127.0.0.1", port: 1), on: loop, agent: "test")
    for _ in 0..<3 {
      await #expect(
        performing: { _ = try await channel.unary("echo", [], options: CallOptions()) },
        throws: { ($0 as? RPCError)?.code == .unavailable })
    }
    await channel.close()
    loop.stop()
  }

  @Test("connections beyond the limit are told so, and the others served")
  func connectionLimit() async throws {
    var limits = Limits()
    limits.connections = 2
    let fixture = try await CallFixture(.tcp, limits: limits)
    _ = try await fixture.channel.unary("echo", [], options: CallOptions())
    let second = ConnectionChannel(to: fixture.address, on: fixture.group.next(), agent: "test")
    _ = try await second.unary("echo", [], options: CallOptions())
    let third = ConnectionChannel(to: fixture.address, on: fixture.group.next(), agent: "test")
    await #expect(
      performing: { _ = try await third.unary("echo", [], options: CallOptions()) },
      throws: { ($0 as? RPCError)?.code == .unavailable })
    #expect(try await second.unary("echo", [3], options: CallOptions()) == [3])
    await second.close()
    await third.close()
    await fixture.end()
  }

  private final class Recorder: ServerInterceptor {
    let events = Mutex<[String]>([])
    let name: String
    let refuses: Bool

    init(_ name: String, refuses: Bool = false) {
      self.name = name
      self.refuses = refuses
    }

    func began(_ call: ServerCall) throws(RPCError) {
      events.withLock { $0.append("\(name) \(call.method)") }
      if refuses, call.method == "echo" { throw RPCError(.permissionDenied, "no") }
    }

    func ended(_ call: ServerCall, _ end: CallEnd) {
      events.withLock { $0.append("\(name) \(end.code.name) \(end.received) \(end.sent)") }
    }
  }

  @Test("interceptors see every call, and may refuse it")
  func interceptors() async throws {
    let recorder = Recorder("a")
    let fixture = try await CallFixture(
      .inProcess, interceptors: [recorder, Recorder("b", refuses: true)])
    await #expect(
      performing: { _ = try await fixture.channel.unary("echo", [1], options: CallOptions()) },
      throws: { ($0 as? RPCError)?.code == .permissionDenied })
    _ = try? await fixture.channel.unary("fail", [1, 2], options: CallOptions())
    #expect(
      recorder.events.withLock { $0 } == [
        "a echo", "a PERMISSION_DENIED 0 0", "a fail", "a NOT_FOUND 2 0",
      ])
    await fixture.end()
  }

  private func all(_ call: ClientCall) async throws -> [[UInt8]] {
    var messages: [[UInt8]] = []
    for try await message in call.responses { messages.append(message) }
    return messages
  }
}
