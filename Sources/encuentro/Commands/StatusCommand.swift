import EncuentroClient
import EncuentroWire
import Programme
import Results

enum StatusCommand: Command {
  static let syntax = CommandSyntax(
    name: "status", summary: "ask a server how it is, and what it offers",
    operands: "",
    details: "Exit code 0 while it serves, 69 otherwise.",
    options: [
      SharedOption.onlyServer, .init(name: "--watch", value: nil, help: "go on, at every change"),
    ])

  /// What `encuentro status --json` prints.
  private struct Status: Codable {
    var state: String
    var reason: String
    var revision: UInt64
    var indexRevision: UInt64
    var version: String
    var participants: Int
    var uptimeSeconds: Double
    var methods: [String]
    var limits: [String: Int64]
  }

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    try arguments.noOperands()
    let client = try arguments.client(syntax.name)
    if arguments.has("--watch") {
      try await RemoteAnswers.asking {
        try await client.stream(Contract.healthWatch, HealthRequest()) {
          console.print(
            "\($0.state) revision \($0.revision) index \($0.indexRevision) \($0.reason)")
        }
      }
      return 0
    }
    let (health, info) = try await RemoteAnswers.asking {
      (
        try await client.call(Contract.healthCheck, HealthRequest()),
        try await client.call(Contract.serverInfo, ServerInfoRequest())
      )
    }
    let status = Status(
      state: "\(health.state)", reason: health.reason, revision: health.revision,
      indexRevision: health.indexRevision, version: info.version, participants: info.participants,
      uptimeSeconds: Double(info.uptime) / 1e6, methods: info.methods.map(\.name),
      limits: Dictionary(info.limits.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
    if arguments.has("--json") {
      try console.json(status)
    } else {
      console.print(
        """
        encuentro \(status.version), \(status.state)\(status.reason.isEmpty ? "" : ": \(status.reason)")
        \(status.participants) participants, revision \(status.revision) (index \
        \(status.indexRevision)), up \(Int(status.uptimeSeconds)) s, \(status.methods.count) methods
        """)
    }
    return health.state == .serving ? 0 : ExitCode.unavailable
  }
}
