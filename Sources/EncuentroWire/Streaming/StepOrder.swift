/// A kind of message in a streamed answer; they come in this order.
package enum StepKind: Int, Comparable, Hashable, Sendable {
  case progress, header, rows, proof, run, result

  package static func < (first: Self, second: Self) -> Bool { first.rawValue < second.rawValue }
}

/// Why the messages of a streamed answer are no whole result. The server, or what stands
/// between, is at fault: ask again.
package enum AssemblyError: Error, Hashable, Sendable {
  /// A kind that must have come by now, or before the end, has not.
  case missing(StepKind)
  /// A kind after one that it stands before, or for the second time.
  case outOfOrder(StepKind, after: StepKind)
  /// The result's form is of a later version.
  case unknownFormat(found: Int, known: Int)
  /// The proof's parts are no proof, or it cannot be written as one.
  case proof(reason: String)
  /// The document in parts is larger or smaller than it must be.
  case size(bytes: Int, expected: Int)
}

extension AssemblyError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let kind): "the answer is not whole: its \(kind) is missing; ask again"
    case .outOfOrder(let kind, let last):
      "the answer's \(kind) came after its \(last); server and client disagree on the protocol"
    case .unknownFormat(let found, let known):
      "the result's form is version \(found) and only \(known) is known here; update this program"
    case .proof(let reason): "the result's proof cannot be read: \(reason)"
    case .size(let bytes, let expected):
      "the document has \(bytes) bytes instead of \(expected); ask again"
    }
  }
}

/// Sees to it that the messages of one answer come in order.
struct StepOrder: Sendable {
  /// Kinds that come just once; those of `needed` have to.
  private static let single: Set<StepKind> = [.header, .run]

  private let needed: [StepKind]
  private var seen: Set<StepKind> = []
  private var last = StepKind.progress

  init(needed: [StepKind]) { self.needed = needed }

  mutating func accept(_ kind: StepKind) throws(AssemblyError) {
    guard kind >= last, !(kind == last && Self.single.contains(kind)) else {
      throw .outOfOrder(kind, after: last)
    }
    try check { $0 < kind }
    seen.insert(kind)
    last = kind
  }

  func finish() throws(AssemblyError) { try check { _ in true } }

  private func check(_ isDue: (StepKind) -> Bool) throws(AssemblyError) {
    if let missing = needed.first(where: { isDue($0) && !seen.contains($0) }) {
      throw .missing(missing)
    }
  }
}
