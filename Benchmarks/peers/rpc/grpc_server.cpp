// What RPCBench serves, with gRPC's callback API: it parses a SuggestPartnersRequest and
// serialises a SuggestPartnersResponse that it holds.
//
//     grpc_server RESPONSE-FILE
//
// Prints `ready on 127.0.0.1:PORT` and serves until SIGTERM. gRPC chooses its threads
// itself.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>

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

class Service final : public Matchmaking::CallbackService {
 public:
  explicit Service(SuggestPartnersResponse& response) : allocator_(response) {
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

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::fprintf(stderr, "usage: %s RESPONSE-FILE\n", words[0]);
    return 64;
  }
  SuggestPartnersResponse response;
  std::ifstream file(words[1], std::ios::binary);
  if (!file || !response.ParseFromIstream(&file)) {
    std::fprintf(stderr, "%s is no SuggestPartnersResponse\n", words[1]);
    return 66;
  }
  // Blocked before there are threads, so that only this one takes it.
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  if (pthread_sigmask(SIG_BLOCK, &stop, nullptr) != 0) return 71;

  Service service(response);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0) {
    std::fprintf(stderr, "cannot listen\n");
    return 71;
  }
  std::printf("ready on 127.0.0.1:%d, gRPC %s\n", port, grpc::Version().c_str());
  std::fflush(stdout);
  int received = 0;
  sigwait(&stop, &received);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
}
