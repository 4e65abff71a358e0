/// A participant as it is stored.
public struct StoredParticipant: Hashable, Sendable {
  public var participant: Participant
  /// Of the write that made it so.
  public var revision: UInt64

  public init(participant: Participant, revision: UInt64) {
    self.participant = participant
    self.revision = revision
  }
}
