internal import Foundation

/// The files shipped with this target.
///
/// They are looked for here rather than through `Bundle.module`, which ends the
/// program when somebody has moved it without them.
enum Resource {
  /// The folder that SwiftPM puts beside the program.
  static let bundle = "Encuentro_Programme.resources"

  /// The bytes of the file of that name.
  static func data(_ name: String) throws(ProgrammeError) -> Data {
    let candidates = folders.map { $0.appendingPathComponent("\(bundle)/Resources/\(name)") }
    guard let file = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) })
    else {
      throw .missingResource(name: name, searched: candidates.map(\.path))
    }
    do {
      return try Data(contentsOf: file)
    } catch {
      throw .unreadable(path: file.path, reason: error.localizedDescription)
    }
  }

  /// Where the program lies, and where it really lies if it was started through
  /// a symbolic link.
  private static var folders: [URL] {
    let named = Bundle.main.bundleURL
    let real = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    guard let real, real.path != named.path else { return [named] }
    return [named, real]
  }
}
