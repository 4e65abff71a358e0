package import Foundation

/// Numbers and dates as readers of a language write them.
package struct Formats: Sendable {
  package let language: Language

  package init(_ language: Language) { self.language = language }

  private var point: String { language == .english ? "." : "," }
  /// Between groups of three digits. Spanish leaves four digits together and has a
  /// narrow space, so that no separator can be taken for a decimal comma.
  private var separator: String {
    switch language {
    case .english: ","
    case .spanish: "\u{202F}"
    case .portuguese: "."
    }
  }
  /// "\u{2212}" is as wide as a plus sign.
  private static let minus = "\u{2212}"

  package func whole(_ value: Int) -> String {
    (value < 0 ? Self.minus : "") + grouped(String(value.magnitude))
  }

  /// A number with so many decimals; the nearest, halves to even.
  package func number(_ value: Double, decimals: Int, sign: Bool = false) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "–" }
    let text = Self.digits(abs(value), decimals: decimals)
    var isZero = true
    var whole = 0
    for byte in text {
      if byte == UInt8(ascii: ".") { break }
      whole += 1
    }
    for byte in text where byte != UInt8(ascii: ".") && byte != UInt8(ascii: "0") {
      isZero = false
    }
    let head = grouped(String(decoding: text[..<whole], as: UTF8.self))
    let mark = isZero ? "" : value < 0 ? Self.minus : sign ? "+" : ""
    guard whole < text.count else { return mark + head }
    return mark + head + point + String(decoding: text[(whole + 1)...], as: UTF8.self)
  }

  /// As C writes it, which rounds the exact value; `String(format:)` does the same at many
  /// times the cost, and a dossier has a hundred thousand numbers.
  private static func digits(_ value: Double, decimals: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 48) { buffer, count in
      let written = withVaList([Int32(decimals), value]) { arguments in
        buffer.withMemoryRebound(to: CChar.self) {
          vsnprintf($0.baseAddress, $0.count, "%.*f", arguments)
        }
      }
      count = max(0, min(Int(written), buffer.count - 1))
    }
  }

  /// A score, from 0 to 1.
  package func score(_ value: Double) -> String { number(value, decimals: 3) }

  /// Something added to or taken from a logit.
  package func signed(_ value: Double) -> String { number(value, decimals: 2, sign: true) }

  /// A share as a percentage without decimals.
  package func percent(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    let value = number((share * 100).rounded(), decimals: 0)
    return language == .english ? value + "%" : value + "\u{A0}%"
  }

  private func grouped(_ digits: String) -> String {
    guard digits.utf8.count > (language == .spanish ? 4 : 3) else { return digits }
    var result = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place).isMultiple(of: 3) { result += separator }
      result.append(digit)
    }
    return result
  }

  /// "26 November 2026", "26 de noviembre de 2026".
  package func date(_ day: Day) -> String {
    let month = Self.months[min(max(day.month, 1), 12) - 1][language]
    return switch language {
    case .english: "\(day.day) \(month) \(day.year)"
    case .spanish, .portuguese: "\(day.day) de \(month) de \(day.year)"
    }
  }

  private static let months = [
    Message("January", "enero", "janeiro"), Message("February", "febrero", "fevereiro"),
    Message("March", "marzo", "março"), Message("April", "abril", "abril"),
    Message("May", "mayo", "maio"), Message("June", "junio", "junho"),
    Message("July", "julio", "julho"), Message("August", "agosto", "agosto"),
    Message("September", "septiembre", "setembro"), Message("October", "octubre", "outubro"),
    Message("November", "noviembre", "novembro"), Message("December", "diciembre", "dezembro"),
  ]
}

/// A day of the Gregorian calendar.
package struct Day: Hashable, Sendable {
  package var year: Int
  package var month: Int
  package var day: Int

  package init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day of a time in UTC.
  package init(_ date: Date) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents([.year, .month, .day], from: date)
    self.init(year: parts.year ?? 1970, month: parts.month ?? 1, day: parts.day ?? 1)
  }

  /// "2026-11-26"; nil for anything else, or a day that does not exist.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
      let day = Int(parts[2]), (1...12).contains(month), day >= 1,
      day <= Self.days(of: month, in: year)
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  private static func days(of month: Int, in year: Int) -> Int {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// "2026-11-26"
  package var iso: String { String(format: "%04d-%02d-%02d", year, month, day) }
}

extension Day {
  /// The day of a time in microseconds since 1970, in UTC.
  init(microseconds: Int64) {
    self.init(Date(timeIntervalSince1970: Double(microseconds) / 1e6))
  }
}
