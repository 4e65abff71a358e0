/// The land of the world, from Natural Earth's public-domain data; `dev/make-coastline.py`
/// makes the file and describes its form.
enum Coastline {
  /// The land as the path of an SVG.
  static func path(in projection: Projection) -> String {
    var path = ""
    var point = (x: 0, y: 0)
    for ring in String(decoding: PackageResources.coastline_txt, as: UTF8.self).split(
      separator: "\n")
    {
      point = (0, 0)
      var last = (x: 0, y: 0)
      for (place, step) in ring.split(separator: " ").enumerated() {
        let parts = step.split(separator: ",")
        guard parts.count == 2, let x = Int(parts[0]), let y = Int(parts[1]) else { continue }
        point = (point.x + x, point.y + y)
        let flat = projection.point(
          latitude: Double(point.y) / 10, longitude: Double(point.x) / 10)
        // Tenths of the drawing's unit, as steps from what was written, so that rounding
        // never adds up.
        let tenths = (x: Int((flat.x * 10).rounded()), y: Int((flat.y * 10).rounded()))
        if place == 0 {
          path += "M\(coordinate(flat.x)) \(coordinate(flat.y))l"
        } else if tenths != last {
          path += Self.step(tenths.x - last.x) + Self.step(tenths.y - last.y, follows: true)
        }
        last = tenths
      }
      path += "z"
    }
    return path
  }

  /// A number that needs no space before it if it is negative.
  private static func step(_ tenths: Int, follows: Bool = false) -> String {
    let text = coordinate(Double(tenths) / 10)
    return tenths < 0 ? text : " " + text
  }
}
