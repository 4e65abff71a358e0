package import Programme
package import Results

/// Everything that one file of the report shows: results as they are, and where they are
/// from.
package struct Dossier: Sendable {
  package var programme: ProgrammeDefinition
  package var language: Language
  package var provenance: Provenance
  package var people: [Person]
  /// Plans that could not be read.
  package var failures: [ParticipantFailure] = []
  package var cohort: CohortView?
  /// What a check found when the dossier was made, if one was made then.
  package var verification: VerificationView?
  package var reassignment: ReassignmentView?

  package init(
    programme: ProgrammeDefinition, language: Language, provenance: Provenance, people: [Person]
  ) {
    self.programme = programme
    self.language = language
    self.provenance = provenance
    self.people = people
  }

  /// A participant, with what is known of it.
  package struct Person: Sendable {
    package var ref: ParticipantRef
    /// Its networks; nil when its plan was not read.
    package var view: ParticipantView?
    /// Its own data; nil when only results are known.
    package var participant: Participant?
    /// What its own page shows; nil when it has none.
    package var details: Details?

    package init(
      ref: ParticipantRef, view: ParticipantView? = nil, participant: Participant? = nil,
      details: Details? = nil
    ) {
      self.ref = ref
      self.view = view
      self.participant = participant
      self.details = details
    }
  }

  /// What a participant's own page shows besides.
  package struct Details: Sendable {
    /// Its plan's networks with their evidence; nil when it has no plan.
    package var classification: ClassificationView?
    package var suggestions: SuggestionsView

    package init(classification: ClassificationView?, suggestions: SuggestionsView) {
      self.classification = classification
      self.suggestions = suggestions
    }
  }

  /// Where results are from, and who made the file when.
  package struct Provenance: Sendable {
    package enum Source: Sendable, Equatable {
      /// The program's own participants, with illustrative plans.
      case sample
      case file(String)
      case server(String)
    }

    package var source: Source
    package var day: Day
    /// Who answers for it; nil when nobody is named.
    package var author: String?
    /// The file that the cohort was read from; nil when it was paired for the dossier.
    package var cohortFile: String?
    package var reassignmentFile: String?

    package init(
      source: Source, day: Day, author: String? = nil, cohortFile: String? = nil,
      reassignmentFile: String? = nil
    ) {
      self.source = source
      self.day = day
      self.author = author
      self.cohortFile = cohortFile
      self.reassignmentFile = reassignmentFile
    }
  }
}
