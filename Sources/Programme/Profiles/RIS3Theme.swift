/// A theme of a smart specialisation strategy (RIS3), as the bulletin names them.
public enum RIS3Theme: String, CaseIterable, Codable, Hashable, Sendable {
  case sustainability
  case agrifood = "agriculture and food processing"
  case tourism
  case renewableEnergy = "renewable energy"
  case industrialModernisation = "industrial modernisation"
  case ict = "information and communication technologies"
  case internationalCooperation = "international cooperation"
}
