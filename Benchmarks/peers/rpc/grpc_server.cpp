// What RPCBench serves, with gRPC: it parses a SuggestPartnersRequest and serialises a
// SuggestPartnersResponse that it holds.
//
//     grpc_server callback|queue RESPONSE-FILE
//
// With the callback API gRPC chooses its threads itself; with a completion queue one thread
// serves it. Prints `ready on 127.0.0.1:PORT` and serves until SIGTERM.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/message_allocator.h>

#include "encuentro/v1/service.grpc.pb.h"

namespace {

using encuentro::v1::Matchmaking;
using encuentro::v1::SuggestPartnersRequest;
using encuentro::v1::SuggestPartnersResponse;

// Gives every call the same response, so that none is copied for it. Nobody changes it;
// what serialising writes into it, sizes, is atomic.
class SameResponse final
    : public grpc::MessageAllocator<SuggestPartnersRequest, SuggestPartnersResponse> {
 public:
  explicit SameResponse(SuggestPartnersResponse& response) : response_(response) {}

  grpc::MessageHolder<SuggestPartnersRequest, SuggestPartnersResponse>* AllocateMessages()
      override {
    return new Holder(response_);
  }

 private:
  class Holder final : public grpc::MessageHolder<SuggestPartnersRequest, SuggestPartnersResponse> {
   public:
    explicit Holder(SuggestPartnersResponse& response) {
      set_request(&request_);
      set_response(&response);
    }

    void Release() override { delete this; }

   private:
    SuggestPartnersRequest request_;
  };

  SuggestPartnersResponse& response_;
};

class CallbackService final : public Matchmaking::CallbackService {
 public:
  explicit CallbackService(SuggestPartnersResponse& response) : allocator_(response) {
    SetMessageAllocatorFor_SuggestPartners(&allocator_);
  }

  grpc::ServerUnaryReactor* SuggestPartners(grpc::CallbackServerContext* context,
                                            const SuggestPartnersRequest*,
                                            SuggestPartnersResponse*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  SameResponse allocator_;
};

using QueueService = Matchmaking::WithAsyncMethod_SuggestPartners<Matchmaking::Service>;

// One call of the completion queue: awaited, then answered.
class QueuedCall {
 public:
  QueuedCall(QueueService& service, grpc::ServerCompletionQueue& queue,
             const SuggestPartnersResponse& response)
      : service_(service), queue_(queue), response_(response) {
    service.RequestSuggestPartners(&context_, &request_, &writer_, &queue, &queue, this);
  }

  // When what it waited for has happened, or never will.
  void proceed(bool isRight) {
    if (!isRight || isAnswered_) {
      delete this;
      return;
    }
    new QueuedCall(service_, queue_, response_);
    isAnswered_ = true;
    writer_.Finish(response_, grpc::Status::OK, this);
  }

 private:
  QueueService& service_;
  grpc::ServerCompletionQueue& queue_;
  const SuggestPartnersResponse& response_;
  grpc::ServerContext context_;
  SuggestPartnersRequest request_;
  grpc::ServerAsyncResponseWriter<SuggestPartnersResponse> writer_{&context_};
  bool isAnswered_ = false;
};

void serve(grpc::ServerCompletionQueue& queue) {
  void* tag;
  bool isRight;
  while (queue.Next(&tag, &isRight)) static_cast<QueuedCall*>(tag)->proceed(isRight);
}

}  // namespace

int main(int count, char** words) {
  const std::string kind = count == 3 ? words[1] : "";
  if (kind != "callback" && kind != "queue") {
    std::fprintf(stderr, "usage: %s callback|queue RESPONSE-FILE\n", words[0]);
    return 64;
  }
  SuggestPartnersResponse response;
  std::ifstream file(words[2], std::ios::binary);
  if (!file || !response.ParseFromIstream(&file)) {
    std::fprintf(stderr, "%s is no SuggestPartnersResponse\n", words[2]);
    return 66;
  }
  // Blocked before there are threads, so that only this one takes it.
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  if (pthread_sigmask(SIG_BLOCK, &stop, nullptr) != 0) return 71;

  CallbackService callbacks(response);
  QueueService queued;
  std::unique_ptr<grpc::ServerCompletionQueue> queue;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  if (kind == "callback") {
    builder.RegisterService(&callbacks);
  } else {
    builder.RegisterService(&queued);
    queue = builder.AddCompletionQueue();
  }
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0) {
    std::fprintf(stderr, "cannot listen\n");
    return 71;
  }
  std::thread thread;
  if (queue) {
    // As many as the generator has in flight can arrive at once.
    for (int awaited = 0; awaited < 256; ++awaited) new QueuedCall(queued, *queue, response);
    thread = std::thread([&queue] { serve(*queue); });
  }
  std::printf("ready on 127.0.0.1:%d, gRPC %s\n", port, grpc::Version().c_str());
  std::fflush(stdout);
  int received = 0;
  sigwait(&stop, &received);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  if (queue) {
    queue->Shutdown();
    thread.join();
  }
}
