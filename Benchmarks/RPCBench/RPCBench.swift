import CHeap
import CProtobufPacking
import EncuentroProtos
import Foundation
import RPC

/// What `Benchmarks/rpc` measures: a server whose only method does what the peers' does,
/// parse a SuggestPartnersRequest and serialise a SuggestPartnersResponse that it holds.
@main
enum RPCBench {
  static let method = "encuentro.v1.Matchmaking/SuggestPartners"

  static func main() async throws {
    var options: [String: String] = [:]
    var words = CommandLine.arguments.dropFirst()
    let command = words.popFirst() ?? ""
    while let name = words.popFirst() { options[name] = words.popFirst() }
    switch command {
    case "serve":
      guard let path = options["--response"] else { return usage() }
      try await serve(
        port: UInt16(options["--port"] ?? "0") ?? 0, loops: Int(options["--loops"] ?? "1") ?? 1,
        response: [UInt8](Data(contentsOf: URL(filePath: path))))
    case "call":
      guard let path = options["--request"], let port = UInt16(options["--port"] ?? "") else {
        return usage()
      }
      try await call(
        port: port, request: [UInt8](Data(contentsOf: URL(filePath: path))),
        inFlight: Int(options["--in-flight"] ?? "16") ?? 16,
        seconds: Double(options["--seconds"] ?? "3") ?? 3)
    default: usage()
    }
  }

  static func usage() {
    print(
      """
      usage: RPCBench serve --response FILE [--port N] [--loops N]
             RPCBench call --port N --request FILE [--in-flight N] [--seconds S]
      """)
    exit(64)
  }

  static func serve(port: UInt16, loops: Int, response: [UInt8]) async throws {
    heap_suit_server()
    let prepared = PreparedResponse(response)
    let server = Server(
      [
        .unary(method) { request, _ in
          guard PreparedResponse.isRequest(request) else {
            throw RPCError(.invalidArgument, "no SuggestPartnersRequest")
          }
          return prepared.serialised
        }
      ], agent: "bench")
    let group = try EventLoopGroup(count: loops, name: "loop")
    let address = try await server.listen(
      on: SocketAddress(host: "127.0.0.1", port: port), group: group)
    // Not through a buffer: whoever started it waits for the line.
    try FileHandle.standardOutput.write(contentsOf: Data("ready on \(address)\n".utf8))
    let (stopped, stop) = AsyncStream.makeStream(of: Void.self)
    let watcher = SignalWatcher([SIGTERM, SIGINT]) { _ in stop.finish() }
    for await _ in stopped {}
    withExtendedLifetime(watcher) {}
    await server.drain()
    group.stop()
  }

  /// Calls in a closed loop, to see that it works and to profile both sides.
  static func call(port: UInt16, request: [UInt8], inFlight: Int, seconds: Double) async throws {
    let loop = try EventLoop(name: "client")
    let channel = ConnectionChannel(
      to: SocketAddress(host: "127.0.0.1", port: port), on: loop, agent: "bench")
    let end = ContinuousClock.now + .seconds(seconds)
    let calls = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<inFlight {
        group.addTask(executorPreference: loop) {
          var calls = 0
          while ContinuousClock.now < end {
            _ = try await channel.unary(method, request, options: CallOptions())
            calls += 1
          }
          return calls
        }
      }
      return try await group.reduce(0, +)
    }
    print("\(Int(Double(calls) / seconds)) calls a second")
    await channel.close()
    loop.stop()
  }
}

/// A response as libprotobuf-c holds it.
final class PreparedResponse: @unchecked Sendable {
  // Never changed once it is unpacked, and packing only reads.
  private let message: UnsafeMutablePointer<Encuentro__V1__SuggestPartnersResponse>

  init(_ bytes: [UInt8]) {
    guard let message = encuentro__v1__suggest_partners_response__unpack(nil, bytes.count, bytes)
    else { fatalError("the response file is no SuggestPartnersResponse") }
    self.message = message
  }

  deinit { encuentro__v1__suggest_partners_response__free_unpacked(message, nil) }

  var serialised: [UInt8] {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16 << 10) { room in
      guard let begin = room.baseAddress,
        let start = protobuf_pack_before(&message.pointee.base, begin, begin + room.count)
      else { fatalError("the response is too long") }
      return [UInt8](UnsafeBufferPointer(start: start, count: begin + room.count - start))
    }
  }

  static func isRequest(_ bytes: [UInt8]) -> Bool {
    guard let request = encuentro__v1__suggest_partners_request__unpack(nil, bytes.count, bytes)
    else { return false }
    encuentro__v1__suggest_partners_request__free_unpacked(request, nil)
    return true
  }
}
