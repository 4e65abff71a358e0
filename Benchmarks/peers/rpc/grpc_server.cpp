// A gRPC server of the callback kind that answers SuggestPartners with a response that
// it holds: it reads the request and writes the response, and nothing else. The method is
// a raw one, so that the response need not be copied into a fresh message first.
//
//   grpc_server --response FILE
#include <grpcpp/grpcpp.h>
#include <signal.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "encuentro/v1/service.grpc.pb.h"

namespace {

using encuentro::v1::Matchmaking;
using encuentro::v1::SuggestPartnersRequest;
using encuentro::v1::SuggestPartnersResponse;

class Service final : public Matchmaking::WithRawCallbackMethod_SuggestPartners<Matchmaking::Service> {
 public:
  explicit Service(SuggestPartnersResponse prepared) : prepared_(std::move(prepared)) {}

  grpc::ServerUnaryReactor* SuggestPartners(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* bytes,
                                            grpc::ByteBuffer* response) override {
    auto* reactor = context->DefaultReactor();
    SuggestPartnersRequest request;
    grpc::ByteBuffer copy(*bytes);
    grpc::Status status =
        grpc::SerializationTraits<SuggestPartnersRequest>::Deserialize(&copy, &request);
    if (status.ok()) {
      bool owns_buffer;
      status = grpc::SerializationTraits<SuggestPartnersResponse>::Serialize(prepared_, response,
                                                                             &owns_buffer);
    }
    reactor->Finish(status);
    return reactor;
  }

 private:
  const SuggestPartnersResponse prepared_;
};

}  // namespace

int main(int count, char** words) {
  if (count != 3 || std::string(words[1]) != "--response") {
    std::fprintf(stderr, "usage: grpc_server --response FILE\n");
    return 64;
  }
  std::ifstream file(words[2], std::ios::binary);
  SuggestPartnersResponse prepared;
  if (!file || !prepared.ParseFromIstream(&file)) {
    std::fprintf(stderr, "grpc_server: %s is no SuggestPartnersResponse\n", words[2]);
    return 65;
  }
  // Before gRPC starts threads, so that only this one takes the signal.
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);

  Service service(std::move(prepared));
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  auto server = builder.BuildAndStart();
  if (!server) return 69;
  std::printf("ready on 127.0.0.1:%d\n", port);
  std::fflush(stdout);
  int signal;
  sigwait(&stops, &signal);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  return 0;
}
