// Calls over plain TCP: Encuentro's protocol as Protos/PROTOCOL.md has it, or the echo's
// lengths and bytes.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "encuentro/rpc/v1/frame.pb.h"
#include "load.hpp"

namespace {

using encuentro::rpc::v1::Frame;

/// Messages with a length in front, over one connection.
class Wire {
 public:
  explicit Wire(int port) {
    socket_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    if (socket_ < 0 || connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0 ||
        setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
      fail(std::string("cannot connect: ") + std::strerror(errno));
  }

  ~Wire() { close(socket_); }

  void queue(const char* bytes, size_t count) {
    const uint32_t length = htonl(count);
    output_.append(reinterpret_cast<const char*>(&length), 4);
    output_.append(bytes, count);
  }

  void flush() {
    size_t sent = 0;
    while (sent < output_.size()) {
      const ssize_t count =
          ::send(socket_, output_.data() + sent, output_.size() - sent, MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) fail("the server has closed the connection");
      sent += count;
    }
    output_.clear();
  }

  /// Waits for bytes until a time, and gives every whole message.
  template <typename Received>
  void poll(Clock::time_point until, Received received) {
    ssize_t count;
    while ((count = recv(socket_, input_.data() + have_, input_.size() - have_, MSG_DONTWAIT)) < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) fail(std::strerror(errno));
      const auto left = until - Clock::now();
      if (left <= Clock::duration::zero()) return;
      const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
      const timespec time{static_cast<time_t>(ns / 1000000000), static_cast<long>(ns % 1000000000)};
      pollfd watched{socket_, POLLIN, 0};
      ppoll(&watched, 1, &time, nullptr);
    }
    if (count == 0) fail("the server has closed the connection");
    have_ += count;
    size_t at = 0;
    while (have_ - at >= 4) {
      uint32_t length;
      std::memcpy(&length, input_.data() + at, 4);
      length = ntohl(length);
      if (length > input_.size() - 4) fail("a message is too long");
      if (have_ - at < 4 + length) break;
      received(input_.data() + at + 4, length);
      at += 4 + length;
    }
    std::memmove(input_.data(), input_.data() + at, have_ - at);
    have_ -= at;
  }

 private:
  int socket_;
  std::string output_;
  std::vector<char> input_ = std::vector<char>(1 << 20);
  size_t have_ = 0;
};

/// One call for each slot, as PROTOCOL.md wants it.
class CallClient {
 public:
  explicit CallClient(const Options& options) : wire_(options.port) {
    Frame hello;
    hello.mutable_hello()->set_version(1);
    hello.mutable_hello()->set_agent("load");
    queue(hello);
    auto* open = call_.mutable_open();
    open->set_method("encuentro.v1.Matchmaking/SuggestPartners");
    open->set_payload(contents(options.request));
    open->set_has_payload(true);
    open->set_half_close(true);
    granted_ = kConnectionCredit;
  }

  void send(size_t slot) {
    call_.set_stream(++last_);
    slots_[last_ & kMask] = slot;
    granted_ -= call_.open().payload().size();
    if (granted_ <= 0) fail("the server grants no credit");
    queue(call_);
  }

  void flush() { wire_.flush(); }

  template <typename Completed>
  void poll(Clock::time_point until, Completed completed) {
    wire_.poll(until, [&](const char* bytes, size_t count) {
      if (!answer_.ParseFromArray(bytes, count)) fail("a frame cannot be read");
      switch (answer_.body_case()) {
        case Frame::kClose:
          if (answer_.close().code() != 0) fail(answer_.close().message());
          take(answer_.close().payload().size());
          completed(slots_[answer_.stream() & kMask]);
          break;
        case Frame::kCredit:
          if (answer_.stream() == 0) granted_ += answer_.credit().bytes();
          break;
        case Frame::kPing:
          pong_.mutable_pong()->set_opaque(answer_.ping().opaque());
          queue(pong_);
          break;
        case Frame::kHello: break;
        case Frame::kGoAway: fail(answer_.go_away().message());
        default: fail("an unexpected frame");
      }
    });
  }

 private:
  // What a 0 in Hello stands for.
  static constexpr int64_t kConnectionCredit = 8 << 20;
  static constexpr uint32_t kMask = (1 << 17) - 1;

  void queue(const Frame& frame) {
    frame.SerializeToString(&scratch_);
    wire_.queue(scratch_.data(), scratch_.size());
  }

  /// Grants half a window at a time.
  void take(size_t count) {
    taken_ += count;
    if (2 * taken_ < kConnectionCredit) return;
    Frame credit;
    credit.mutable_credit()->set_bytes(taken_);
    queue(credit);
    taken_ = 0;
  }

  Wire wire_;
  Frame call_, answer_, pong_;
  std::string scratch_;
  std::vector<size_t> slots_ = std::vector<size_t>(kMask + 1);
  uint32_t last_ = 0;
  int64_t granted_ = 0, taken_ = 0;
};

/// The echo answers in order.
class EchoClient {
 public:
  explicit EchoClient(const Options& options)
      : wire_(options.port), request_(contents(options.request)) {}

  void send(size_t slot) {
    waiting_.push_back(slot);
    wire_.queue(request_.data(), request_.size());
  }

  void flush() { wire_.flush(); }

  template <typename Completed>
  void poll(Clock::time_point until, Completed completed) {
    wire_.poll(until, [&](const char*, size_t) { completed(waiting_[next_++]); });
    waiting_.erase(waiting_.begin(), waiting_.begin() + next_);
    next_ = 0;
  }

 private:
  Wire wire_;
  std::string request_;
  std::vector<size_t> waiting_;
  size_t next_ = 0;
};

}  // namespace

int main(int count, char** words) {
  const Options options(count, words);
  if (options.system == "echo") {
    EchoClient client(options);
    measure(client, options);
  } else {
    CallClient client(options);
    measure(client, options);
  }
}
