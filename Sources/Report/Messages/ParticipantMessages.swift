/// What a participant's page says.
package enum ParticipantKey: String, MessageKey {
  case languages, alumni, illustrative, profile, profileNote, noPlan, primary, further
  case probability, logit, marksNote, adds, inCohort, noPartner, previousPartners, none
  case decisions, noDecisions, partners, noCandidates, sharedNetworks, bothShares, terms, noTerms
  case similarity, ahead, factor, value, weight, contribution, unknown

  package var message: Message {
    switch self {
    case .languages: Message("languages: {0}", "idiomas: {0}", "idiomas: {0}")
    case .alumni: Message("took part before", "participó antes", "participou antes")
    case .illustrative: Message("illustrative plan", "plan ilustrativo", "plano ilustrativo")
    case .profile:
      Message("Networks, from its plan", "Redes, según su plan", "Redes, segundo o seu plano")
    case .profileNote:
      Message(
        "Calibrated probability that the plan is about each network; a plan may be about "
          + "several. Open a network to read what carries it.",
        "Probabilidad calibrada de que el plan trate de cada red; un plan puede tratar de "
          + "varias. Abra una red para leer qué la sostiene.",
        "Probabilidade calibrada de que o plano trate de cada rede; um plano pode tratar de "
          + "várias. Abra uma rede para ler o que a sustenta.")
    case .noPlan: Message("No plan was read.", "No se leyó ningún plan.", "Nenhum plano foi lido.")
    case .primary: Message("primary", "principal", "principal")
    case .further: Message("further", "adicional", "adicional")
    case .probability: Message("Probability", "Probabilidad", "Probabilidade")
    case .logit: Message("Logit", "Logit", "Logit")
    case .marksNote:
      Message(
        "The more a word adds to the network, the stronger its mark and the thicker its line.",
        "Cuanto más aporta una palabra a la red, más fuerte es su marca y más gruesa su "
          + "línea.",
        "Quanto mais uma palavra contribui para a rede, mais forte é a sua marca e mais "
          + "grossa a sua linha.")
    case .adds: Message("adds {0} to the logit", "aporta {0} al logit", "contribui {0} ao logit")
    case .inCohort: Message("In this cohort", "En esta cohorte", "Nesta coorte")
    case .noPartner: Message("Without a partner", "Sin pareja", "Sem par")
    case .previousPartners:
      Message("Previous partners", "Socios anteriores", "Parceiros anteriores")
    case .none: Message("None", "Ninguno", "Nenhum")
    case .decisions: Message("Decisions", "Decisiones", "Decisões")
    case .noDecisions: Message("None recorded", "Ninguna registrada", "Nenhuma registrada")
    case .partners: Message("Best partners", "Mejores socios", "Melhores parceiros")
    case .noCandidates:
      Message(
        "Nobody is eligible under the programme’s rules.",
        "Nadie cumple las reglas del programa.",
        "Ninguém é elegível segundo as regras do programa.")
    case .sharedNetworks: Message("Networks in common", "Redes en común", "Redes em comum")
    case .bothShares: Message("{0} and {1}", "{0} y {1}", "{0} e {1}")
    case .terms: Message("Terms that align", "Términos que coinciden", "Termos que coincidem")
    case .noTerms:
      Message("No terms align.", "No hay términos que coincidan.", "Não há termos que coincidam.")
    case .similarity: Message("Similarity", "Similitud", "Semelhança")
    case .ahead:
      Message(
        "{0} ahead of the next, {1}",
        "{0} por delante del siguiente, {1}",
        "{0} à frente do seguinte, {1}")
    case .factor: Message("Factor", "Factor", "Fator")
    case .value: Message("Value", "Valor", "Valor")
    case .weight: Message("Weight", "Peso", "Peso")
    case .contribution: Message("Adds", "Aporta", "Contribui")
    case .unknown: Message("not known; left out", "no se conoce; se omite", "desconhecido; omitido")
    }
  }
}

/// What the list of participants says.
package enum PeopleKey: String, MessageKey {
  case lead, find, nobody, noNetwork, failures

  package var message: Message {
    switch self {
    case .lead:
      Message(
        "By primary network, the clearest first. The percentage is the calibrated probability "
          + "of that network.",
        "Por red principal, los más claros primero. El porcentaje es la probabilidad "
          + "calibrada de esa red.",
        "Por rede principal, os mais claros primeiro. A porcentagem é a probabilidade "
          + "calibrada dessa rede.")
    case .find: Message("Find a participant", "Buscar un participante", "Buscar um participante")
    case .nobody: Message("Nobody", "Nadie", "Ninguém")
    case .noNetwork:
      Message("In none of the networks", "En ninguna de las redes", "Em nenhuma das redes")
    case .failures:
      Message(
        "Plans that could not be read",
        "Planes que no se pudieron leer",
        "Planos que não puderam ser lidos")
    }
  }
}
