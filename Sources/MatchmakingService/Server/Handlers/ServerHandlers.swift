import EncuentroWire
import Foundation
import Programme
import RPC
import Results

extension Handlers {
  var serverMethods: [Method] {
    [
      unary(Contract.getProgramme) { _, _ in
        GetProgrammeResponse(
          matchmaking.programme,
          json: information.programmeDocument)
      },
      unary(Contract.healthCheck) { _, _ in
        var present = health.present
        present.revision = matchmaking.health.revision
        return present
      },
      serverStream(Contract.healthWatch) { _, responses in
        for await state in health.changes() { try await responses.send(state) }
      },
      unary(Contract.serverInfo) { _, _ in
        ServerInfoResponse(
          version: information.version, protocolVersion: 1,
          limits: information.limits.named.map { .init(name: $0.0, value: Int64($0.1)) },
          participants: matchmaking.snapshot.engine.participants.count,
          uptime: (ContinuousClock.now - information.started).microseconds)
      },
    ]
  }
}

/// What a server says of itself.
struct ServerInformation: Sendable {
  var version: String
  var limits: Limits
  /// The programme's definition, as it was read.
  var programmeDocument: String
  var started = ContinuousClock.now
}

extension Limits {
  /// Those that a client meets, by the names that errors use.
  var named: [(String, Int)] {
    [
      ("max_frame_bytes", frameBytes), ("max_streams", streams), ("stream_credit", streamCredit),
      ("connection_credit", connectionCredit), ("max_metadata_bytes", metadataBytes),
      ("max_metadata_entries", metadataEntries), ("max_connections", connections),
    ]
  }
}
