/// Why the programme's data cannot be used. Every case says what to do about it.
public enum ProgrammeError: Error, Equatable, Sendable {
  /// A file that is shipped with the program is not where it should be.
  case missingResource(name: String, searched: [String])
  /// A file is there and cannot be read.
  case unreadable(path: String, reason: String)
  /// A file says something that cannot be; `omitted` more findings are not
  /// listed.
  case invalid([Finding], omitted: Int)
}

extension ProgrammeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missingResource(let name, let searched):
      return "the file \(name) that belongs to this program is missing; looked for "
        + searched.joined(separator: ", ")
        + "; keep the folder \(Resource.bundle) beside the program"
    case .unreadable(let path, let reason):
      return "the file \(path) cannot be read: \(reason); see that it may be read"
    case .invalid(let findings, let omitted):
      let rest = omitted > 0 ? ["and \(omitted) more findings"] : []
      return (findings.map(\.description) + rest).joined(separator: "\n")
    }
  }
}
