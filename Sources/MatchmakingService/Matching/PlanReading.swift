import Classification
import Foundation
import Programme
import Results
import Synchronization

/// What was read of one plan: its classification, and the terms that carry it by
/// networks. These are found when they are first asked for, which means reading the
/// strongest passages again, and kept.
final class PlanReading: Sendable {
  private let participant: Participant
  /// nil without a plan.
  private let classification: Classification?
  /// One for each network of the programme.
  private let slots: Slots

  init(_ participant: Participant, _ classification: Classification?, networks: Int) {
    self.participant = participant
    self.classification = classification
    slots = Slots(count: networks)
  }

  /// The plan's log-odds of a network, by its place in the programme; nil without a plan.
  func logit(of network: Int) -> Double? { classification?.scores[network].logit }

  /// The words that carry the plan's logit for a network, by its place in the
  /// programme.
  ///
  /// - Complexity: O(1) when they are there, otherwise O(tokens of three passages).
  /// - Throws: `TextError` for a plan that is no text.
  func terms(
    of network: Int, classifier: Classifier, workspace: Classifier.Workspace
  ) throws -> NetworkTerms {
    if let known = slots[network] { return known }
    let found =
      if let classification, let plan = participant.signals.plan {
        try NetworkTerms(
          of: PlainText(plan.text), classification, network: network, classifier: classifier,
          workspace: workspace)
      } else {
        NetworkTerms(words: [], vectors: [:])
      }
    return slots.store(found, at: network)
  }
}

/// The words of a plan that carry its logit for one network, each placed in the space
/// of contents.
final class NetworkTerms: Sendable {
  let words: [ClassificationView.WordView]
  let vectors: [String: QuantisedVector]

  init(words: [ClassificationView.WordView], vectors: [String: QuantisedVector]) {
    self.words = words
    self.vectors = vectors
  }

  convenience init(
    of text: PlainText, _ classification: Classification, network: Int, classifier: Classifier,
    workspace: Classifier.Workspace
  ) {
    let evidence = classifier.evidence(
      for: classifier.heads.labels[network], in: text, classification: classification, limit: 3,
      workspace: workspace)
    var words: [ClassificationView.WordView] = []
    for passage in evidence?.passages ?? [] {
      words += passage.words.map {
        .init(
          text: text[$0.start..<$0.end], start: $0.start,
          contribution: $0.contribution * passage.share)
      }
    }
    let carrying = ClassificationView.WordView.carrying(words, limit: PlanTerms.most)
    let terms = Set(carrying.map(\.text).filter(PlanTerms.isTerm)).sorted()
    let contents = classifier.contents(of: terms, workspace: workspace)
    let vectors = zip(terms, contents).compactMap { term, content in
      QuantisedVector(content).map { (term, $0) }
    }
    self.init(words: carrying, vectors: Dictionary(uniqueKeysWithValues: vectors))
  }
}

/// Places that are filled once, by whoever comes first, and read without a lock.
private final class Slots: @unchecked Sendable {
  // The pointer and the count never change, and every access to what it points at is
  // atomic, so sharing it between threads is safe.
  private let places: UnsafeMutablePointer<AtomicLazyReference<NetworkTerms>>
  private let count: Int

  init(count: Int) {
    self.count = count
    places = .allocate(capacity: count)
    for place in 0..<count { (places + place).initialize(to: AtomicLazyReference()) }
  }

  deinit {
    places.deinitialize(count: count)
    places.deallocate()
  }

  subscript(place: Int) -> NetworkTerms? {
    precondition(0..<count ~= place, "a network of the programme")
    return places[place].load()
  }

  /// - Returns: what the place holds, which somebody else may have stored before.
  func store(_ value: NetworkTerms, at place: Int) -> NetworkTerms {
    precondition(0..<count ~= place, "a network of the programme")
    return places[place].storeIfNil(value)
  }
}
