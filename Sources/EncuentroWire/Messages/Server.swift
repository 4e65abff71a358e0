import EncuentroProtos
package import Programme

package struct GetProgrammeRequest: Hashable, Sendable {
  package init() {}
}

/// The programme that a server serves.
package struct GetProgrammeResponse: Hashable, Sendable {
  /// A network as the contract names it.
  package struct NetworkName: Hashable, Sendable {
    /// "N1"…
    package var label: String
    package var name: String
    package var shortName: String
  }

  package struct RegionName: Hashable, Sendable {
    package var id: String
    package var name: String
    /// The two letters of ISO 3166, each.
    package var countries: [String]
  }

  /// As `encuentro programme show --json` prints it.
  package var definition: String
  package var networks: [NetworkName]
  package var regions: [RegionName]

  /// - Parameter json: what `encuentro programme show --json` prints of it.
  package init(_ programme: ProgrammeDefinition, json: String) {
    definition = json
    networks = programme.networks.map {
      NetworkName(label: $0.id.label, name: $0.name, shortName: $0.shortName)
    }
    regions = programme.regions.map {
      RegionName(id: $0.id, name: $0.name, countries: $0.countries.map(\.code))
    }
  }
}

package struct HealthRequest: Hashable, Sendable {
  package init() {}
}

package struct HealthResponse: Hashable, Sendable {
  package enum State: Hashable, Sendable, CaseIterable {
    /// The index is being built.
    case starting
    case serving
    /// Calls under way are finished, new ones refused.
    case draining
    /// A part fails.
    case failing
  }

  package var state: State
  /// Why, in words; empty while serving.
  package var reason: String
  /// The store's, and the one that the index holds.
  package var revision: UInt64
  package var indexRevision: UInt64

  package init(state: State, reason: String = "", revision: UInt64, indexRevision: UInt64) {
    self.state = state
    self.reason = reason
    self.revision = revision
    self.indexRevision = indexRevision
  }
}

package struct ServerInfoRequest: Hashable, Sendable {
  package init() {}
}

package struct ServerInfoResponse: Hashable, Sendable {
  package struct Limit: Hashable, Sendable {
    /// "max_frame_bytes".
    package var name: String
    package var value: Int64

    package init(name: String, value: Int64) {
      self.name = name
      self.value = value
    }
  }

  /// "1.0.0".
  package var version: String
  package var protocolVersion: UInt32
  package var methods: [MethodInfo]
  package var limits: [Limit]
  /// A serialised google.protobuf.FileDescriptorSet of the whole contract.
  package var fileDescriptorSet: [UInt8]
  package var participants: Int
  /// Microseconds since the server began.
  package var uptime: Int64

  package init(
    version: String, protocolVersion: UInt32, methods: [MethodInfo] = Contract.methods,
    limits: [Limit], fileDescriptorSet: [UInt8] = Contract.fileDescriptorSet, participants: Int,
    uptime: Int64
  ) {
    self.version = version
    self.protocolVersion = protocolVersion
    self.methods = methods
    self.limits = limits
    self.fileDescriptorSet = fileDescriptorSet
    self.participants = participants
    self.uptime = uptime
  }
}

// MARK: - The programme

extension GetProgrammeRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__GetProgrammeRequest>) {
    encuentro__v1__get_programme_request__init(c)
  }

  init(wire c: Encuentro__V1__GetProgrammeRequest) {}

  func fill(_ c: inout Encuentro__V1__GetProgrammeRequest, _ arena: Arena) {}
}

extension GetProgrammeResponse: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__GetProgrammeResponse>) {
    encuentro__v1__get_programme_response__init(c)
  }

  init(wire c: Encuentro__V1__GetProgrammeResponse) throws(WireError) {
    definition = try Read.text(c.definition, "definition")
    networks = try Read.messages(
      c.n_networks, c.networks, "networks", limit: WireLimits.networks)
    regions = try Read.messages(c.n_regions, c.regions, "regions", limit: WireLimits.regions)
  }

  func fill(_ c: inout Encuentro__V1__GetProgrammeResponse, _ arena: Arena) {
    c.definition = arena.text(definition)
    (c.n_networks, c.networks) = arena.messages(networks)
    (c.n_regions, c.regions) = arena.messages(regions)
  }
}

extension GetProgrammeResponse.NetworkName: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__NetworkName>) {
    encuentro__v1__network_name__init(c)
  }

  init(wire c: Encuentro__V1__NetworkName) throws(WireError) {
    label = try Read.text(c.label, "label")
    name = try Read.text(c.name, "name")
    shortName = try Read.text(c.short_name, "short_name")
  }

  func fill(_ c: inout Encuentro__V1__NetworkName, _ arena: Arena) {
    c.label = arena.text(label)
    c.name = arena.text(name)
    c.short_name = arena.text(shortName)
  }
}

