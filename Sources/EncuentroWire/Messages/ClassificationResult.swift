import EncuentroProtos
import Results

extension ClassificationView: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ClassificationResult>) {
    encuentro__v1__classification_result__init(c)
  }

  init(wire c: Encuentro__V1__ClassificationResult) throws(WireError) {
    let limit = WireLimits.networks
    self.init(
      document: try Read.text(c.document, "document"),
      primary: try Read.optional(c.primary_or_none_case, c.primary, "primary"),
      further: try Read.texts(c.n_further, c.further, "further", limit: limit),
      scores: try Read.messages(c.n_scores, c.scores, "scores", limit: limit),
      topic: try Read.number(c.topic, "topic"),
      passages: try Read.number(c.passages, "passages"),
      tokens: try Read.number(c.tokens, "tokens"),
      evidence: try Read.messages(c.n_evidence, c.evidence, "evidence", limit: limit))
  }

  func fill(_ c: inout Encuentro__V1__ClassificationResult, _ arena: Arena) {
    c.document = arena.text(document)
    (c.primary_or_none_case, c.primary) = arena.optional(
      primary, ENCUENTRO__V1__CLASSIFICATION_RESULT__PRIMARY_OR_NONE_PRIMARY)
    (c.n_further, c.further) = arena.texts(further)
    (c.n_scores, c.scores) = arena.messages(scores)
    c.topic = topic
    c.passages = Int64(passages)
    c.tokens = Int64(tokens)
    (c.n_evidence, c.evidence) = arena.messages(evidence)
  }
}

extension ScoreView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__NetworkScore>) {
    encuentro__v1__network_score__init(c)
  }

  init(wire c: Encuentro__V1__NetworkScore) throws(WireError) {
    self.init(
      network: try Read.text(c.network, "network"),
      logit: try Read.number(c.logit, "logit"),
      probability: try Read.number(c.probability, "probability"))
  }

  func fill(_ c: inout Encuentro__V1__NetworkScore, _ arena: Arena) {
    c.network = arena.text(network)
    c.logit = logit
    c.probability = probability
  }
}

extension ClassificationView.EvidenceView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__NetworkEvidence>) {
    encuentro__v1__network_evidence__init(c)
  }

  init(wire c: Encuentro__V1__NetworkEvidence) throws(WireError) {
    self.init(
      network: try Read.text(c.network, "network"),
      logit: try Read.number(c.logit, "logit"),
      dilution: try Read.number(c.dilution, "dilution"),
      otherPassages: try Read.number(c.other_passages, "other_passages"),
      passages: try Read.messages(c.n_passages, c.passages, "passages", limit: WireLimits.top))
  }

  func fill(_ c: inout Encuentro__V1__NetworkEvidence, _ arena: Arena) {
    c.network = arena.text(network)
    c.logit = logit
    c.dilution = dilution
    c.other_passages = otherPassages
    (c.n_passages, c.passages) = arena.messages(passages)
  }
}

extension ClassificationView.PassageView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__PassageEvidence>) {
    encuentro__v1__passage_evidence__init(c)
  }

  init(wire c: Encuentro__V1__PassageEvidence) throws(WireError) {
    self.init(
      start: try Read.number(c.start, "start"),
      end: try Read.number(c.end, "end"),
      share: try Read.number(c.share, "share"),
      logit: try Read.number(c.logit, "logit"),
      constant: try Read.number(c.constant, "constant"),
      text: try Read.text(c.text, "text"),
      words: try Read.messages(c.n_words, c.words, "words", limit: .max))
  }

  func fill(_ c: inout Encuentro__V1__PassageEvidence, _ arena: Arena) {
    c.start = Int64(start)
    c.end = Int64(end)
    c.share = share
    c.logit = logit
    c.constant = constant
    c.text = arena.text(text)
    (c.n_words, c.words) = arena.messages(words)
  }
}

extension ClassificationView.WordView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__WordEvidence>) {
    encuentro__v1__word_evidence__init(c)
  }

  init(wire c: Encuentro__V1__WordEvidence) throws(WireError) {
    self.init(
      text: try Read.text(c.text, "text"),
      start: try Read.number(c.start, "start"),
      contribution: try Read.number(c.contribution, "contribution"))
  }

  func fill(_ c: inout Encuentro__V1__WordEvidence, _ arena: Arena) {
    c.text = arena.text(text)
    c.start = Int64(start)
    c.contribution = contribution
  }
}

extension ParticipantView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ParticipantClassification>) {
    encuentro__v1__participant_classification__init(c)
  }

  init(wire c: Encuentro__V1__ParticipantClassification) throws(WireError) {
    let limit = WireLimits.networks
    self.init(
      id: try Read.text(c.id, "id"),
      name: try Read.text(c.name, "name"),
      kind: try Read.text(c.kind, "kind"),
      country: try Read.text(c.country, "country"),
      region: try Read.text(c.region, "region"),
      primary: try Read.optional(c.primary_or_none_case, c.primary, "primary"),
      further: try Read.texts(c.n_further, c.further, "further", limit: limit),
      scores: try Read.messages(c.n_scores, c.scores, "scores", limit: limit),
      words: try Read.messages(c.n_words, c.words, "words", limit: .max),
      passage: try Read.optional(c.passage_or_none_case, c.passage, "passage"))
  }

  func fill(_ c: inout Encuentro__V1__ParticipantClassification, _ arena: Arena) {
    c.id = arena.text(id)
    c.name = arena.text(name)
    c.kind = arena.text(kind)
    c.country = arena.text(country)
    c.region = arena.text(region)
    (c.primary_or_none_case, c.primary) = arena.optional(
      primary, ENCUENTRO__V1__PARTICIPANT_CLASSIFICATION__PRIMARY_OR_NONE_PRIMARY)
    (c.n_further, c.further) = arena.texts(further)
    (c.n_scores, c.scores) = arena.messages(scores)
    (c.n_words, c.words) = arena.messages(words)
    (c.passage_or_none_case, c.passage) = arena.optional(
      passage, ENCUENTRO__V1__PARTICIPANT_CLASSIFICATION__PASSAGE_OR_NONE_PASSAGE)
  }
}
