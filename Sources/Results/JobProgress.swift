/// How far a long job is.
package struct JobProgress: Hashable, Sendable {
  /// In words.
  package var phase: String
  /// Of `total`, where it can be counted; 0 of 0 where not.
  package var done: Int
  package var total: Int
  /// The objective's figure of the best solution so far, what it cannot exceed, and
  /// the difference.
  package var value: Double?
  package var bound: Double?
  package var gap: Double?

  package init(
    phase: String, done: Int = 0, total: Int = 0, value: Double? = nil, bound: Double? = nil,
    gap: Double? = nil
  ) {
    self.phase = phase
    self.done = done
    self.total = total
    self.value = value
    self.bound = bound
    self.gap = gap
  }
}

/// Who puts a result into effect, and under which key it happens once.
package struct Authorship: Hashable, Sendable {
  package var actor: String
  /// 1 to 128 visible ASCII characters.
  package var idempotencyKey: String

  package init(actor: String, idempotencyKey: String) {
    self.actor = actor
    self.idempotencyKey = idempotencyKey
  }
}
