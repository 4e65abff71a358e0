package import Programme
package import Results

/// How big results become messages that pass through flow control one by one.
package enum Batches {
  /// The most bytes of one message, unless a single row is larger by itself.
  package static let bytes = 256 << 10

  /// What a message takes around its rows or its part: three tags and lengths.
  private static let overhead = 32

  /// Rows in their order, as many in each batch as the bytes allow.
  ///
  /// - Complexity: O(bytes of the rows).
  static func rows<Row: Mapped>(_ rows: [Row]) -> [[Row]] {
    var batches: [[Row]] = []
    var room = 0
    for row in rows {
      // With its tag and its length.
      let size = Arena.packedSize(of: row) + 6
      if size > room {
        batches.append([])
        room = bytes - overhead
      }
      batches[batches.count - 1].append(row)
      room -= size
    }
    return batches
  }

  /// The most bytes of a page's rows, unless a single row is larger: a quarter of a frame.
  private static let pageBytes = 1 << 20

  /// The rows of a page, and the text of the token for the next; empty after the last.
  ///
  /// - Parameter rows: what is left of the list, at least one more than the page if there
  ///   are so many.
  static func page<Row: Mapped>(
    _ page: PageRequest, of rows: [Row], token: (Row) -> PageToken
  ) -> ([Row], String) {
    var room = pageBytes
    let fitting = rows.prefix(page.limit).prefix { row in
      room -= Arena.packedSize(of: row) + 6
      return room >= 0
    }
    let taken = fitting.isEmpty ? rows.prefix(1) : fitting
    guard taken.count < rows.count, let last = taken.last else { return (Array(taken), "") }
    return (Array(taken), token(last).text)
  }

  static func parts(_ document: [UInt8]) -> [[UInt8]] {
    let size = bytes - overhead
    return stride(from: 0, to: document.count, by: size).map {
      Array(document[$0..<min($0 + size, document.count)])
    }
  }
}

extension PairCohortStep {
  /// A result and what was recorded of it, in steps of at most `Batches.bytes`. A caller
  /// sends its progress before them.
  ///
  /// - Throws: `AssemblyError.proof`, when it cannot be written as JSON.
  /// - Complexity: O(bytes of the result).
  package static func steps(
    of view: CohortView, run: RunRef
  ) throws(AssemblyError) -> [PairCohortStep] {
    let proof = try view.proof.document
    return [.header(CohortHeader(view))]
      + Batches.rows(view.pairs).map { .rows(CohortRows(pairs: $0)) }
      + Batches.rows(view.unpaired).map { .rows(CohortRows(unpaired: $0)) }
      + Batches.parts(proof).map { .proof($0) } + [.run(run)]
  }
}

extension ReassignNetworksStep {
  /// As of `PairCohortStep`.
  package static func steps(
    of view: ReassignmentView, run: RunRef
  ) -> [ReassignNetworksStep] {
    [.header(ReassignmentHeader(view))] + Batches.rows(view.rows).map { .rows($0) } + [.run(run)]
  }
}

extension GetRunStep {
  /// A run and the document of its result.
  package static func steps(of run: Run, result: [UInt8]) -> [GetRunStep] {
    [.run(run)] + Batches.parts(result).map { .result($0) }
  }
}
