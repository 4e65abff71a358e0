import Foundation
import TestSupport
import Testing

@Suite struct ClassifyCommandTests {
  static let busText = """
    The transport authority renews its bus fleet, adds lanes for buses and bicycles, and joins \
    the fares of tram, bus and train, so that commuters leave the car at home.
    """

  struct View: Decodable {
    struct Score: Decodable {
      var network: String
      var logit: Double
      var probability: Double
    }
    var document: String
    var primary: String?
    var scores: [Score]
  }

  func views(_ output: String) throws -> [View] {
    try JSONDecoder().decode([View].self, from: Data(output.utf8))
  }

  @Test func standardInputAsJSON() throws {
    let result = try Tool.run("classify", "--json", input: Data(Self.busText.utf8))
    #expect(result.code == 0)
    let view = try #require(try views(result.output).first)
    #expect(view.primary == "N1")
    #expect(view.scores.map(\.network) == (1...7).map { "N\($0)" })
    for score in view.scores {
      #expect(abs(score.probability - 1 / (1 + exp(-score.logit))) < 1e-9)
    }
  }

  @Test func textNamesTheNetworkAndItsEvidence() throws {
    let result = try Tool.run("classify", "-", input: Data(Self.busText.utf8))
    #expect(result.code == 0)
    #expect(result.output.contains("Urban Mobility, Connectivity and Transportation"))
    #expect(result.output.contains("carried by"))
  }

  @Test(arguments: [
    (Data(), "the text is empty"), (Data(" \n\t ".utf8), "the text is empty"),
    (Data([0x61, 0xFF, 0x62]), "not valid UTF-8 at byte 1"),
    (Data([0x61, 0x62, 0x00, 0x63]), "a NUL at byte 2"),
    (Data(repeating: 0x61, count: (16 << 20) + 1), "the limit is 16777216"),
  ])
  func badInput(_ input: Data, _ message: String) throws {
    let result = try Tool.run("classify", input: input)
    #expect(result.code == 65)
    #expect(result.errors.contains(message))
    #expect(result.output.isEmpty)
  }

  @Test func aBadFileAmongManyIsReportedAndTheRestClassified() throws {
    let folder = try TemporaryFolder()
    for index in 0..<30 {
      try folder.write(
        Data((Self.busText + " Line \(index).").utf8), to: "plan\(100 + index).txt")
    }
    try folder.write(Data([0xFF, 0xFE, 0x00]), to: "plan110a.txt")
    let result = try Tool.run(
      "classify", "--json", "--evidence", "0", folder.url.path, folder.file("absent.txt").path)
    #expect(result.code == 65)
    let names = try views(result.output).map { URL(filePath: $0.document).lastPathComponent }
    #expect(names == (0..<30).map { "plan\(100 + $0).txt" })
    #expect(result.errors.contains("plan110a.txt: "))
    #expect(result.errors.contains("absent.txt: no such file"))
    #expect(result.errors.contains("2 of 32 documents"))
  }

  @Test func readsPDF() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(HandmadePDF.page(text: Self.busText), to: "plan.pdf")
    let result = try Tool.run("classify", "--json", file.path)
    #expect(result.code == 0)
    #expect(try views(result.output).first?.primary == "N1")
  }

  @Test func aPDFWithoutTextAndADamagedOneSaySo() throws {
    let folder = try TemporaryFolder()
    let image = try folder.write(HandmadePDF.page(text: nil), to: "scan.pdf")
    let damaged = try folder.write(Data("%PDF-1.4\nnothing".utf8), to: "broken.pdf")
    let result = try Tool.run("classify", image.path, damaged.path)
    #expect(result.code == 65)
    #expect(result.errors.contains("scan.pdf: the PDF holds no text, only images"))
    #expect(result.errors.contains("broken.pdf: not a PDF that pdftotext reads"))
  }

  @Test func anEncryptedPDFSaysSo() throws {
    let folder = try TemporaryFolder()
    let open = try folder.write(HandmadePDF.page(text: Self.busText), to: "open.pdf")
    let locked = folder.file("locked.pdf")
    let qpdf = Process()
    qpdf.executableURL = URL(filePath: "/usr/bin/env")
    qpdf.arguments = ["qpdf", "--encrypt", "user", "owner", "256", "--", open.path, locked.path]
    try qpdf.run()
    qpdf.waitUntilExit()
    #expect(qpdf.terminationStatus == 0)
    let result = try Tool.run("classify", locked.path)
    #expect(result.code == 65)
    #expect(result.errors.contains("the PDF asks for a password"))
  }

  @Test func aMissingOrDamagedModelNamesTheFileAndTheRemedy() throws {
    let folder = try TemporaryFolder()
    let cut = try folder.write(Data("ENCMODEL".utf8) + Data(count: 100), to: "cut.bin")
    for path in [folder.file("absent.bin").path, cut.path] {
      let result = try Tool.run("classify", "--model", path, input: Data(Self.busText.utf8))
      #expect(result.code == 69)
      #expect(result.errors.contains(path))
      #expect(result.errors.contains("make model"))
    }
  }
}
