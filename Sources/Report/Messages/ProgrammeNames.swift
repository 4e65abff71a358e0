import Foundation
import Programme

/// The names of networks, regions and countries in the reader's language. A definition
/// has its names in one language; those of the shipped one are known in the others too.
/// A name that somebody changed stays as it is.
struct ProgrammeNames {
  private let programme: ProgrammeDefinition
  private let words: Words
  private let countries: [String: String]

  init(_ programme: ProgrammeDefinition, _ words: Words) {
    self.programme = programme
    self.words = words
    let locale = words.language == .english ? nil : Locale(identifier: words.language.rawValue)
    countries = Dictionary(
      programme.regions.flatMap(\.countries).map { country in
        (country.code, locale?.localizedString(forRegionCode: country.code) ?? country.name)
      }, uniquingKeysWith: { first, _ in first })
  }

  func country(_ code: String) -> String { countries[code] ?? code }

  func network(_ label: String) -> String {
    guard let network = programme.network(label: label) else { return label }
    return "\(label) \(translated(network.name, Self.networks[network.slug]?.full))"
  }

  /// The name without the label, short enough for a chart.
  func shortNetwork(_ label: String) -> String {
    guard let network = programme.network(label: label) else { return label }
    return translated(network.shortName, Self.networks[network.slug]?.short)
  }

  /// A region's name, short enough for a chart.
  func region(_ id: String) -> String {
    guard let region = programme.region(id: id) else { return id }
    guard let known = Self.regions[id], known.name == region.name else { return region.name }
    return known.short[words.language]
  }

  private func translated(_ name: String, _ message: Message?) -> String {
    guard let message, message.english == name else { return name }
    return message[words.language]
  }

  private struct NetworkName {
    var short: Message
    var full: Message
  }

  private static let regions: [String: (name: String, short: Message)] = [
    "europe": (
      "European Union and the European states that took part",
      Message("Europe", "Europa", "Europa")
    ),
    "latin-america": (
      "Latin America", Message("Latin America", "América Latina", "América Latina")
    ),
    "north-america": (
      "North America", Message("North America", "América del Norte", "América do Norte")
    ),
    "china": ("China", Message("China", "China", "China")),
    "japan": ("Japan", Message("Japan", "Japón", "Japão")),
    "india": ("India", Message("India", "India", "Índia")),
    "asia-australasia": (
      "Asia & Australasia",
      Message("Asia & Australasia", "Asia y Australasia", "Ásia e Australásia")
    ),
  ]

  private static let networks: [String: NetworkName] = [
    "mobility": NetworkName(
      short: Message("Mobility", "Movilidad", "Mobilidade"),
      full: Message(
        "Urban Mobility, Connectivity and Transportation",
        "Movilidad urbana, conectividad y transporte",
        "Mobilidade urbana, conectividade e transportes")),
    "smart-cities": NetworkName(
      short: Message("Smart cities", "Ciudades inteligentes", "Cidades inteligentes"),
      full: Message(
        "Smart Cities and Digital Transition", "Ciudades inteligentes y transición digital",
        "Cidades inteligentes e transição digital")),
    "regeneration": NetworkName(
      short: Message("Regeneration", "Regeneración", "Regeneração"),
      full: Message(
        "Urban Regeneration and Renewal: Poverty Reduction, Housing, Social Inclusion-Cohesion, Equity",
        "Regeneración y renovación urbana: reducción de la pobreza, vivienda, inclusión y cohesión social, equidad",
        "Regeneração e renovação urbana: redução da pobreza, habitação, inclusão e coesão social, equidade"
      )),
    "circular-economy": NetworkName(
      short: Message("Circular economy", "Economía circular", "Economia circular"),
      full: Message(
        "Circular economy, waste and sustainable production / consumption",
        "Economía circular, residuos y producción y consumo sostenibles",
        "Economia circular, resíduos e produção e consumo sustentáveis")),
    "healthy-cities": NetworkName(
      short: Message("Healthy cities", "Ciudades saludables", "Cidades saudáveis"),
      full: Message(
        "Sustainable and healthy cities, sustainable land use, nature-based solutions",
        "Ciudades sostenibles y saludables, uso sostenible del suelo, soluciones basadas en la naturaleza",
        "Cidades sustentáveis e saudáveis, uso sustentável do solo, soluções baseadas na natureza")),
    "climate-energy": NetworkName(
      short: Message("Climate & energy", "Clima y energía", "Clima e energia"),
      full: Message(
        "Action for climate, energy, water and air quality",
        "Acción por el clima, energía, agua y calidad del aire",
        "Ação pelo clima, energia, água e qualidade do ar")),
    "innovation-growth": NetworkName(
      short: Message("Innovation & growth", "Innovación y crecimiento", "Inovação e crescimento"),
      full: Message(
        "Innovation and Economic Growth, Strategic Sectors, Employment and Skills",
        "Innovación y crecimiento económico, sectores estratégicos, empleo y competencias",
        "Inovação e crescimento econômico, setores estratégicos, emprego e competências")),
  ]
}
