import Foundation
import Programme

/// The Equal Earth projection (B. Šavrič, T. Patterson, B. Jenny, 2018), which keeps
/// areas: no continent looks larger than it is.
struct Projection {
  /// The drawing's width; the height follows.
  let width: Double
  let height: Double
  private let scale: Double
  private let top: Double

  /// From Greenland's middle to the south of Patagonia: what lies beyond has no city.
  static let latitudes = -57.0...78.0

  init(width: Double) {
    self.width = width
    scale = width / (2 * Self.flat(latitude: 0, longitude: 180).x)
    top = Self.flat(latitude: Self.latitudes.upperBound, longitude: 0).y * scale
    height = top - Self.flat(latitude: Self.latitudes.lowerBound, longitude: 0).y * scale
  }

  /// Where a point lies in the drawing, whose origin is its upper left corner.
  func point(latitude: Double, longitude: Double) -> Point {
    let flat = Self.flat(latitude: latitude, longitude: longitude)
    return Point(x: width / 2 + flat.x * scale, y: top - flat.y * scale)
  }

  func point(_ place: Coordinates) -> Point {
    point(latitude: place.latitude, longitude: place.longitude)
  }

  struct Point: Hashable {
    var x: Double
    var y: Double
  }

  private static func flat(latitude: Double, longitude: Double) -> Point {
    let (a1, a2, a3, a4) = (1.340264, -0.081106, 0.000893, 0.003796)
    let t = asin(3.0.squareRoot() / 2 * sin(latitude * .pi / 180))
    let (t2, t6) = (t * t, t * t * t * t * t * t)
    let slope = a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)
    return Point(
      x: 2 * 3.0.squareRoot() * (longitude * .pi / 180) * cos(t) / (3 * slope),
      y: t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2)))
  }
}
