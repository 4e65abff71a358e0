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

  @Test func textOfTheLargestSizeIsRead() throws {
    let text = Data(Self.busText.utf8)
    let input = text + Data(repeating: 0x20, count: (16 << 20) - text.count)
    let result = try Tool.run("classify", "--json", "--evidence", "0", input: input)
    #expect(result.code == 0)
    #expect(try views(result.output).first?.primary == "N1")
    let folder = try TemporaryFolder()
    let file = try folder.write(input + [0x20], to: "large.txt")
    let refused = try Tool.run("classify", file.path)
    #expect(refused.code == 65)
    #expect(refused.errors.contains("large.txt: there are more bytes of text than the limit"))
  }

  @Test func badFilesAmongAThousandAreReportedAndTheRestClassified() throws {
    let folder = try TemporaryFolder()
    let names = (1000..<2000).map { "plan\($0).txt" }
    for name in names { try folder.write(Data("A cycle path for \(name).".utf8), to: name) }
    let bad: [(name: String, bytes: Data, message: String)] = [
      ("plan1100.txt", Data([0x61, 0xFF]), "not valid UTF-8 at byte 1"),
      ("plan1200.txt", Data([0x7F, 0x45, 0x4C, 0x46, 0, 0]), "a NUL at byte 4"),
      ("plan1300.txt", Data(), "the text is empty"),
      ("plan1400.txt", Data("%PDF-1.7\nbroken".utf8), "not a PDF that pdftotext reads"),
      ("plan1500.txt", Data(repeating: 0x61, count: 2000), "the limit is 1000"),
    ]
    for file in bad { try folder.write(file.bytes, to: file.name) }
    try FileManager.default.removeItem(at: folder.file("plan1600.txt"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("plan1600.txt").path, withDestinationPath: "absent")
    let result = try Tool.run(
      "classify", "--json", "--evidence", "0", "--limit", "1000", folder.url.path,
      folder.file("absent.txt").path)
    #expect(result.code == 65)
    let found = try views(result.output).map { URL(filePath: $0.document).lastPathComponent }
    #expect(
      found == names.filter { name in !bad.contains { $0.name == name } && !name.contains("1600") })
    let reports = result.errors.split(separator: "\n")
    #expect(reports.count == 8)
    for (report, file) in zip(reports, bad) {
      #expect(report.contains("\(file.name): ") && report.contains(file.message))
    }
    #expect(reports[5].hasSuffix("plan1600.txt: no such file"))
    #expect(reports[6].hasSuffix("absent.txt: no such file"))
    #expect(reports[7].hasSuffix("7 of 1001 documents could not be classified"))
  }

  @Test func noneOfTheNetworksIsNull() throws {
    let recipe = "Beat the eggs with sugar, fold in the flour, and bake the cake for an hour."
    let heads = try Tool.headsThatAlwaysSayNone()
    let result = try Tool.run(
      "classify", "--json", "--heads", heads.file("none.json").path, input: Data(recipe.utf8))
    #expect(result.code == 0)
    #expect(result.output.contains(#""primary" : null"#))
    let sample = try Tool.run("sample", "--json", "--heads", heads.file("none.json").path)
    #expect(sample.code == 0)
    #expect(sample.output.contains(#""primary" : null"#))
    #expect(sample.output.contains(#""passage" : null"#))
  }

  @Test func whatNeverEndsIsRefused() throws {
    for (arguments, message) in [
      (["classify", "/dev/zero"], "not a regular file"),
      (["evaluate", "classification", "/dev/zero"], "the limit is"),
      (["classify", "--heads", "/dev/zero", "-"], "/dev/zero does not hold heads"),
      (["classify", "--model", "/dev/zero", "-"], "/dev/zero is damaged"),
    ] {
      let result = try Tool.run(arguments, input: Data(Self.busText.utf8))
      #expect(result.code == 65 || result.code == 69)
      #expect(result.errors.contains(message), "\(arguments): \(result.errors)")
    }
    let endless = try Tool.run(
      ["classify"], standardInput: FileHandle(forReadingFrom: URL(filePath: "/dev/zero")))
    #expect(endless.code == 65)
    #expect(endless.errors.contains("the limit is 16777216"))
  }

  @Test func textCannotSteerTheTerminal() throws {
    let folder = try TemporaryFolder()
    let hostile = Self.busText + " \u{1B}[2J\u{1B}]0;title\u{7} \u{9B}31m trams \u{202E}rides"
    let file = try folder.write(Data(hostile.utf8), to: "a\u{1B}[31m.txt")
    let absent = folder.file("b\u{1B}[31m.txt")
    let result = try Tool.run("classify", file.path, absent.path)
    #expect(result.code == 65)
    for text in [result.output, result.errors] {
      #expect(
        !text.unicodeScalars.contains { ["\u{1B}", "\u{7}", "\u{9B}", "\u{202E}"].contains($0) })
    }
    #expect(result.output.contains("trams"))
  }

  @Test func oddTextIsClassified() throws {
    for text in [
      String(repeating: "a", count: 10_000), String(repeating: "تخطيط المدينة ", count: 20),
      String(repeating: "👩🏽‍🚒🚲", count: 500), String(repeating: "e\u{301}\u{323}", count: 5000),
      "\u{B}cycle\u{B}paths\u{85}and\u{2028}buses",
    ] {
      let result = try Tool.run("classify", input: Data(text.utf8))
      #expect(result.code == 0, "\(text.prefix(20)): \(result.errors)")
    }
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

  @Test func aPDFWithMoreTextThanTheLimitIsRefused() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(HandmadePDF.page(text: Self.busText), to: "plan.pdf")
    let result = try Tool.run("classify", "--limit", "100", file.path)
    #expect(result.code == 65)
    #expect(result.errors.contains("plan.pdf: there are more bytes of text than the limit"))
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
    let model = try Data(
      contentsOf: Repository.root.appending(path: "Model/encoder.bin"), options: .mappedIfSafe)
    let truncated = try folder.write(model.prefix(model.count - 1), to: "truncated.bin")
    var bytes = model
    bytes[model.count / 2] ^= 1
    let damaged = try folder.write(bytes, to: "damaged.bin")
    let other = try folder.write(Data(Self.busText.utf8), to: "other.bin")
    for path in [folder.file("absent.bin").path, truncated.path, damaged.path, other.path] {
      let result = try Tool.run("classify", "--model", path, input: Data(Self.busText.utf8))
      #expect(result.code == 69)
      #expect(result.errors.contains(path))
      #expect(result.errors.contains("make model"))
    }
    let absent = folder.file("absent.bin").path
    let result = try Tool.run("classify", environment: ["ENCUENTRO_MODEL": absent])
    #expect(result.code == 69)
    #expect(result.errors.contains("looked for \(absent); run 'make model'"))
  }

  @Test func interruptingEndsAtOnce() throws {
    let folder = try TemporaryFolder()
    for index in 0..<2000 { try folder.write(Data(Self.busText.utf8), to: "plan\(index).txt") }
    let output = Pipe()
    let process = Tool.process(["classify", "--json", folder.url.path])
    process.standardOutput = output
    try process.run()
    // Once there is a first result, many are still to come.
    #expect(!output.fileHandleForReading.availableData.isEmpty)
    process.interrupt()
    process.waitUntilExit()
    // A shell makes 130 of this.
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(process.terminationStatus == SIGINT)
  }

  @Test func outputThatCannotBeWrittenIsReported() throws {
    let process = Tool.process(["classify", Repository.root.appending(path: "README.md").path])
    let errors = Pipe()
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    process.standardError = errors
    try process.run()
    let report = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 74)
    #expect(String(decoding: report, as: UTF8.self).contains("standard output cannot be written"))
  }

  @Test func aReaderThatGoesAwayEndsTheProgramQuietly() throws {
    let process = Tool.process(["classify", Repository.root.appending(path: "README.md").path])
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try output.fileHandleForReading.close()
    try process.run()
    let report = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == SIGPIPE)
    #expect(report.isEmpty)
  }
}
