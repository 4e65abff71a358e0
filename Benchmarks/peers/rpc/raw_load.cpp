// Load for Encuentro's protocol (Protos/PROTOCOL.md) and for the plain echo, over one
// connection and from one thread.
#include <arpa/inet.h>
#include <deque>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>
#include <vector>

#include "encuentro/rpc/v1/frame.pb.h"
#include "load.hpp"

namespace {

using encuentro::rpc::v1::Frame;
using load::Nanoseconds;
using load::fail;

constexpr char method[] = "encuentro.v1.Matchmaking/SuggestPartners";
// The defaults of the protocol, which this client announces.
constexpr std::int64_t connectionWindow = 8 << 20;
constexpr std::int64_t streamWindow = 1 << 20;
constexpr std::size_t longestFrame = 4 << 20;

void putLength(std::string& bytes, std::size_t length) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(length >> shift));
}

// A socket with what is still to be sent and what has not been taken yet.
class Connection {
 public:
  explicit Connection(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int yes = 1;
    const timeval patience{10, 0};
    if (socket_ < 0 ||
        setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0 ||
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      fail(std::string("cannot connect: ") + std::strerror(errno));
  }

  ~Connection() { close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  std::string out;

  // Sends what the socket takes.
  void flush() {
    std::size_t sent = 0;
    while (sent < out.size()) {
      const ssize_t count =
          send(socket_, out.data() + sent, out.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count > 0) {
        sent += static_cast<std::size_t>(count);
      } else if (errno == EAGAIN) {
        break;
      } else if (errno != EINTR) {
        fail(std::string("cannot send: ") + std::strerror(errno));
      }
    }
    out.erase(0, sent);
  }

  // Receives what there is; waits for something if told so and if nothing is to be sent.
  bool receive(bool waits) {
    if (taken_ > 0) std::memmove(in_.data(), in_.data() + taken_, held_ - taken_);
    held_ -= taken_;
    taken_ = 0;
    const bool mayWait = waits && out.empty();
    const ssize_t count =
        recv(socket_, in_.data() + held_, in_.size() - held_, mayWait ? 0 : MSG_DONTWAIT);
    if (count > 0) {
      held_ += static_cast<std::size_t>(count);
      return true;
    }
    if (count == 0) fail("the server has closed the connection");
    if (errno == EINTR || (errno == EAGAIN && !mayWait)) return false;
    fail(errno == EAGAIN ? "no answer for 10 s"
                         : std::string("cannot receive: ") + std::strerror(errno));
  }

  // The next whole frame without its length, if it is there; it lasts until receive().
  bool next(const char*& frame, std::size_t& length) {
    if (held_ - taken_ < 4) return false;
    const auto* bytes = reinterpret_cast<const unsigned char*>(in_.data() + taken_);
    length = static_cast<std::size_t>(bytes[0]) << 24 | static_cast<std::size_t>(bytes[1]) << 16 |
             static_cast<std::size_t>(bytes[2]) << 8 | bytes[3];
    if (length == 0 || length > longestFrame) fail("a frame of a length that is not allowed");
    if (held_ - taken_ < 4 + length) return false;
    frame = in_.data() + taken_ + 4;
    taken_ += 4 + length;
    return true;
  }

 private:
  int socket_;
  std::vector<char> in_ = std::vector<char>(4 + longestFrame);
  std::size_t held_ = 0, taken_ = 0;
};

// Answers of an echo come in the order of the requests.
class EchoClient {
 public:
  explicit EchoClient(const load::Options& options)
      : connection_(options.port), response_(options.response) {
    putLength(request_, options.request.size());
    request_ += options.request;
  }

  bool canStart() const { return true; }

  void start(Nanoseconds due) {
    connection_.out += request_;
    open_.push_back(due);
  }

  void flush() { connection_.flush(); }

  template <class Ended>
  void receive(bool waits, Ended ended) {
    if (!connection_.receive(waits)) return;
    const Nanoseconds time = load::now();
    const char* frame;
    std::size_t length;
    while (connection_.next(frame, length)) {
      if (open_.empty() || length != response_.size() ||
          std::memcmp(frame, response_.data(), length) != 0)
        fail("not the response that was expected");
      ended(open_.front(), time);
      open_.pop_front();
    }
  }

 private:
  Connection connection_;
  std::string request_;
  const std::string& response_;
  std::deque<Nanoseconds> open_;
};

class EncuentroClient {
 public:
  explicit EncuentroClient(const load::Options& options)
      : connection_(options.port), request_(options.request), response_(options.response) {
    Frame open;
    open.mutable_open()->set_method(method);
    open.mutable_open()->set_payload(request_);
    open.mutable_open()->set_has_payload(true);
    open.mutable_open()->set_half_close(true);
    open_ = open.SerializeAsString();
    if (static_cast<std::int64_t>(response_.size()) > streamWindow) fail("too long a response");

    Frame hello;
    hello.mutable_hello()->set_version(1);
    hello.mutable_hello()->set_agent("raw_load/1");
    put(hello);
    flush();
    // No Open before the server's Hello.
    const char* bytes;
    std::size_t length;
    while (!connection_.next(bytes, length)) connection_.receive(true);
    if (!frame_.ParseFromArray(bytes, static_cast<int>(length)) || !frame_.has_hello() ||
        frame_.hello().version() != 1)
      fail("no Hello of version 1");
    const auto& limits = frame_.hello();
    const auto orDefault = [](std::uint32_t value, std::int64_t standard) {
      return value == 0 ? standard : static_cast<std::int64_t>(value);
    };
    credit_ = orDefault(limits.connection_credit(), connectionWindow);
    streams_ = static_cast<std::size_t>(orDefault(limits.max_streams(), 256));
    // Within these a request needs no credit of its call and fits into a frame.
    if (orDefault(limits.stream_credit(), streamWindow) <= 0 ||
        orDefault(limits.max_frame_bytes(), longestFrame) <
            static_cast<std::int64_t>(open_.size() + 6))
      fail("the server's limits do not allow such requests");
  }

  bool canStart() const { return openCalls_ < streams_ && credit_ > 0; }

  void start(Nanoseconds due) {
    Call& call = calls_[++stream_ % calls_.size()];
    if (call.stream != 0) fail("a call was left open by the server");
    call = {stream_, due};
    ++openCalls_;
    credit_ -= static_cast<std::int64_t>(request_.size());
    // Field 1, the stream, and behind it the Open, which is always the same.
    char number[6] = {0x08};
    std::size_t size = 1;
    for (std::uint32_t rest = stream_;; rest >>= 7) {
      number[size++] = static_cast<char>(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
      if (rest < 0x80) break;
    }
    putLength(connection_.out, size + open_.size());
    connection_.out.append(number, size);
    connection_.out += open_;
  }

  void flush() { connection_.flush(); }

  template <class Ended>
  void receive(bool waits, Ended ended) {
    if (!connection_.receive(waits)) return;
    const Nanoseconds time = load::now();
    const char* bytes;
    std::size_t length;
    while (connection_.next(bytes, length)) {
      if (!frame_.ParseFromArray(bytes, static_cast<int>(length))) fail("a frame is not protobuf");
      switch (frame_.body_case()) {
        case Frame::kClose: ended(closed(frame_.stream(), frame_.close()), time); break;
        case Frame::kCredit:
          // Of a call it is of no use: each has sent all its requests.
          if (frame_.stream() == 0) credit_ += frame_.credit().bytes();
          break;
        case Frame::kPing: {
          Frame pong;
          pong.mutable_pong()->set_opaque(frame_.ping().opaque());
          put(pong);
          break;
        }
        case Frame::kPong: break;
        case Frame::kGoAway: fail("the server goes away: " + frame_.go_away().message());
        default: fail("a frame that a server does not send here");
      }
    }
  }

 private:
  struct Call {
    std::uint32_t stream = 0;
    Nanoseconds due = 0;
  };

  Nanoseconds closed(std::uint32_t stream, const encuentro::rpc::v1::Close& close) {
    Call& call = calls_[stream % calls_.size()];
    if (stream == 0 || call.stream != stream) fail("a Close of a call that is not open");
    if (close.code() != 0) fail("a call has failed: " + close.message());
    if (!close.has_payload() || close.payload() != response_)
      fail("not the response that was expected");
    call.stream = 0;
    --openCalls_;
    taken_ += static_cast<std::int64_t>(response_.size());
    if (taken_ >= connectionWindow / 2) {
      Frame credit;
      credit.mutable_credit()->set_bytes(static_cast<std::uint32_t>(taken_));
      put(credit);
      taken_ = 0;
    }
    return call.due;
  }

  void put(const Frame& frame) {
    putLength(connection_.out, frame.ByteSizeLong());
    if (!frame.AppendToString(&connection_.out)) fail("a frame cannot be made");
  }

  Connection connection_;
  const std::string& request_;
  const std::string& response_;
  std::string open_;
  Frame frame_;
  std::int64_t credit_ = 0, taken_ = 0;
  std::size_t streams_ = 0, openCalls_ = 0;
  std::uint32_t stream_ = 0;
  // By number; a call that stays open while so many others begin is an error.
  std::vector<Call> calls_ = std::vector<Call>(1 << 16);
};

}  // namespace

int main(int count, char** words) {
  const load::Options options(count, words);
  if (options.protocol == "echo") {
    EchoClient client(options);
    load::drive(client, options);
  } else if (options.protocol == "encuentro") {
    EncuentroClient client(options);
    load::drive(client, options);
  } else {
    fail("no such protocol");
  }
}
