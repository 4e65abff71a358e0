/// A batch job that was run, and whether its result was put into effect.
public struct Run: Codable, Hashable, Sendable, Identifiable {
  public enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
    case cohort, reassignment
  }

  /// Given by the store, ascending.
  public var id: Int64
  public var kind: Kind
  /// Whether its result was put into effect, or was a dry run.
  public var committed: Bool
  public var actor: String
  /// Microseconds since 1970 UTC.
  public var time: Int64
  /// The store's revision that it was computed from.
  public var revision: UInt64
  /// In words.
  public var summary: String
  /// Bytes of the result.
  public var resultBytes: Int64

  public init(
    id: Int64, kind: Kind, committed: Bool, actor: String, time: Int64, revision: UInt64,
    summary: String, resultBytes: Int64
  ) {
    self.id = id
    self.kind = kind
    self.committed = committed
    self.actor = actor
    self.time = time
    self.revision = revision
    self.summary = summary
    self.resultBytes = resultBytes
  }
}
