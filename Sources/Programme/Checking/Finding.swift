/// Something found wrong, or doubtful, in a file that was checked.
public struct Finding: Hashable, Sendable {
  /// How much it matters.
  public enum Severity: String, Hashable, Sendable {
    /// The file cannot be used until this is mended.
    case error
    /// The file can be used; this is how it is understood.
    case warning
  }

  /// Whether the file can be used nevertheless.
  public let severity: Severity
  /// The name of what was read, usually a file's.
  public let source: String
  /// The line it stands on, from 1.
  public let line: Int
  /// Where in the JSON value: `$.regions[2].countries[1].code`.
  public let path: String
  /// What is wrong, with the path as the subject of the sentence: "is missing".
  public let problem: String
  /// What to do about it.
  public let remedy: String
}

extension Finding: CustomStringConvertible {
  /// One line in the form in which compilers report:
  /// `programme.json:12: error: $.version is missing; add "version"`.
  public var description: String {
    "\(source):\(line): \(severity): \(path) \(problem); \(remedy)"
  }
}

/// What came of checking a file: all findings at once, and the value if none
/// of them is an error.
public struct CheckResult<Value: Sendable>: Sendable {
  /// What the file says; nil when it has errors.
  public let value: Value?
  /// Errors and warnings in the order in which they were found, at most a
  /// thousand.
  public let findings: [Finding]
  /// How many more findings there were than are listed.
  public let omitted: Int

  /// The findings that forbid using the file.
  public var errors: [Finding] { findings.filter { $0.severity == .error } }
  /// The findings that do not.
  public var warnings: [Finding] { findings.filter { $0.severity == .warning } }

  /// The value, or all that is wrong with the file as one error.
  public func get() throws(ProgrammeError) -> Value {
    guard let value else { throw .invalid(errors, omitted: omitted) }
    return value
  }
}

/// Hears the findings of one check.
final class FindingLog {
  /// Bounds the memory that a large file with an error on each line can take.
  static let limit = 1000

  let source: String
  private var findings: [Finding] = []
  private(set) var omitted = 0
  private(set) var hasErrors = false

  init(source: String) {
    self.source = source
  }

  func add(
    _ severity: Finding.Severity, line: Int, path: String, problem: String, remedy: String
  ) {
    if severity == .error { hasErrors = true }
    guard findings.count < Self.limit else {
      omitted += 1
      return
    }
    findings.append(
      Finding(
        severity: severity, source: source, line: line, path: path, problem: problem,
        remedy: remedy))
  }

  /// The result of the check: `value`, unless an error was heard of.
  func result<Value: Sendable>(_ value: Value?) -> CheckResult<Value> {
    CheckResult(value: hasErrors ? nil : value, findings: findings, omitted: omitted)
  }
}
