/// What the cohort page says.
package enum CohortKey: String, MessageKey {
  case verified, failed, isBest, isStable, isStopped, gap, pairs, withoutPartner, totalScore
  case meanScore, lowestScore, mapTitle, mapDescription, arcsLeftOut, europe, partner, networks
  case network, quotasNote, sum, matrixTitle, matrixDescription, quotasTitle, quotasLeftOut
  case alumni, newcomers, objectivesTitle, objective, wouldSwap, thisPairing, pairsTitle, noPairs
  case firstRows, score, pinned, scoreMadeOf, filterPairs, nameContains, country, allNetworks
  case allCountries, scoreFrom, reset, previous, next, range, noneLeft, everybodyPaired
  case reasonsLeftOut

  package var message: Message {
    switch self {
    case .verified: Message("Verified.", "Verificado.", "Verificado.")
    case .failed:
      Message(
        "The check found faults; do not use this pairing.",
        "La verificación encontró fallos; no use este emparejamiento.",
        "A verificação encontrou falhas; não use este pareamento.")
    case .isBest:
      Message(
        "No better pairing exists under these rules: the certificate proves it, and an "
          + "independent check found nothing wrong.",
        "No existe un emparejamiento mejor con estas reglas: el certificado lo demuestra y "
          + "una verificación independiente no encontró fallos.",
        "Não existe pareamento melhor sob estas regras: o certificado o prova, e uma "
          + "verificação independente não encontrou falhas.")
    case .isStable:
      Message(
        "No two participants would both rather have each other under these rules, and an "
          + "independent check found nothing wrong.",
        "Con estas reglas no hay dos participantes que se prefieran mutuamente a quienes "
          + "tienen, y una verificación independiente no encontró fallos.",
        "Sob estas regras não há dois participantes que se prefiram um ao outro, e uma "
          + "verificação independente não encontrou falhas.")
    case .isStopped:
      Message(
        "The search was stopped; this is the best pairing found. An independent check found "
          + "no rule broken.",
        "La búsqueda se detuvo; este es el mejor emparejamiento hallado. Una verificación "
          + "independiente no encontró reglas incumplidas.",
        "A busca foi interrompida; este é o melhor pareamento encontrado. Uma verificação "
          + "independente não encontrou regras violadas.")
    case .gap:
      Message(
        "It may fall short of the best by at most {0}.",
        "Puede quedar por debajo del mejor en {0} como máximo.",
        "Pode ficar abaixo do melhor em no máximo {0}.")
    case .pairs: Message("Pairs", "Parejas", "Pares")
    case .withoutPartner: Message("Without a partner", "Sin pareja", "Sem par")
    case .totalScore: Message("Sum of scores", "Suma de puntuaciones", "Soma das pontuações")
    case .meanScore: Message("Mean score", "Puntuación media", "Pontuação média")
    case .lowestScore: Message("Lowest score", "Puntuación más baja", "Pontuação mais baixa")
    case .mapTitle: Message("Where the pairs are", "Dónde están las parejas", "Onde estão os pares")
    case .mapDescription:
      Message(
        "World map with an arc for each pair, coloured by the strongest network in common: "
          + "{0}. Most go between: {1}.",
        "Mapa del mundo con un arco por pareja, del color de la red común más fuerte: {0}. La "
          + "mayoría une: {1}.",
        "Mapa-múndi com um arco para cada par, na cor da rede comum mais forte: {0}. A "
          + "maioria liga: {1}.")
    case .arcsLeftOut:
      Message(
        "The map shows the {0} strongest of {1} pairs.",
        "El mapa muestra las {0} parejas más fuertes de {1}.",
        "O mapa mostra os {0} pares mais fortes de {1}.")
    case .europe: Message("Europe", "Europa", "Europa")
    case .partner: Message("Partner", "Socio", "Parceiro")
    case .networks: Message("Networks", "Redes", "Redes")
    case .network: Message("Network", "Red", "Rede")
    case .quotasNote:
      Message(
        "The bar is the number of pairs, the line what the quota aims at and allows.",
        "La barra es el número de parejas; la línea, lo que la cuota prevé y permite.",
        "A barra é o número de pares; a linha, o que a cota prevê e permite.")
    case .sum: Message("Sum", "Suma", "Soma")
    case .matrixTitle:
      Message(
        "Participants by region and network",
        "Participantes por región y red",
        "Participantes por região e rede")
    case .matrixDescription:
      Message(
        "Participants of each region of the world by primary network. The most: {0}.",
        "Participantes de cada región del mundo por red principal. Las cifras mayores: {0}.",
        "Participantes de cada região do mundo por rede principal. Os maiores números: {0}.")
    case .quotasTitle:
      Message(
        "Pairs against the quotas",
        "Parejas frente a las cuotas",
        "Pares em relação às cotas")
    case .quotasLeftOut:
      Message(
        "This pairing was made without the quotas; they are shown for comparison.",
        "Este emparejamiento se hizo sin las cuotas; se muestran para comparar.",
        "Este pareamento foi feito sem as cotas; elas são mostradas para comparação.")
    case .alumni:
      Message("of the earlier programme", "del programa anterior", "do programa anterior")
    case .newcomers: Message("new participants", "participantes nuevos", "participantes novos")
    case .objectivesTitle:
      Message(
        "The three objectives compared",
        "Los tres objetivos comparados",
        "Os três objetivos comparados")
    case .objective: Message("Objective", "Objetivo", "Objetivo")
    case .wouldSwap: Message("Would rather swap", "Preferirían cambiar", "Prefeririam trocar")
    case .thisPairing: Message("this pairing", "este emparejamiento", "este pareamento")
    case .pairsTitle: Message("All pairs", "Todas las parejas", "Todos os pares")
    case .noPairs:
      Message(
        "No pair could be formed.",
        "No se pudo formar ninguna pareja.",
        "Nenhum par pôde ser formado.")
    case .firstRows:
      Message(
        "The {0} strongest of {1} pairs",
        "Las {0} parejas más fuertes de {1}",
        "Os {0} pares mais fortes de {1}")
    case .score: Message("Score", "Puntuación", "Pontuação")
    case .pinned: Message("pinned", "fijada", "fixado")
    case .scoreMadeOf:
      Message(
        "What the score is made of",
        "De qué se compone la puntuación",
        "De que se compõe a pontuação")
    case .filterPairs: Message("Filter the pairs", "Filtrar las parejas", "Filtrar os pares")
    case .nameContains: Message("Name", "Nombre", "Nome")
    case .country: Message("Country", "País", "País")
    case .allNetworks: Message("All networks", "Todas las redes", "Todas as redes")
    case .allCountries: Message("All countries", "Todos los países", "Todos os países")
    case .scoreFrom: Message("Score from", "Puntuación desde", "Pontuação a partir de")
    case .reset: Message("Show all", "Mostrar todo", "Mostrar tudo")
    case .previous: Message("Previous", "Anteriores", "Anteriores")
    case .next: Message("Next", "Siguientes", "Próximos")
    case .range: Message("{0}–{1} of {2}", "{0}–{1} de {2}", "{0}–{1} de {2}")
    case .noneLeft:
      Message(
        "No pair is left by these filters.",
        "Con estos filtros no queda ninguna pareja.",
        "Nenhum par corresponde a estes filtros.")
    case .everybodyPaired:
      Message("Everybody has a partner.", "Todos tienen pareja.", "Todos têm par.")
    case .reasonsLeftOut:
      Message(
        "The {0} most frequent of {1} reasons are shown.",
        "Se muestran las {0} razones más frecuentes de {1}.",
        "São mostradas as {0} razões mais frequentes de {1}.")
    }
  }
}

