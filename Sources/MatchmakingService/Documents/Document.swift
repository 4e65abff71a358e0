package import Classification
package import Foundation

/// Why a file gives no text to classify.
package enum DocumentError: Error, Equatable, Sendable {
  case notFound
  case unreadable(reason: String)
  case text(TextError)
  /// Neither the extension nor the content says PDF or text.
  case tooLarge(bytes: Int, limit: Int)
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
    case .tooLarge(let bytes, let limit):
      "the file has \(bytes) bytes, the limit is \(limit); split it, or raise --limit"
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
    let data = try Self.contents(of: path, limit: limit)
    if data.starts(with: Data("%PDF-".utf8)) {
      self.init(text: try PDFText.read(path: path, limit: limit), markup: .plain)
      return
    }
    let isMarkdown = ["md", "markdown"].contains((path as NSString).pathExtension.lowercased())
    do {
      self.init(text: try PlainText(data, limit: limit), markup: isMarkdown ? .markdown : .plain)
    } catch {
      throw .text(error)
    }
  }

  /// The text of a stream.
  package init(data: Data, limit: Int) throws(DocumentError) {
    do {
      self.init(text: try PlainText(data, limit: limit), markup: .plain)
    } catch {
      throw .text(error)
    }
  }

  private init(text: PlainText, markup: Classifier.Markup) {
    self.text = text
    self.markup = markup
  }

  private static func contents(of path: String, limit: Int) throws(DocumentError) -> Data {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .notFound : .unreadable(reason: String(cString: strerror(errno)))
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(reason: "not a regular file")
    }
    // A PDF's pictures do not count against the limit of its text.
    let most = max(limit, PDFText.largestFile)
    guard status.st_size <= most else { throw .tooLarge(bytes: Int(status.st_size), limit: limit) }
    do {
      return try handle.readToEnd() ?? Data()
    } catch {
      throw .unreadable(reason: error.localizedDescription)
    }
  }
}

/// Which files of a folder are documents.
package enum DocumentFinder {
  /// What `find` looks for.
  package static let extensions: Set<String> = ["txt", "text", "md", "markdown", "pdf"]

  /// The files that the paths name: files as they stand, folders as all the
  /// documents below them, in the order of their names.
  package static func find(_ paths: [String]) -> [String] {
    paths.flatMap { path -> [String] in
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
        isDirectory.boolValue
      else { return [path] }
      let below = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
      return below.filter { extensions.contains(($0 as NSString).pathExtension.lowercased()) }
        .sorted().map { (path as NSString).appendingPathComponent($0) }
    }
  }
}
