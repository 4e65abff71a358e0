/// What the reassignment page says.
package enum ReassignmentKey: String, MessageKey {
  case proven, notProven, cost, dryRun, flowTitle, flowDescription, from, to, none, participants
  case before, now, sizesTitle, sizesNote, movesTitle, movesTo, movesLeftOut, nobodyMoves
  case membership, isFull, isLeast, logOdds, newcomers, unassigned

  package var message: Message {
    switch self {
    case .proven:
      Message(
        "Verified: no better assignment exists within the bounds.",
        "Verificado: no existe una asignación mejor dentro de los límites.",
        "Verificado: não existe atribuição melhor dentro dos limites.")
    case .notProven:
      Message(
        "The check of its prices failed; do not use it.",
        "La verificación de sus precios falló; no la use.",
        "A verificação dos seus preços falhou; não a use.")
    case .cost:
      Message(
        "A move costs {0} log-odds; the sum of log-odds less moves is {1}.",
        "Un cambio cuesta {0} en log-odds; la suma de log-odds menos los cambios es {1}.",
        "Uma mudança custa {0} em log-odds; a soma de log-odds menos as mudanças é {1}.")
    case .dryRun:
      Message(
        "Nothing has been put into effect.",
        "Nada se ha puesto en vigor.",
        "Nada foi posto em vigor.")
    case .flowTitle: Message("Who moves where", "Quién cambia y adónde", "Quem muda e para onde")
    case .flowDescription:
      Message(
        "Networks before and after, as high as they are large, joined by bands of those who "
          + "stay and those who move. Moves: {0}.",
        "Redes antes y después, tan altas como grandes, unidas por bandas de quienes se "
          + "quedan y quienes cambian. Cambios: {0}.",
        "Redes antes e depois, tão altas quanto grandes, unidas por faixas de quem fica e de "
          + "quem muda. Mudanças: {0}.")
    case .from: Message("From", "De", "De")
    case .to: Message("To", "A", "Para")
    case .none: Message("none", "ninguna", "nenhuma")
    case .participants: Message("Participants", "Participantes", "Participantes")
    case .before: Message("Before", "Antes", "Antes")
    case .now: Message("Now", "Ahora", "Agora")
    case .sizesTitle:
      Message(
        "Network sizes and their bounds",
        "Tamaño de las redes y sus límites",
        "Tamanho das redes e seus limites")
    case .sizesNote:
      Message(
        "The bar is the size now, the ring the size before, the lines the least and the most "
          + "allowed.",
        "La barra es el tamaño actual, el anillo el anterior, las líneas el mínimo y el "
          + "máximo permitidos.",
        "A barra é o tamanho atual, o anel o anterior, as linhas o mínimo e o máximo "
          + "permitidos.")
    case .movesTitle:
      Message(
        "Every move, with its evidence",
        "Cada cambio, con su evidencia",
        "Cada mudança, com sua evidência")
    case .movesTo: Message("moves to", "pasa a", "passa para")
    case .movesLeftOut:
      Message(
        "The first {0} of {1} moves are shown.",
        "Se muestran los primeros {0} de {1} cambios.",
        "São mostradas as primeiras {0} de {1} mudanças.")
    case .nobodyMoves: Message("Nobody moves.", "Nadie cambia.", "Ninguém muda.")
    case .membership: Message("Membership", "Pertenencia", "Pertencimento")
    case .isFull:
      Message(
        "{0} is full; a place in it costs {1} log-odds.",
        "{0} está completa; una plaza en ella cuesta {1} log-odds.",
        "{0} está completa; uma vaga nela custa {1} log-odds.")
    case .isLeast:
      Message(
        "{0} has no more participants than it must.",
        "{0} no tiene más participantes que los necesarios.",
        "{0} não tem mais participantes do que o necessário.")
    case .logOdds: Message("log-odds", "log-odds", "log-odds")
    case .newcomers:
      Message(
        "Assigned for the first time",
        "Asignados por primera vez",
        "Atribuídos pela primeira vez")
    case .unassigned: Message("Without any signal", "Sin ninguna señal", "Sem nenhum sinal")
    }
  }
}
