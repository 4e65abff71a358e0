import Foundation
import Testing

@testable import Report

@Suite struct PaletteTests {
  typealias Colour = SIMD3<Double>

  /// Linear red, green and blue.
  private func linear(_ colour: UInt32) -> Colour {
    let parts = [16, 8, 0].map { Double(colour >> $0 & 0xFF) / 255 }
    let linear = parts.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
    return Colour(linear[0], linear[1], linear[2])
  }

  private func luminance(_ colour: UInt32) -> Double {
    (linear(colour) * Colour(0.2126, 0.7152, 0.0722)).sum()
  }

  /// The contrast of WCAG 2.2.
  private func contrast(_ one: UInt32, _ other: UInt32) -> Double {
    let (a, b) = (luminance(one), luminance(other))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  private static let modes: [@Sendable (Palette.Colour) -> UInt32] = [{ $0.light }, { $0.dark }]

  @Test func textIsReadable() {
    for mode in Self.modes {
      for text in [Palette.ink, Palette.quiet, Palette.accent, Palette.good, Palette.bad] {
        for ground in [Palette.ground, Palette.shade] {
          #expect(contrast(mode(text), mode(ground)) >= 4.5)
        }
      }
    }
  }

  @Test func drawingsAreVisible() {
    for mode in Self.modes {
      for colour in Palette.networks + Palette.factors + [Palette.outline] {
        #expect(contrast(mode(colour), mode(Palette.ground)) >= 3, "\(mode(colour))")
      }
    }
  }

  @Test func numbersOnTheMatrixAreReadable() {
    for mode in Self.modes {
      // The strongest cell is as opaque as 46 of 100.
      let (ground, accent) = (mode(Palette.ground), mode(Palette.accent))
      let mixed = [16, 8, 0].reduce(UInt32(0)) { sum, shift in
        let (a, b) = (Double(ground >> shift & 0xFF), Double(accent >> shift & 0xFF))
        return sum | UInt32(a * 0.54 + b * 0.46) << UInt32(shift)
      }
      #expect(contrast(mode(Palette.ink), mixed) >= 4.5)
    }
  }

  /// Networks differ for everybody: seen as without red, green or blue cones (G. Machado
  /// et al., 2009), no two are nearer than colours that are told apart at a glance.
  @Test func networksAreToldApart() {
    let visions: [[Colour]] = [
      [Colour(1, 0, 0), Colour(0, 1, 0), Colour(0, 0, 1)],
      [
        Colour(0.152286, 1.052583, -0.204868), Colour(0.114503, 0.786281, 0.099216),
        Colour(-0.003882, -0.048116, 1.051998),
      ],
      [
        Colour(0.367322, 0.860646, -0.227968), Colour(0.280085, 0.672501, 0.047413),
        Colour(-0.011820, 0.042940, 0.968881),
      ],
      [
        Colour(1.255528, -0.076749, -0.178779), Colour(-0.078411, 0.930809, 0.147602),
        Colour(0.004733, 0.691367, 0.303900),
      ],
    ]
    for mode in Self.modes {
      for vision in visions {
        let seen = Palette.networks.map { colour in
          let rgb = linear(mode(colour))
          return lab(
            Colour((vision[0] * rgb).sum(), (vision[1] * rgb).sum(), (vision[2] * rgb).sum()))
        }
        for i in seen.indices {
          for j in seen[..<i].indices {
            let difference = seen[i] - seen[j]
            #expect((difference * difference).sum().squareRoot() >= 15, "N\(j + 1), N\(i + 1)")
          }
        }
      }
    }
  }

  private func lab(_ rgb: Colour) -> Colour {
    let rgb = rgb.clamped(lowerBound: .zero, upperBound: .one)
    let xyz = [
      Colour(0.4124564, 0.3575761, 0.1804375) / 0.95047,
      Colour(0.2126729, 0.7151522, 0.0721750),
      Colour(0.0193339, 0.1191920, 0.9503041) / 1.08883,
    ].map { ($0 * rgb).sum() }
    let f = xyz.map { $0 > 0.008856 ? cbrt($0) : 7.787 * $0 + 16.0 / 116 }
    return Colour(116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2]))
  }
}
