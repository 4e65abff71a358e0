/// What a participant's networks are inferred from, as in the bulletin's first
/// assignment. Each may be missing.
public struct Signals: Codable, Hashable, Sendable {
  /// Its plan.
  public var plan: Plan?
  /// The interest in networks that it stated in the impact survey, each from 0
  /// to 5; nil when it did not answer. A network that is not there was left out.
  public var survey: [Network.ID: Double]?
  /// How many contributions to each network it made at the networking event;
  /// nil when it was not there.
  public var event: [Network.ID: Int]?

  public init(
    plan: Plan? = nil, survey: [Network.ID: Double]? = nil, event: [Network.ID: Int]? = nil
  ) {
    self.plan = plan
    self.survey = survey
    self.event = event
  }

  /// The range of a stated interest.
  public static let interest = 0.0...5.0
}
