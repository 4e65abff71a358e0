// Calls in a closed loop or at a constant rate, their latencies, and the processor time
// that the server spends meanwhile: the same for every system that is measured.
#pragma once

#include <time.h>
#include <unistd.h>

#include <bit>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

using Clock = std::chrono::steady_clock;

[[noreturn]] inline void fail(const std::string& message) {
  std::fprintf(stderr, "load: %s\n", message.c_str());
  std::exit(1);
}

/// What is asked for on the command line: --name value …
struct Options {
  std::string request, system = "encuentro";
  int port = 0, in_flight = 1;
  pid_t server = 0;
  /// Calls a second; 0 for a closed loop.
  double rate = 0;
  double seconds = 3, warm_up = 1;

  Options(int count, char** words) {
    for (int at = 1; at + 1 < count; at += 2) {
      const std::string name = words[at], value = words[at + 1];
      if (name == "--request") request = value;
      else if (name == "--system") system = value;
      else if (name == "--port") port = std::stoi(value);
      else if (name == "--server") server = std::stoi(value);
      else if (name == "--in-flight") in_flight = std::stoi(value);
      else if (name == "--rate") rate = std::stod(value);
      else if (name == "--seconds") seconds = std::stod(value);
      else if (name == "--warm-up") warm_up = std::stod(value);
      else fail("unknown option " + name);
    }
    if (request.empty() || port == 0 || server == 0 || in_flight < 1)
      fail("usage: --request FILE --port N --server PID [--system encuentro|echo] "
           "[--in-flight N | --rate R] [--seconds S] [--warm-up S]");
  }
};

inline std::string contents(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) fail("cannot read " + path);
  std::string result;
  char part[4096];
  while (size_t count = std::fread(part, 1, sizeof part, file)) result.append(part, count);
  std::fclose(file);
  return result;
}

/// Nanoseconds in buckets whose width is at most 1/64 of their value.
class Histogram {
 public:
  void add(uint64_t value) {
    ++buckets_[index(value)];
    ++count_;
    if (value > most_) most_ = value;
  }

  uint64_t count() const { return count_; }
  double most() const { return most_ / 1e3; }

  /// Microseconds that a share of the values does not exceed.
  double quantile(double share) const {
    uint64_t left = static_cast<uint64_t>(share * count_);
    for (size_t at = 0; at < buckets_.size(); ++at) {
      if (buckets_[at] > left) return upper(at) / 1e3;
      left -= buckets_[at];
    }
    return most();
  }

 private:
  static constexpr int kBits = 6;

  static size_t index(uint64_t value) {
    const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - kBits - 1);
    return (static_cast<size_t>(shift) << kBits) + (value >> shift);
  }

  static double upper(size_t at) {
    const size_t shift = at < (2u << kBits) ? 0 : (at >> kBits) - 1;
    return static_cast<double>((at - (shift << kBits) + 1) << shift);
  }

  std::vector<uint64_t> buckets_ = std::vector<uint64_t>(64 << kBits, 0);
  uint64_t count_ = 0, most_ = 0;
};

/// Seconds of the processor that a process has used.
inline double processor_time(pid_t process) {
  clockid_t clock;
  timespec time;
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0)
    fail("the server's processor time cannot be read");
  return time.tv_sec + time.tv_nsec / 1e9;
}

/// Runs calls over a client that has
///   void send(size_t slot)                  queues a call
///   void flush()                            sends what is queued
///   void poll(Clock::time_point, completed) waits for answers, calls completed(slot)
template <typename Client>
void measure(Client& client, const Options& options) {
  const bool open_loop = options.rate > 0;
  const size_t slots = open_loop ? 1 << 16 : options.in_flight;
  std::vector<Clock::time_point> began(slots);
  std::vector<size_t> idle;
  for (size_t slot = slots; slot-- > 0;) idle.push_back(slot);

  const auto start = Clock::now();
  const auto from = start + std::chrono::nanoseconds(int64_t(options.warm_up * 1e9));
  const auto end = from + std::chrono::nanoseconds(int64_t(options.seconds * 1e9));
  const std::chrono::duration<double> interval(open_loop ? 1 / options.rate : 0);
  Histogram latencies;
  double used = 0;
  bool is_measuring = false;
  uint64_t due_count = 0, not_sent = 0;
  auto due = start;

  while (true) {
    auto now = Clock::now();
    if (!is_measuring && now >= from) {
      is_measuring = true;
      used = processor_time(options.server);
    }
    if (now >= end) break;
    while (due <= now && (open_loop || !idle.empty())) {
      if (idle.empty()) {
        ++not_sent;
      } else {
        const size_t slot = idle.back();
        idle.pop_back();
        began[slot] = open_loop ? due : now;
        client.send(slot);
      }
      if (open_loop)
        due = start + std::chrono::duration_cast<Clock::duration>(interval * ++due_count);
    }
    client.flush();
    client.poll(open_loop ? std::min(due, end) : end, [&](size_t slot) {
      const auto done = Clock::now();
      if (is_measuring) latencies.add((done - began[slot]).count());
      idle.push_back(slot);
    });
  }
  used = processor_time(options.server) - used;
  const double seconds =
      std::chrono::duration<double>(Clock::now() - from).count();
  std::printf(
      "{\"calls\": %llu, \"seconds\": %.6f, \"processor\": %.6f, \"notSent\": %llu, "
      "\"p50\": %.2f, \"p99\": %.2f, \"p999\": %.2f, \"max\": %.2f}\n",
      static_cast<unsigned long long>(latencies.count()), seconds, used,
      static_cast<unsigned long long>(not_sent), latencies.quantile(0.5), latencies.quantile(0.99),
      latencies.quantile(0.999), latencies.most());
}
