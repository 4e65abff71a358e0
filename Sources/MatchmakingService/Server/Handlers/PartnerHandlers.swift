import EncuentroWire
import RPC
import Results

extension Handlers {
  var partnerMethods: [Method] {
    [
      unary(Contract.suggestPartners) { call, _ in
        try await matchmaking.snapshot(atLeast: call.atLeastRevision).engine.suggest(call.request)
      },
      unary(Contract.explainPair) { request, _ in
        try await matchmaking.snapshot(atLeast: request.atLeastRevision).engine
          .explain(request.name, request.partner)
      },
    ]
  }
}
