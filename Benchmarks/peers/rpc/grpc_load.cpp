// Load for the gRPC server, over one connection and from one thread that serves a
// completion queue. Requests and responses are bytes here, as in raw_load.cpp, so that
// neither generator spends time on the messages.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "load.hpp"

namespace {

using load::Nanoseconds;
using load::fail;

constexpr char method[] = "/encuentro.v1.Matchmaking/SuggestPartners";

class GRPCClient {
 public:
  explicit GRPCClient(const load::Options& options)
      : response_(options.response),
        request_(slice(options.request)),
        channel_(grpc::CreateChannel("ipv4:127.0.0.1:" + std::to_string(options.port),
                                     grpc::InsecureChannelCredentials())),
        stub_(channel_) {
    if (!channel_->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10)))
      fail("cannot connect");
  }

  ~GRPCClient() {
    queue_.Shutdown();
    void* tag;
    bool isRight;
    while (queue_.Next(&tag, &isRight)) {}
  }

  bool canStart() const { return true; }

  void start(Nanoseconds due) {
    auto* call = new Call{due, {}, {}, {}, nullptr};
    call->reader = stub_.PrepareUnaryCall(&call->context, method, request_, &queue_);
    call->reader->StartCall();
    call->reader->Finish(&call->response, &call->status, call);
  }

  void flush() {}

  template <class Ended>
  void receive(bool waits, Ended ended) {
    void* tag = nullptr;
    bool isRight = false;
    const auto until = waits ? std::chrono::system_clock::now() + std::chrono::seconds(10)
                             : std::chrono::system_clock::time_point{};
    switch (queue_.AsyncNext(&tag, &isRight, until)) {
      case grpc::CompletionQueue::SHUTDOWN: fail("the queue has ended");
      case grpc::CompletionQueue::TIMEOUT:
        if (waits) fail("no answer for 10 s");
        return;
      case grpc::CompletionQueue::GOT_EVENT: break;
    }
    const Nanoseconds time = load::now();
    const std::unique_ptr<Call> call(static_cast<Call*>(tag));
    if (!call->status.ok()) fail("a call has failed: " + call->status.error_message());
    if (!isExpected(call->response)) fail("not the response that was expected");
    ended(call->due, time);
  }

 private:
  struct Call {
    Nanoseconds due;
    grpc::ClientContext context;
    grpc::ByteBuffer response;
    grpc::Status status;
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  };

  static grpc::ByteBuffer slice(const std::string& bytes) {
    const grpc::Slice slice(bytes);
    return {&slice, 1};
  }

  bool isExpected(const grpc::ByteBuffer& response) {
    slices_.clear();
    if (response.Length() != response_.size() || !response.Dump(&slices_).ok()) return false;
    const char* expected = response_.data();
    for (const grpc::Slice& slice : slices_) {
      if (std::memcmp(slice.begin(), expected, slice.size()) != 0) return false;
      expected += slice.size();
    }
    return true;
  }

  const std::string& response_;
  grpc::ByteBuffer request_;
  std::vector<grpc::Slice> slices_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
};

}  // namespace

int main(int count, char** words) {
  const load::Options options(count, words);
  GRPCClient client(options);
  load::drive(client, options);
}
