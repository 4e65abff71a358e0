import Foundation
import TestSupport
import Testing

/// Runs the built program as a user would.
struct Tool {
  struct Result {
    var output: String
    var errors: String
    var code: Int32
  }

  /// The folder that holds the test bundle holds the program.
  static var url: URL {
    URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "encuentro")
  }

  static func run(
    _ arguments: String..., input: Data = Data(), environment: [String: String] = [:]
  ) throws -> Result {
    try run(arguments, input: input, environment: environment)
  }

  static func run(
    _ arguments: [String], input: Data = Data(), standardInput: FileHandle? = nil,
    environment: [String: String] = [:]
  ) throws -> Result {
    let folder = try TemporaryFolder()
    // Files instead of pipes: no output is ever too long to be read later.
    let (inFile, outFile, errorFile) = (
      try folder.write(input, to: "in"), try folder.write(Data(), to: "out"),
      try folder.write(Data(), to: "err")
    )
    let process = process(arguments, environment: environment)
    process.standardInput = try standardInput ?? FileHandle(forReadingFrom: inFile)
    process.standardOutput = try FileHandle(forWritingTo: outFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    process.waitUntilExit()
    return Result(
      output: try String(contentsOf: outFile, encoding: .utf8),
      errors: try String(contentsOf: errorFile, encoding: .utf8), code: process.terminationStatus)
  }

  /// The program, not yet started.
  static func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = Repository.root
    return process
  }

  /// A folder with `none.json`: the shipped heads, but sure that no text is
  /// about any network.
  static func headsThatAlwaysSayNone() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let shipped = Repository.root.appending(
      path: "Sources/Classification/Resources/heads.json")
    var object = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: shipped)) as? [String: Any])
    object["topicThreshold"] = 1
    object["bias"] = [Float](repeating: -50, count: 8)
    try folder.write(JSONSerialization.data(withJSONObject: object), to: "none.json")
    return folder
  }
}

/// PDF files small enough to be written by hand.
enum HandmadePDF {
  /// One page with a line of text, or with nothing but a rectangle.
  static func page(text: String?) -> Data {
    let drawing = text.map { "BT /F1 12 Tf 72 700 Td (\($0)) Tj ET" } ?? "72 72 200 200 re f"
    let objects = [
      "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        + "/Resources << /Font << /F1 5 0 R >> >> >>",
      "<< /Length \(drawing.utf8.count) >>\nstream\n\(drawing)\nendstream",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    var file = "%PDF-1.4\n"
    var offsets: [Int] = []
    for (index, object) in objects.enumerated() {
      offsets.append(file.utf8.count)
      file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
    }
    let start = file.utf8.count
    file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
    for offset in offsets {
      let digits = String(offset)
      file += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
    }
    file += "trailer << /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
    return Data(file.utf8)
  }
}