extension GetProgrammeResponse.RegionName: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__RegionName>) {
    encuentro__v1__region_name__init(c)
  }

  init(wire c: Encuentro__V1__RegionName) throws(WireError) {
    id = try Read.text(c.id, "id")
    name = try Read.text(c.name, "name")
    countries = try Read.texts(
      c.n_countries, c.countries, "countries", limit: WireLimits.regions)
  }

  func fill(_ c: inout Encuentro__V1__RegionName, _ arena: Arena) {
    c.id = arena.text(id)
    c.name = arena.text(name)
    (c.n_countries, c.countries) = arena.texts(countries)
  }
}

// MARK: - Health

extension HealthRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__HealthRequest>) {
    encuentro__v1__health_request__init(c)
  }

  init(wire c: Encuentro__V1__HealthRequest) {}

  func fill(_ c: inout Encuentro__V1__HealthRequest, _ arena: Arena) {}
}

extension HealthResponse: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__HealthResponse>) {
    encuentro__v1__health_response__init(c)
  }

  /// The contract's numbers.
  private static let states: [(Encuentro__V1__HealthResponse__State, State)] = [
    (ENCUENTRO__V1__HEALTH_RESPONSE__STATE__STARTING, .starting),
    (ENCUENTRO__V1__HEALTH_RESPONSE__STATE__SERVING, .serving),
    (ENCUENTRO__V1__HEALTH_RESPONSE__STATE__DRAINING, .draining),
    (ENCUENTRO__V1__HEALTH_RESPONSE__STATE__FAILING, .failing),
  ]

  init(wire c: Encuentro__V1__HealthResponse) throws(WireError) {
    state = try Read.choice(c.state, "state", of: Self.states)
    reason = try Read.text(c.reason, "reason")
    revision = c.revision
    indexRevision = c.index_revision
  }

  func fill(_ c: inout Encuentro__V1__HealthResponse, _ arena: Arena) {
    c.state =
      switch state {
      case .starting: ENCUENTRO__V1__HEALTH_RESPONSE__STATE__STARTING
      case .serving: ENCUENTRO__V1__HEALTH_RESPONSE__STATE__SERVING
      case .draining: ENCUENTRO__V1__HEALTH_RESPONSE__STATE__DRAINING
      case .failing: ENCUENTRO__V1__HEALTH_RESPONSE__STATE__FAILING
      }
    c.reason = arena.text(reason)
    c.revision = revision
    c.index_revision = indexRevision
  }
}

// MARK: - The server

extension ServerInfoRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ServerInfoRequest>) {
    encuentro__v1__server_info_request__init(c)
  }

  init(wire c: Encuentro__V1__ServerInfoRequest) {}

  func fill(_ c: inout Encuentro__V1__ServerInfoRequest, _ arena: Arena) {}
}

extension ServerInfoResponse: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ServerInfoResponse>) {
    encuentro__v1__server_info_response__init(c)
  }

  init(wire c: Encuentro__V1__ServerInfoResponse) throws(WireError) {
    version = try Read.text(c.version, "version")
    protocolVersion = c.protocol_version
    methods = try Read.messages(c.n_methods, c.methods, "methods", limit: WireLimits.top)
    limits = try Read.messages(c.n_limits, c.limits, "limits", limit: WireLimits.top)
    fileDescriptorSet = Read.bytes(c.file_descriptor_set)
    participants = try Read.number(c.participants, "participants")
    uptime = Int64(try Read.number(c.uptime_us, "uptime_us"))
  }

  func fill(_ c: inout Encuentro__V1__ServerInfoResponse, _ arena: Arena) {
    c.version = arena.text(version)
    c.protocol_version = protocolVersion
    (c.n_methods, c.methods) = arena.messages(methods)
    (c.n_limits, c.limits) = arena.messages(limits)
    c.file_descriptor_set = arena.bytes(fileDescriptorSet)
    c.participants = Int64(participants)
    c.uptime_us = uptime
  }
}

extension ServerInfoResponse.Limit: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__LimitInfo>) {
    encuentro__v1__limit_info__init(c)
  }

  init(wire c: Encuentro__V1__LimitInfo) throws(WireError) {
    name = try Read.text(c.name, "name")
    value = c.value
  }

  func fill(_ c: inout Encuentro__V1__LimitInfo, _ arena: Arena) {
    c.name = arena.text(name)
    c.value = value
  }
}

extension MethodInfo: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__MethodInfo>) {
    encuentro__v1__method_info__init(c)
  }

  init(wire c: Encuentro__V1__MethodInfo) throws(WireError) {
    name = try Read.text(c.name, "name")
    clientStreaming = c.client_streaming != 0
    serverStreaming = c.server_streaming != 0
  }

  func fill(_ c: inout Encuentro__V1__MethodInfo, _ arena: Arena) {
    c.name = arena.text(name)
    c.client_streaming = clientStreaming ? 1 : 0
    c.server_streaming = serverStreaming ? 1 : 0
  }
}
