import Programme
import Results

/// What a score is made of.
package enum FactorKey: String, MessageKey {
  case sharedNetworks, content, complementarity, scale, language, mentoring, themes

  package var message: Message {
    switch self {
    case .sharedNetworks: Message("networks in common", "redes en común", "redes em comum")
    case .content: Message("content of the plans", "contenido de los planes", "conteúdo dos planos")
    case .complementarity: Message("offer meets need", "oferta y demanda", "oferta e procura")
    case .scale: Message("size", "tamaño", "tamanho")
    case .language: Message("working language", "idioma de trabajo", "idioma de trabalho")
    case .mentoring: Message("mentoring", "mentoría", "mentoria")
    case .themes:
      Message("specialisation themes", "temas de especialización", "temas de especialização")
    }
  }

  static func of(_ value: Factor) -> FactorKey {
    switch value {
    case .sharedNetworks: .sharedNetworks
    case .content: .content
    case .complementarity: .complementarity
    case .scale: .scale
    case .language: .language
    case .mentoring: .mentoring
    case .themes: .themes
    }
  }
}

/// What a participant is.
package enum KindKey: String, MessageKey {
  case city, region, consortium

  package var message: Message {
    switch self {
    case .city: Message("City", "Ciudad", "Cidade")
    case .region: Message("Region", "Región", "Região")
    case .consortium: Message("Consortium", "Consorcio", "Consórcio")
    }
  }

  static func of(_ value: ParticipantKind) -> KindKey {
    switch value {
    case .city: .city
    case .region: .region
    case .consortium: .consortium
    }
  }
}

/// What a committee decided.
package enum VerdictKey: String, MessageKey {
  case accepted, rejected, deferred

  package var message: Message {
    switch self {
    case .accepted: Message("Accepted:", "Aceptado:", "Aceito:")
    case .rejected: Message("Rejected:", "Rechazado:", "Rejeitado:")
    case .deferred: Message("Deferred:", "Aplazado:", "Adiado:")
    }
  }

  static func of(_ value: Verdict) -> VerdictKey {
    switch value {
    case .accepted: .accepted
    case .rejected: .rejected
    case .deferred: .deferred
    }
  }
}

/// What a pairing is the best of.
package enum ObjectiveKey: String, MessageKey {
  case total, fairest, stable, totalExplained, fairestExplained, stableExplained

  package var message: Message {
    switch self {
    case .total: Message("Largest sum", "Mayor suma", "Maior soma")
    case .fairest: Message("Fairest", "Más equitativo", "Mais equitativo")
    case .stable: Message("Stable", "Estable", "Estável")
    case .totalExplained:
      Message(
        "the largest sum of scores",
        "la mayor suma de puntuaciones",
        "a maior soma de pontuações")
    case .fairestExplained:
      Message(
        "most pairs, then the highest lowest score",
        "más parejas y, después, la puntuación mínima más alta",
        "mais pares e, depois, a pontuação mínima mais alta")
    case .stableExplained:
      Message(
        "no two would both rather have each other",
        "no hay dos que se prefieran mutuamente",
        "não há dois que se prefiram um ao outro")
    }
  }

  static func of(_ value: CohortObjectiveName) -> ObjectiveKey {
    switch value {
    case .total: .total
    case .fairest: .fairest
    case .stable: .stable
    }
  }

  static func explained(_ value: CohortObjectiveName) -> ObjectiveKey {
    switch value {
    case .total: .totalExplained
    case .fairest: .fairestExplained
    case .stable: .stableExplained
    }
  }
}

/// What an assignment is inferred from.
package enum SignalKey: String, MessageKey {
  case plan, survey, event, other

  package var message: Message {
    switch self {
    case .plan: Message("Plan", "Plan", "Plano")
    case .survey: Message("Survey", "Encuesta", "Pesquisa")
    case .event: Message("Event", "Evento", "Evento")
    case .other: Message("Other", "Otra", "Outro")
    }
  }

  static func of(_ name: String) -> SignalKey { SignalKey(rawValue: name) ?? .other }
}
