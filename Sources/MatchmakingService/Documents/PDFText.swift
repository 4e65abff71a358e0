import Classification
import Foundation

/// Text of PDF files, through poppler's `pdftotext`.
enum PDFText {
  /// The largest PDF that is handed to `pdftotext`.
  static let largestFile = 512 << 20
  private static let seconds = 60

  /// - Parameter limit: the most bytes of text.
  static func read(path: String, limit: Int) throws(DocumentError) -> PlainText {
    guard let tool = executable("pdftotext") else { throw .pdfToolMissing }
    let process = Process()
    process.executableURL = URL(filePath: tool)
    process.arguments = ["-q", "-enc", "UTF-8", "-eol", "unix", URL(filePath: path).path, "-"]
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw .pdfDamaged(reason: error.localizedDescription)
    }
    let deadline = DispatchWorkItem { process.terminate() }
    let start = ContinuousClock.now
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds), execute: deadline)
    var data = Data()
    while data.count <= limit {
      let part = output.fileHandleForReading.availableData
      if part.isEmpty { break }
      data.append(part)
    }
    if data.count > limit { process.terminate() }
    process.waitUntilExit()
    deadline.cancel()
    guard data.count <= limit else { throw .tooLarge(limit: limit) }
    if process.terminationReason == .uncaughtSignal {
      guard ContinuousClock.now - start < .seconds(seconds) else {
        throw .pdfTimedOut(seconds: seconds)
      }
      throw .pdfDamaged(reason: "pdftotext ended with signal \(process.terminationStatus)")
    }
    guard process.terminationStatus == 0 else {
      // pdftotext gives the same status for a password and for damage.
      let bytes = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
      if bytes?.range(of: Data("/Encrypt".utf8)) != nil { throw .pdfEncrypted }
      throw .pdfDamaged(reason: "pdftotext ended with status \(process.terminationStatus)")
    }
    do {
      return try PlainText(data, limit: limit)
    } catch .empty {
      throw .pdfWithoutText
    } catch {
      throw .text(error)
    }
  }

  private static func executable(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
