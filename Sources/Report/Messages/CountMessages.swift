/// What is said of a number of things.
package enum CountKey: String, CaseIterable, Hashable, Sendable {
  case pairs, participants, withoutPartner, withoutPlace, unassigned, inhabitants
  case candidates, moves

  package var message: CountedMessage {
    switch self {
    case .pairs:
      CountedMessage(
        one: Message("{0} pair", "{0} pareja", "{0} par"),
        many: Message("{0} pairs", "{0} parejas", "{0} pares"))
    case .participants:
      CountedMessage(
        one: Message("{0} participant", "{0} participante", "{0} participante"),
        many: Message("{0} participants", "{0} participantes", "{0} participantes"))
    case .withoutPartner:
      CountedMessage(
        one: Message("{0} without a partner", "{0} sin pareja", "{0} sem par"),
        many: Message("{0} without a partner", "{0} sin pareja", "{0} sem par"))
    case .withoutPlace:
      CountedMessage(
        one: Message(
          "{0} participant has no coordinates and is not on the map:",
          "{0} participante no tiene coordenadas y no está en el mapa:",
          "{0} participante não tem coordenadas e não está no mapa:"),
        many: Message(
          "{0} participants have no coordinates and are not on the map:",
          "{0} participantes no tienen coordenadas y no están en el mapa:",
          "{0} participantes não têm coordenadas e não estão no mapa:"))
    case .unassigned:
      CountedMessage(
        one: Message(
          "{0} participant is in no network and not counted here.",
          "{0} participante no está en ninguna red y no se cuenta aquí.",
          "{0} participante não está em nenhuma rede e não é contado aqui."),
        many: Message(
          "{0} participants are in no network and not counted here.",
          "{0} participantes no están en ninguna red y no se cuentan aquí.",
          "{0} participantes não estão em nenhuma rede e não são contados aqui."))
    case .inhabitants:
      CountedMessage(
        one: Message("{0} inhabitant", "{0} habitante", "{0} habitante"),
        many: Message("{0} inhabitants", "{0} habitantes", "{0} habitantes"))
    case .candidates:
      CountedMessage(
        one: Message(
          "The best of {0} eligible candidate",
          "El mejor de {0} candidato elegible",
          "O melhor de {0} candidato elegível"),
        many: Message(
          "The best of {0} eligible candidates",
          "Los mejores de {0} candidatos elegibles",
          "Os melhores de {0} candidatos elegíveis"))
    case .moves:
      CountedMessage(
        one: Message(
          "{0} of {1} participants moves",
          "{0} de {1} participantes cambia",
          "{0} de {1} participantes muda"),
        many: Message(
          "{0} of {1} participants move",
          "{0} de {1} participantes cambian",
          "{0} de {1} participantes mudam"))
    }
  }
}
