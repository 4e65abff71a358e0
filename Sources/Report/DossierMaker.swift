package import Foundation
package import Programme
package import Results

/// Asks for all that a dossier shows.
package struct DossierMaker: Sendable {
  /// A result that somebody kept, and what its file is called.
  package struct Saved: Sendable {
    package var data: Data
    package var name: String

    package init(data: Data, name: String) {
      self.data = data
      self.name = name
    }
  }

  /// More pages of participants than these make a file that is slow to send; then there
  /// are none, and each can be had alone.
  package static let mostPages = 300
  /// Passages of evidence for each network.
  static let passages = 2

  package var language = Language.english
  package var provenance: Dossier.Provenance
  /// Whose page is wanted alone, by name.
  package var participant: String?
  /// The pairing that is shown; one is made when there is none.
  package var cohort: Saved?
  package var pairing = CohortRequest()
  package var reassignment: Saved?
  /// The sizes of networks to reassign within, starting from what plans say; nil for no
  /// reassignment.
  package var sizes: Sizes?
  /// How many partners each participant's page shows.
  package var top = 5
  package var hasAllPages = false

  package struct Sizes: Sendable {
    package var minimum: Int?
    package var maximum: Int?

    package init(minimum: Int?, maximum: Int?) {
      self.minimum = minimum
      self.maximum = maximum
    }
  }

  package init(provenance: Dossier.Provenance) { self.provenance = provenance }

  /// - Parameter participants: those that the answers are about.
  /// - Throws: `InputError`, and what the answers throw.
  package func dossier(
    _ answers: any Answering, participants: [Participant], progress: @escaping Report
  ) async throws -> Dossier {
    let programme = try await answers.programme()
    let networks = try await answers.classifyParticipants(progress: progress)
    var dossier = Dossier(
      programme: programme, language: language, provenance: provenance,
      people: people(participants, networks, programme))
    // Who has no plan is in no network, which is no failure.
    let plans = Set(
      participants.filter { !($0.signals.plan?.text ?? "").isEmpty }.map(\.id))
    dossier.failures = networks.failures.filter { plans.contains($0.id) }
    if let participant {
      try await addPage(of: participant, to: &dossier, answers, progress)
      return dossier
    }
    try await addCohort(to: &dossier, answers, progress)
    try await addReassignment(to: &dossier, networks, answers, progress)
    if hasAllPages || dossier.people.count <= Self.mostPages {
      let count = dossier.people.count
      for place in dossier.people.indices where dossier.people[place].participant != nil {
        dossier.people[place].details = try await details(dossier.people[place], answers)
        progress(JobProgress(phase: "pages", done: place + 1, total: count))
      }
    }
    return dossier
  }

  private func people(
    _ participants: [Participant], _ networks: ParticipantsView, _ programme: ProgrammeDefinition
  ) -> [Dossier.Person] {
    let views = Dictionary(
      networks.participants.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return participants.map { participant in
      Dossier.Person(
        ref: ParticipantRef(
          id: participant.id, name: participant.name, country: participant.country,
          region: participant.worldRegion(in: programme)?.id ?? ""),
        view: views[participant.id], participant: participant)
    }
  }

  private func details(
    _ person: Dossier.Person, _ answers: any Answering
  ) async throws -> Dossier.Details {
    var request = SuggestionRequest(name: person.ref.id)
    request.top = top
    let suggestions = try await answers.suggest(request) { _ in }
    var classification: ClassificationView?
    if person.view != nil, let plan = person.participant?.signals.plan {
      classification = try await answers.classify(
        ClassificationRequest(
          document: person.ref.id, text: plan.text, isMarkdown: false, passages: Self.passages))
    }
    return Dossier.Details(classification: classification, suggestions: suggestions)
  }

  private func addPage(
    of name: String, to dossier: inout Dossier, _ answers: any Answering,
    _ progress: @escaping Report
  ) async throws {
    var request = SuggestionRequest(name: name)
    request.top = 0
    let found = try await answers.suggest(request, progress: progress).participant
    guard let place = dossier.people.firstIndex(where: { $0.ref.id == found.id }) else {
      throw InputError(description: "'\(found.name)' was removed meanwhile; ask again")
    }
    dossier.people[place].details = try await details(dossier.people[place], answers)
  }

  private func addCohort(
    to dossier: inout Dossier, _ answers: any Answering, _ progress: @escaping Report
  ) async throws {
    guard let cohort else {
      dossier.cohort = try await answers.pair(
        pairing, isCancelled: { Task.isCancelled }, progress: progress)
      return
    }
    let view = try SavedResult.cohort(cohort.data, named: cohort.name)
    let known = Set(dossier.people.map(\.ref.id))
    let others = (view.pairs.flatMap { [$0.left, $0.right] } + view.unpaired.map(\.participant))
      .filter { !known.contains($0.id) }
    guard others.isEmpty else {
      throw InputError(
        description: "\(cohort.name): is of other participants, such as "
          + "'\(others.first?.name ?? "")'; name their file with --participants")
    }
    dossier.cohort = view
    dossier.provenance.cohortFile = cohort.name
    // What a file claims of its own check is not evidence.
    dossier.verification = try await answers.verify(
      cohort.data, named: cohort.name, progress: progress)
  }

  private func addReassignment(
    to dossier: inout Dossier, _ networks: ParticipantsView, _ answers: any Answering,
    _ progress: @escaping Report
  ) async throws {
    if let reassignment {
      dossier.reassignment = try SavedResult.reassignment(
        reassignment.data, named: reassignment.name)
      dossier.provenance.reassignmentFile = reassignment.name
    } else if let sizes {
      var request = ReassignmentRequest()
      request.minimumSize = sizes.minimum
      request.maximumSize = sizes.maximum
      request.previous = Dictionary(
        networks.participants.compactMap { view in
          view.primary.map { (view.id, AssignedNetworks(primary: $0, further: view.further)) }
        }, uniquingKeysWith: { first, _ in first })
      dossier.reassignment = try await answers.reassign(request, progress: progress)
    }
  }
}
