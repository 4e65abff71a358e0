package import Classification
import Foundation
import Programme

/// Why a file gives no text to classify.
package enum DocumentError: Error, Equatable, Sendable {
  case notFound
  case unreadable(reason: String)
  case text(TextError)
  /// More bytes of text than the limit.
  case tooLarge(limit: Int)
  /// A PDF file of more bytes than `pdftotext` is asked to read.
  case pdfTooLarge(limit: Int)
  case pdfToolMissing
  case pdfEncrypted
  /// No text in the PDF: scanned pages.
  case pdfWithoutText
  case pdfDamaged(reason: String)
  case pdfTimedOut(seconds: Int)
}

extension DocumentError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFound: "no such file"
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .text(let error): error.description
    case .tooLarge(let limit):
      "there are more bytes of text than the limit; the limit is \(limit); split it, or raise "
        + "--limit"
    case .pdfTooLarge(let limit): "the PDF is too large; the limit is \(limit) bytes; split it"
    case .pdfToolMissing: "PDF needs poppler's pdftotext; install the package poppler-utils"
    case .pdfEncrypted: "the PDF asks for a password; save it without one"
    case .pdfWithoutText:
      "the PDF holds no text, only images; run it through OCR first, for example ocrmypdf"
    case .pdfDamaged(let reason): "not a PDF that pdftotext reads: \(reason)"
    case .pdfTimedOut(let seconds): "pdftotext did not finish within \(seconds) s"
    }
  }
}

/// A document's text, and how to read it.
package struct Document: Sendable {
  package var text: PlainText
  package var markup: Classifier.Markup

  /// Reads a text, Markdown or PDF file, told apart by content and extension.
  ///
  /// - Parameter limit: the most bytes of text.
  package init(path: String, limit: Int) throws(DocumentError) {
    // O_NONBLOCK: opening a FIFO must not wait for somebody to write to it.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw DocumentError(.ofLastCall, path: path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(reason: "not a regular file; what a program writes goes to standard input")
    }
    var start = [UInt8](repeating: 0, count: 5)
    if pread(descriptor, &start, 5, 0) == 5, start.elementsEqual("%PDF-".utf8) {
      // A PDF's pictures do not count against the limit of its text.
      guard status.st_size <= PDFText.largestFile else {
        throw .pdfTooLarge(limit: PDFText.largestFile)
      }
      self.init(text: try PDFText.read(path: path, limit: limit), markup: .plain)
      return
    }
    let isMarkdown = ["md", "markdown"].contains((path as NSString).pathExtension.lowercased())
    try self.init(
      descriptor: descriptor, path: path, markup: isMarkdown ? .markdown : .plain, limit: limit)
  }

  /// The text of a stream.
  package init(descriptor: Int32, limit: Int) throws(DocumentError) {
    try self.init(descriptor: descriptor, path: "", markup: .plain, limit: limit)
  }

  private init(
    descriptor: Int32, path: String, markup: Classifier.Markup, limit: Int
  ) throws(DocumentError) {
    let data: Data
    do {
      data = try BoundedBytes.read(descriptor, limit: limit)
    } catch {
      throw DocumentError(error, path: path)
    }
    do {
      self.init(text: try PlainText(data, limit: limit), markup: markup)
    } catch {
      throw .text(error)
    }
  }

  private init(text: PlainText, markup: Classifier.Markup) {
    self.text = text
    self.markup = markup
  }
}

extension DocumentError {
  fileprivate init(_ failure: BoundedBytes.Failure, path: String) {
    self =
      switch failure {
      // What is no UTF-8 became U+FFFD on its way here, so no file has the name.
      case .notFound where path.contains("\u{FFFD}"):
        .unreadable(reason: "its name is not UTF-8; rename it")
      case .notFound: .notFound
      case .unreadable(let reason): .unreadable(reason: reason)
      case .tooMany(let limit): .tooLarge(limit: limit)
      }
  }
}

/// Which files of a folder are documents.
package enum DocumentFinder {
  /// What `find` looks for.
  package static let extensions: Set<String> = ["txt", "text", "md", "markdown", "pdf"]

  /// The files that the paths name: files as they stand, folders as all the
  /// documents below them, in the order of their names. A folder that cannot be
  /// read stands for itself, so that it is reported like a document; links to
  /// folders are not followed, which could lead round in a circle.
  package static func find(_ paths: [String]) -> [String] {
    paths.flatMap { path in kind(of: path, stat) == S_IFDIR ? documents(below: path) : [path] }
  }

  private static func documents(below folder: String) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      return [folder]
    }
    return names.sorted().flatMap { name -> [String] in
      let path = (folder as NSString).appendingPathComponent(name)
      if kind(of: path, lstat) == S_IFDIR { return documents(below: path) }
      let isDocument = extensions.contains((name as NSString).pathExtension.lowercased())
      return isDocument && kind(of: path, stat) != S_IFDIR ? [path] : []
    }
  }

  private static func kind(
    of path: String, _ call: (UnsafePointer<CChar>, UnsafeMutablePointer<stat>) -> Int32
  ) -> mode_t? {
    var status = stat()
    return call(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }
}
