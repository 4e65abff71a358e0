import Programme

/// The dossier's colours, each for light and dark. Networks differ from each other for
/// every kind of colour vision (tested), and no colour stands alone: labels say the same.
package enum Palette {
  package struct Colour: Sendable, Equatable {
    package var light: UInt32
    package var dark: UInt32

    init(_ light: UInt32, _ dark: UInt32) {
      self.light = light
      self.dark = dark
    }
  }

  /// What lies behind everything, and behind what is set apart.
  package static let ground = Colour(0xFF_FFFF, 0x16_181D)
  package static let shade = Colour(0xF4_F5F7, 0x20_232A)
  /// Text, text that matters less, links and what can be pressed.
  package static let ink = Colour(0x1B_1F24, 0xE9_EBEE)
  package static let quiet = Colour(0x56_5E6A, 0xA9_B0BB)
  package static let accent = Colour(0x0A_56A8, 0x8A_B9F5)
  /// Lines that only order the page, and those round what can be used.
  package static let hairline = Colour(0xDF_E2E7, 0x33_3842)
  package static let outline = Colour(0x7C_8592, 0x7F_8896)
  package static let good = Colour(0x17_6B42, 0x6F_D3A0)
  package static let bad = Colour(0xA8_2A12, 0xFF_9C85)
  package static let land = Colour(0xE6_E8EC, 0x2C_3038)

  /// The networks', in the order of their numbers; from the eighth on they begin again.
  package static let networks = [
    Colour(0x04_54C7, 0x5B_8CF7), Colour(0xCC_6F00, 0xFD_D226), Colour(0x68_2465, 0xC0_6CAC),
    Colour(0x0F_8355, 0x11_A669), Colour(0x37_90D8, 0x7A_CBFF), Colour(0xB0_2608, 0xE0_7A24),
    Colour(0x87_829B, 0xC3_CFCD),
  ]

  /// The factors', in the order of `Factor.allCases`.
  package static let factors = [
    Colour(0x3F_8795, 0x5A_A3B5), Colour(0x1F_4E5F, 0x93_CBDB), Colour(0x8F_6B2B, 0xC9_A361),
    Colour(0x6F_7486, 0x8A_90A3), Colour(0x46_3F73, 0xB5_AEE6), Colour(0xA3_4D79, 0xD9_8CB4),
    Colour(0x57_7A33, 0x9B_C276),
  ]

  /// The class that gives something the colour of a network, "N3".
  static func className(of label: String) -> String {
    guard let id = Network.ID(label: label) else { return "n0" }
    return "n\(id.index % networks.count + 1)"
  }

  static func className(of factor: Factor) -> String {
    "f\((Factor.allCases.firstIndex(of: factor) ?? 0) + 1)"
  }

  /// The style sheet's variables.
  static var styles: String {
    let named: [(String, Colour)] =
      [
        ("ground", ground), ("shade", shade), ("ink", ink), ("quiet", quiet), ("accent", accent),
        ("hairline", hairline), ("outline", outline), ("good", good), ("bad", bad), ("land", land),
      ] + networks.enumerated().map { ("n\($0 + 1)", $1) }
      + factors.enumerated().map { ("f\($0 + 1)", $1) }
    func block(_ colour: (Colour) -> UInt32) -> String {
      named.map { "--\($0):\(hex(colour($1)))" }.joined(separator: ";")
    }
    let classes = named.dropFirst(10).map { ".\($0.0){--c:var(--\($0.0))}" }.joined()
    return """
      :root{color-scheme:light dark;\(block(\.light))}
      @media screen and (prefers-color-scheme:dark){:root{\(block(\.dark))}}
      .n0{--c:var(--outline)}\(classes)
      """
  }

  private static func hex(_ colour: UInt32) -> String {
    let digits = String(colour, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
