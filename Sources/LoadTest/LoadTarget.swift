import EncuentroClient
import EncuentroWire
import Foundation
import Programme
package import RPC
import Results
import Synchronization

/// A server under load: connections to it, and what there is to ask about.
package final class LoadTarget: Sendable {
  private struct Subjects: Sendable {
    var ids: [String]
    var texts: [String]
  }

  /// A connection, and how many calls are under way on it.
  private struct Line {
    var channel: ConnectionChannel
    var calls = 0
  }

  private struct Lines {
    var current: [Line]
    /// Taken out of use, until their last calls have ended.
    var left: [Line] = []
  }

  private let group: EventLoopGroup
  private let lines: Mutex<Lines>
  private let address: SocketAddress
  private let subjects: Subjects
  private let timeout = Duration.seconds(10)

  /// Connects, and asks for the participants, whom the calls will be about.
  ///
  /// - Throws: `RPCError`, `LoopError`; `InputError` for a server without participants.
  package init(_ address: SocketAddress, connections: Int) async throws {
    self.address = address
    let group = try EventLoopGroup(
      count: min(connections, ProcessInfo.processInfo.activeProcessorCount), name: "load")
    self.group = group
    let made = (0..<connections).map { _ in
      ConnectionChannel(to: address, on: group.next(), agent: "encuentro-load")
    }
    lines = Mutex(Lines(current: made.map { Line(channel: $0) }))
    let client = Client(made[0], timeout: .seconds(30))
    var ids: [String] = []
    var texts: [String] = []
    var page = PageRequest(size: 1000)
    repeat {
      let response = try await client.call(
        Contract.listParticipants, ListParticipantsRequest(page: page))
      for stored in response.participants {
        ids.append(stored.participant.id)
        if texts.count < 500, let text = stored.participant.signals.plan?.sections.first?.text {
          texts.append(text)
        }
      }
      page.token = response.nextPageToken
    } while !page.token.isEmpty && ids.count < 20_000
    guard !ids.isEmpty else {
      throw InputError(description: "the server at \(address) has no participants to ask about")
    }
    subjects = Subjects(ids: ids, texts: texts.isEmpty ? ["solar energy for housing"] : texts)
  }

  /// Makes a call.
  ///
  /// - Returns: the name of its code; nil when it went well.
  package func call(
    _ connection: Int, _ operation: Operation, _ chance: UInt64
  ) async -> String? {
    let channel = lines.withLock { lines in
      lines.current[connection].calls += 1
      return lines.current[connection].channel
    }
    let code = await call(Client(channel, timeout: timeout), operation, chance)
    if let unused = ended(on: channel, connection) { await unused.close() }
    return code
  }

  /// - Returns: a channel that was left and has had its last call.
  private func ended(on channel: ConnectionChannel, _ connection: Int) -> ConnectionChannel? {
    lines.withLock { lines in
      if lines.current[connection].channel === channel {
        lines.current[connection].calls -= 1
        return nil
      }
      guard let place = lines.left.firstIndex(where: { $0.channel === channel }) else { return nil }
      lines.left[place].calls -= 1
      return lines.left[place].calls == 0 ? lines.left.remove(at: place).channel : nil
    }
  }

  private func call(
    _ client: Client, _ operation: Operation, _ chance: UInt64
  ) async -> String? {
    let id = subjects.ids[Int(chance % UInt64(subjects.ids.count))]
    do throws(RPCError) {
      switch operation {
      case .suggest:
        var request = SuggestionRequest(name: id)
        request.top = 3
        _ = try await client.bytes(Contract.suggestPartners, SuggestPartnersRequest(request))
      case .explain:
        let other = subjects.ids[Int((chance >> 20) % UInt64(subjects.ids.count))]
        _ = try await client.bytes(
          Contract.explainPair, ExplainPairRequest(name: id, partner: other))
      case .classify:
        let text = subjects.texts[Int(chance % UInt64(subjects.texts.count))]
        _ = try await client.bytes(
          Contract.classify,
          ClassificationRequest(document: "load", text: text, isMarkdown: false, passages: 1))
      case .get:
        _ = try await client.bytes(Contract.getParticipant, GetParticipantRequest(name: id))
      }
      return nil
    } catch {
      return error.code.name
    }
  }

  /// Takes a new connection, and lets go of the old one when its calls have ended.
  package func reconnect(_ connection: Int) async {
    let fresh = ConnectionChannel(to: address, on: group.next(), agent: "encuentro-load")
    let unused = lines.withLock { lines -> ConnectionChannel? in
      let old = lines.current[connection]
      lines.current[connection] = Line(channel: fresh)
      guard old.calls > 0 else { return old.channel }
      lines.left.append(old)
      return nil
    }
    await unused?.close()
  }

  package func close() async {
    let all = lines.withLock { $0.current + $0.left }
    for line in all { await line.channel.close() }
    group.stop()
  }
}
