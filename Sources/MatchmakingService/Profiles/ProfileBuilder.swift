import Classification
import Foundation
import Programme

/// Makes profiles of participants: the plan's text through the classifier, the
/// signals fused, the facts copied.
struct ProfileBuilder {
  private let classifier: Classifier
  private let programme: ProgrammeDefinition
  private let workspace = Classifier.Workspace()

  init(classifier: Classifier, programme: ProgrammeDefinition) {
    self.classifier = classifier
    self.programme = programme
  }

  /// The profile of a participant, and what the classifier says of its plan, nil
  /// without one.
  ///
  /// - Throws: `TextError` for a plan that is no text; `CancellationError`.
  func profile(
    of participant: Participant
  ) throws -> (profile: Profile, plan: Classification?) {
    let plan = participant.signals.plan
    let read = try plan.flatMap { try self.read($0.text) }
    let region = participant.worldRegion(in: programme)
    let profile = Profile(
      id: participant.id, name: participant.name,
      memberships: SignalFusion.memberships(
        planLogits: read?.plan.logits, signals: participant.signals,
        networks: programme.networks),
      content: read.flatMap { QuantisedVector($0.content) },
      offers: try vector(plan?.texts(of: .offers)), seeks: try vector(plan?.texts(of: .seeks)),
      facts: Profile.Facts(
        kind: participant.kind, country: participant.country, region: region?.id ?? "",
        isEuropean: region?.european ?? false, population: participant.population,
        languages: Set(participant.languages), isAlumni: participant.alumni,
        gcom: participant.gcom,
        ris3Themes: participant.ris3Themes.isEmpty ? nil : Set(participant.ris3Themes),
        previousPartners: Set(participant.previousPartners), capacity: participant.capacity))
    return (profile, read?.plan)
  }

  /// A profile of a text alone, with facts from elsewhere.
  func profile(id: String, name: String, text: String, facts: Profile.Facts) throws -> Profile {
    let read = try read(text)
    return Profile(
      id: id, name: name,
      memberships: SignalFusion.memberships(
        planLogits: read?.plan.logits, signals: Signals(),
        networks: programme.networks),
      content: read.flatMap { QuantisedVector($0.content) }, facts: facts)
  }

  /// nil for a text of white space.
  private func read(_ text: String) throws -> (plan: Classification, content: [Float])? {
    guard text.contains(where: { !$0.isWhitespace }) else { return nil }
    let (plan, content) = try classifier.read(PlainText(text), workspace: workspace)
    return (plan, content)
  }

  private func vector(_ texts: [String]?) throws -> QuantisedVector? {
    guard let texts, !texts.isEmpty else { return nil }
    return try read(texts.joined(separator: "\n\n")).flatMap { QuantisedVector($0.content) }
  }
}

extension Classification {
  /// By networks, in the order of the heads' labels.
  var logits: [Double] { scores.map(\.logit) }
}
