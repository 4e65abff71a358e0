import EncuentroWire
import Foundation
import Programme
import RPC
import Results
import Storage
import Synchronization

/// The methods of the contract, over the store and its index. One file for each group.
struct Handlers: Sendable {
  let matchmaking: Matchmaking
  let health: HealthBoard
  /// Where texts are classified: long enough to keep an event loop from its other
  /// calls.
  let workers: any TaskExecutor
  /// Where cohorts are paired and networks reassigned: seconds.
  let jobs: any TaskExecutor
  let information: ServerInformation

  var methods: [Method] {
    classificationMethods + participantMethods + partnerMethods + cohortMethods
      + reassignmentMethods + recordMethods + serverMethods
  }

  /// One request, one response.
  func unary<Request, Response>(
    _ method: WireMethod<Request, Response>, on executor: (any TaskExecutor)? = nil,
    _ body: @escaping @Sendable (Request, ServerCall) async throws -> Response
  ) -> Method {
    .unary(method.name, on: executor) { bytes, call in
      try await translated { try await body(Request.decode(bytes), call).encoded() }
    }
  }

  /// One request, many responses.
  func serverStream<Request, Response>(
    _ method: WireMethod<Request, Response>,
    _ body: @escaping @Sendable (Request, Responses<Response>) async throws -> Void
  ) -> Method {
    .streaming(method.name, client: false, server: true) { requests, responses, _ in
      try await translated {
        for try await bytes in requests {
          try await body(Request.decode(bytes), Responses(writer: responses))
        }
      }
    }
  }
}

extension Handlers {
  /// Many requests.
  func clientStream<Request, Response>(
    _ method: WireMethod<Request, Response>, on executor: (any TaskExecutor)? = nil,
    _ body: @escaping @Sendable (Requests<Request>, Responses<Response>) async throws -> Void
  ) -> Method {
    .streaming(
      method.name, client: true, server: method.info.serverStreaming, on: executor
    ) { requests, responses, _ in
      try await translated {
        try await body(Requests(stream: requests), Responses(writer: responses))
      }
    }
  }
}

/// The typed side of a stream of requests.
struct Requests<Request: WireMessage>: AsyncSequence, Sendable {
  let stream: RequestStream

  struct AsyncIterator: AsyncIteratorProtocol {
    var iterator: RequestStream.AsyncIterator

    mutating func next() async throws -> Request? {
      try await iterator.next().map(Request.decode)
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(iterator: stream.makeAsyncIterator()) }
}

/// Gives errors their names on the wire.
func translated<Value>(_ body: () async throws -> Value) async throws -> Value {
  do {
    return try await body()
  } catch {
    throw RPCError(of: error) ?? error
  }
}

/// The typed side of a stream of responses.
struct Responses<Response: WireMessage>: Sendable {
  let writer: ResponseWriter

  func send(_ response: Response) async throws(RPCError) {
    try await writer.send(response.encoded())
  }

  /// Sends responses that were packed where they were made, and not on the connection's
  /// loop, where others wait.
  func send(packed: [[UInt8]]) async throws(RPCError) {
    for bytes in packed { try await writer.send(bytes) }
  }

  /// Well below the 100 ms within which callers may expect to hear something.
  private static var reportInterval: Duration { .milliseconds(25) }

  /// Works on something for long, and meanwhile tells how far it is, forty times a
  /// second.
  ///
  /// - Throws: what `work` throws; `RPCError` when nobody listens any more.
  func reporting<Value: Sendable>(
    on executor: any TaskExecutor, as step: @escaping @Sendable (JobProgress) -> Response,
    _ work: @escaping @Sendable (@escaping Report) async throws -> Value
  ) async throws -> Value {
    let latest = LatestProgress()
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask(executorPreference: executor) { try await work { latest.set($0) } }
      group.addTask {
        while true {
          try await send(step(latest.value))
          try await Task.sleep(for: Self.reportInterval)
        }
      }
      defer { group.cancelAll() }
      while let value = try await group.next() {
        if let value { return value }
      }
      throw CancellationError()
    }
  }
}

/// What a job has said last.
private final class LatestProgress: Sendable {
  private let progress = Mutex(JobProgress(phase: "starting"))

  var value: JobProgress { progress.withLock { $0 } }

  func set(_ value: JobProgress) { progress.withLock { $0 = value } }
}

extension Authorship {
  /// The key of a write, with what the write is.
  ///
  /// - Throws: `WireError` without a key; all such writes would be taken for one.
  func key(_ method: String, _ request: [UInt8]) throws(WireError) -> IdempotencyKey {
    var hash = FingerprintHash()
    hash.add(method.utf8)
    hash.add(request)
    return try key(fingerprint: hash.value)
  }

  func key(fingerprint: [UInt8]) throws(WireError) -> IdempotencyKey {
    guard !idempotencyKey.isEmpty else {
      throw .invalid(
        field: "idempotency_key",
        reason: "is missing; give 1 to \(WireLimits.idempotencyKey) visible ASCII characters, "
          + "new for each write")
    }
    return IdempotencyKey(key: idempotencyKey, fingerprint: fingerprint)
  }
}

/// FNV-1a of 128 bits (Fowler, Noll, Vo): tells requests apart that share a key by
/// mistake, not by malice.
struct FingerprintHash {
  private var state: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      state = (state ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
    }
  }

  var value: [UInt8] { withUnsafeBytes(of: state.bigEndian) { Array($0) } }
}

/// Microseconds since 1970 UTC.
func currentTime() -> Int64 { Int64(Date().timeIntervalSince1970 * 1e6) }
