// The same calls over gRPC: one channel, and a completion queue on this thread.
#include <grpcpp/grpcpp.h>

#include <memory>

#include "encuentro/v1/service.grpc.pb.h"
#include "load.hpp"

namespace {

using encuentro::v1::Matchmaking;
using encuentro::v1::SuggestPartnersRequest;
using encuentro::v1::SuggestPartnersResponse;

class Client {
 public:
  explicit Client(const Options& options)
      : stub_(Matchmaking::NewStub(grpc::CreateChannel(
            "127.0.0.1:" + std::to_string(options.port), grpc::InsecureChannelCredentials()))),
        calls_(options.rate > 0 ? 1 << 16 : options.in_flight) {
    if (!request_.ParseFromString(contents(options.request))) fail("the request cannot be read");
  }

  ~Client() {
    queue_.Shutdown();
    void* tag;
    bool ok;
    for (auto& call : calls_)
      if (call) call->context.TryCancel();
    while (queue_.Next(&tag, &ok)) {
    }
  }

  void send(size_t slot) {
    // A context serves one call.
    calls_[slot] = std::make_unique<Call>();
    Call& call = *calls_[slot];
    call.reader = stub_->AsyncSuggestPartners(&call.context, request_, &queue_);
    call.reader->Finish(&call.response, &call.status, reinterpret_cast<void*>(slot));
  }

  void flush() {}

  template <typename Completed>
  void poll(Clock::time_point until, Completed completed) {
    void* tag;
    bool ok;
    auto deadline = std::chrono::system_clock::now() +
                    std::chrono::duration_cast<std::chrono::system_clock::duration>(
                        until - Clock::now());
    while (queue_.AsyncNext(&tag, &ok, deadline) == grpc::CompletionQueue::GOT_EVENT) {
      const size_t slot = reinterpret_cast<size_t>(tag);
      if (!calls_[slot]->status.ok()) fail(calls_[slot]->status.error_message());
      calls_[slot].reset();
      completed(slot);
      // What else is there is taken without waiting.
      deadline = std::chrono::system_clock::time_point();
    }
  }

 private:
  struct Call {
    grpc::ClientContext context;
    grpc::Status status;
    SuggestPartnersResponse response;
    std::unique_ptr<grpc::ClientAsyncResponseReader<SuggestPartnersResponse>> reader;
  };

  std::unique_ptr<Matchmaking::Stub> stub_;
  SuggestPartnersRequest request_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<Call>> calls_;
};

}  // namespace

int main(int count, char** words) {
  const Options options(count, words);
  Client client(options);
  measure(client, options);
}
