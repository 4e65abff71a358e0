import Foundation
package import Programme
package import Results

/// Puts PairCohort's answer together again.
package struct CohortAssembly: Sendable {
  /// The most bytes of a proof: some 500 times that of ten thousand pairs.
  package static let proofLimit = 1 << 30

  private var order = StepOrder(needed: [.header, .proof, .run])
  private var header: CohortHeader?
  private var rows = CohortRows()
  private var proof: [UInt8] = []
  private var run: RunRef?

  package init() {}

  /// Takes the next message; progress is passed over.
  ///
  /// - Throws: `AssemblyError`, after which the assembly is of no use.
  package mutating func add(_ step: PairCohortStep) throws(AssemblyError) {
    switch step {
    case .progress:
      try order.accept(.progress)
    case .header(let header):
      try order.accept(.header)
      guard header.format <= CohortView.currentFormat else {
        throw .unknownFormat(found: header.format, known: CohortView.currentFormat)
      }
      self.header = header
    case .rows(let batch):
      try order.accept(.rows)
      rows.pairs += batch.pairs
      rows.unpaired += batch.unpaired
    case .proof(let part):
      try order.accept(.proof)
      proof += part
      guard proof.count <= Self.proofLimit else {
        throw .size(bytes: proof.count, expected: Self.proofLimit)
      }
    case .run(let run):
      try order.accept(.run)
      self.run = run
    }
  }

  /// The whole result and what was recorded of it.
  ///
  /// - Throws: `AssemblyError`
  package func finish() throws(AssemblyError) -> (view: CohortView, run: RunRef) {
    try order.finish()
    guard let header else { throw .missing(.header) }
    guard let run else { throw .missing(.run) }
    var view = CohortView(
      objective: header.objective, seed: header.seed, appliesQuotas: header.appliesQuotas,
      pairs: rows.pairs, unpaired: rows.unpaired, rules: header.rules, figures: header.figures,
      isOptimal: header.isOptimal, bound: header.bound, gap: header.gap,
      isVerified: header.isVerified, faults: header.faults,
      proof: try CohortProof(document: proof))
    view.format = header.format
    return (view, run)
  }
}

/// Puts ReassignNetworks' answer together again.
package struct ReassignmentAssembly: Sendable {
  private var order = StepOrder(needed: [.header, .run])
  private var header: ReassignmentHeader?
  private var rows: [ReassignmentRow] = []
  private var run: RunRef?

  package init() {}

  /// As of `CohortAssembly`.
  package mutating func add(_ step: ReassignNetworksStep) throws(AssemblyError) {
    switch step {
    case .progress:
      try order.accept(.progress)
    case .header(let header):
      try order.accept(.header)
      guard header.format <= ReassignmentView.currentFormat else {
        throw .unknownFormat(found: header.format, known: ReassignmentView.currentFormat)
      }
      self.header = header
    case .rows(let batch):
      try order.accept(.rows)
      rows += batch
    case .run(let run):
      try order.accept(.run)
      self.run = run
    }
  }

  /// As of `CohortAssembly`.
  package func finish() throws(AssemblyError) -> (view: ReassignmentView, run: RunRef) {
    try order.finish()
    guard let header else { throw .missing(.header) }
    guard let run else { throw .missing(.run) }
    var view = ReassignmentView(
      isDryRun: header.isDryRun, moveCost: header.moveCost, rows: rows,
      networks: header.networks, total: header.total, isProvenOptimal: header.isProvenOptimal)
    view.format = header.format
    return (view, run)
  }
}

/// Puts GetRun's answer together again.
package struct RunAssembly: Sendable {
  private var order = StepOrder(needed: [.run])
  private var run: Run?
  private var result: [UInt8] = []

  package init() {}

  /// As of `CohortAssembly`.
  package mutating func add(_ step: GetRunStep) throws(AssemblyError) {
    switch step {
    case .run(let run):
      try order.accept(.run)
      self.run = run
    case .result(let part):
      try order.accept(.result)
      result += part
      if let run, result.count > run.resultBytes {
        throw .size(bytes: result.count, expected: Int(run.resultBytes))
      }
    }
  }

  /// The run and the JSON document of its result, which has as many bytes as it says.
  ///
  /// - Throws: `AssemblyError`
  package func finish() throws(AssemblyError) -> (run: Run, result: [UInt8]) {
    guard let run else { throw .missing(.run) }
    guard result.count == run.resultBytes else {
      throw .size(bytes: result.count, expected: Int(run.resultBytes))
    }
    return (run, result)
  }
}

extension CohortProof {
  /// The JSON document; equal proofs give equal bytes.
  var document: [UInt8] {
    get throws(AssemblyError) {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      do {
        return Array(try encoder.encode(self))
      } catch {
        throw .proof(reason: "\(error)")
      }
    }
  }

  init(document: [UInt8]) throws(AssemblyError) {
    do {
      self = try JSONDecoder().decode(CohortProof.self, from: Data(document))
    } catch {
      throw .proof(reason: "\(error)")
    }
  }
}
