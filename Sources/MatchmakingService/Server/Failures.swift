import Classification
import EncuentroWire
import Programme
import RPC
import Results
import Storage

/// What a handler's errors are called on the wire.
extension RPCError {
  init?(of error: any Error) {
    switch error {
    case let error as RPCError: self = error
    case let error as WireError:
      self.init(
        .invalidArgument, error.description,
        details: error.field.map { [Detail(kind: "field", subject: $0)] } ?? [])
    case let error as StoreError: self.init(error)
    case let error as InputError: self.init(.invalidArgument, error.description)
    case let error as TextError: self.init(.invalidArgument, error.description)
    case let error as ProgrammeError: self.init(.invalidArgument, error.description)
    default: return nil
    }
  }

  private init(_ error: StoreError) {
    let message = error.description
    switch error {
    case .unknownParticipant: self.init(.notFound, message)
    case .keyReused: self.init(.alreadyExists, message)
    case .revisionChanged: self.init(.aborted, message)
    case .full: self.init(.resourceExhausted, message)
    case .locked: self.init(.unavailable, message)
    case .corrupt: self.init(.dataLoss, message)
    case .newerFormat, .failed: self.init(.internal, message)
    }
  }
}

extension StoreError {
  /// Whether the store, and not the request, stands in the way.
  package var isUnavailable: Bool {
    switch self {
    case .unknownParticipant, .keyReused, .revisionChanged, .corrupt: false
    case .full, .locked, .newerFormat, .failed: true
    }
  }
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownParticipant(let id): "nobody has the id '\(id)'"
    case .keyReused(let key):
      "the idempotency key '\(key)' was used for another request; take a new one for each"
    case .revisionChanged(let computedFrom, let now):
      "participants or decisions have changed since (revision \(computedFrom), now \(now)); "
        + "compute it again and commit that"
    case .full(let reason): "the store has no room: \(reason); nothing was written"
    case .locked(let reason): "the store is in use by another process: \(reason)"
    case .corrupt(let reason):
      "the store cannot be read: \(reason); run 'encuentro doctor' and restore a backup"
    case .newerFormat(let found, let known):
      "the store has format \(found), this program knows \(known); use a newer program"
    case .failed(let reason): "the store failed: \(reason)"
    }
  }
}