/// Why somebody has no partner.
package enum ReasonKey: String, MessageKey {
  case noCapacity, noCandidate, ruleMaximum, quota, wouldLose, wouldNotGrow, betterServed
  case notChosen

  package var message: Message {
    switch self {
    case .noCapacity:
      Message(
        "It takes no partner (capacity 0)",
        "No acepta socios (capacidad 0)",
        "Não aceita parceiros (capacidade 0)")
    case .noCandidate:
      Message(
        "No other candidate is eligible",
        "Ningún otro candidato es elegible",
        "Nenhum outro candidato é elegível")
    case .ruleMaximum: Message("Reached: {0}", "Alcanzado: {0}", "Atingido: {0}")
    case .quota:
      Message(
        "quota of {0}, at most {1}",
        "cuota de {0}, como máximo {1}",
        "cota de {0}, no máximo {1}")
    case .wouldLose:
      Message(
        "With {0}, its best candidate, the sum of scores would lose at least {1}",
        "Con {0}, su mejor candidato, la suma de puntuaciones perdería al menos {1}",
        "Com {0}, seu melhor candidato, a soma das pontuações perderia ao menos {1}")
    case .wouldNotGrow:
      Message(
        "With {0}, its best candidate, the sum of scores would not grow",
        "Con {0}, su mejor candidato, la suma de puntuaciones no crecería",
        "Com {0}, seu melhor candidato, a soma das pontuações não cresceria")
    case .betterServed:
      Message(
        "{0}, its best candidate, is better served by another partner",
        "{0}, su mejor candidato, tiene mejor opción con otro socio",
        "{0}, seu melhor candidato, tem melhor opção com outro parceiro")
    case .notChosen:
      Message(
        "{0} has room, but the objective is not served by it",
        "{0} tiene cupo, pero el objetivo no mejora con ello",
        "{0} tem vaga, mas o objetivo não melhora com isso")
    }
  }
}
