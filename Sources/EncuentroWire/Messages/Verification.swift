import EncuentroProtos
package import Results

/// A part of the JSON document of a paired cohort that is to be verified.
package struct VerifyCohortRequest: Hashable, Sendable {
  /// What faults call the document; in the first message only.
  package var document: String
  package var part: [UInt8]

  package init(document: String, part: [UInt8]) {
    self.document = document
    self.part = part
  }
}

extension VerifyCohortRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__VerifyCohortRequest>) {
    encuentro__v1__verify_cohort_request__init(c)
  }

  init(wire c: Encuentro__V1__VerifyCohortRequest) throws(WireError) {
    self.init(document: try Read.text(c.document, "document"), part: Read.bytes(c.part))
  }

  func fill(_ c: inout Encuentro__V1__VerifyCohortRequest, _ arena: Arena) {
    c.document = arena.text(document)
    c.part = arena.bytes(part)
  }
}

extension VerificationView: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__VerifyCohortResponse>) {
    encuentro__v1__verify_cohort_response__init(c)
  }

  init(wire c: Encuentro__V1__VerifyCohortResponse) throws(WireError) {
    self.init(
      isVerified: c.is_verified != 0, isOptimal: c.is_optimal != 0,
      appliesQuotas: c.applies_quotas != 0, pairs: try Read.number(c.pairs, "pairs"),
      faults: try Read.texts(c.n_faults, c.faults, "faults", limit: .max))
  }

  func fill(_ c: inout Encuentro__V1__VerifyCohortResponse, _ arena: Arena) {
    c.is_verified = isVerified ? 1 : 0
    c.is_optimal = isOptimal ? 1 : 0
    c.applies_quotas = appliesQuotas ? 1 : 0
    c.pairs = Int64(pairs)
    (c.n_faults, c.faults) = arena.texts(faults)
  }
}
