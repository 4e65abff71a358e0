package import Classification
import Foundation

/// Where the encoder's model file is looked for.
package enum ModelLocation {
  /// The places, in order: an explicit path alone; else the variable
  /// ENCUENTRO_MODEL alone; else `Model/encoder.bin` in any folder above the
  /// program or in the working folder, and `share/encuentro` beside its `bin`.
  package static func candidates(explicit: String?) -> [String] {
    if let explicit { return [explicit] }
    if let path = ProcessInfo.processInfo.environment["ENCUENTRO_MODEL"], !path.isEmpty {
      return [path]
    }
    var places: [String] = []
    if let program = Bundle.main.executableURL?.resolvingSymlinksInPath() {
      var folder = program.deletingLastPathComponent()
      places.append(folder.appending(path: "../share/encuentro/encoder.bin").standardized.path)
      for _ in 0..<6 {
        places.append(folder.appending(path: "Model/encoder.bin").path)
        folder = folder.deletingLastPathComponent()
      }
    }
    places.append("Model/encoder.bin")
    return places
  }

  /// The first place that has the file.
  package static func find(explicit: String? = nil) throws(ModelError) -> String {
    let places = candidates(explicit: explicit)
    guard let found = places.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      // Of the many folders above the program, one is enough to name.
      throw .missing(searched: Array(places.prefix(1) + places.dropFirst().suffix(1)))
    }
    return found
  }
}
