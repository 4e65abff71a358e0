// What both load generators share: options, the pace of calls, what is measured, and the
// loop. A client only starts calls and says which have ended.
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <time.h>
#include <unistd.h>

namespace load {

using Nanoseconds = std::uint64_t;
constexpr Nanoseconds second = 1'000'000'000;
// Calls open at once in an open loop: as many as our server takes on a connection.
constexpr std::size_t mostInFlight = 256;

[[noreturn]] inline void fail(const std::string& text) {
  std::fprintf(stderr, "load: %s\n", text.c_str());
  std::exit(1);
}

inline Nanoseconds read(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) fail("a clock cannot be read");
  return static_cast<Nanoseconds>(time.tv_sec) * second + static_cast<Nanoseconds>(time.tv_nsec);
}

inline Nanoseconds now() { return read(CLOCK_MONOTONIC); }

// What all processors have spent on anything but idling, other machines of the host
// included; to a hundredth of a second.
inline Nanoseconds readBusy() {
  std::ifstream file("/proc/stat");
  std::string name;
  std::uint64_t user = 0, nice = 0, system = 0, idle = 0, wait = 0, interrupt = 0, soft = 0,
                stolen = 0;
  if (!(file >> name >> user >> nice >> system >> idle >> wait >> interrupt >> soft >> stolen))
    fail("cannot read /proc/stat");
  return (user + nice + system + interrupt + soft + stolen) * second /
         static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
}

inline std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Options {
  std::string protocol = "encuentro";  // raw_load only: "encuentro" or "echo"
  std::string request, response;       // the bytes, not the names of the files
  int port = 0;
  pid_t server = 0;
  std::size_t inFlight = 16;
  double seconds = 3, warmUp = 0.5;
  double rate = 0;  // calls a second in an open loop; 0 is a closed loop

  Options(int count, char** words) {
    for (int at = 1; at < count; at += 2) {
      const std::string name = words[at];
      if (at + 1 == count) usage(words[0]);
      const char* value = words[at + 1];
      if (name == "--port") port = std::atoi(value);
      else if (name == "--server") server = std::atoi(value);
      else if (name == "--request") request = contents(value);
      else if (name == "--response") response = contents(value);
      else if (name == "--protocol") protocol = value;
      else if (name == "--in-flight") inFlight = std::strtoul(value, nullptr, 10);
      else if (name == "--seconds") seconds = std::atof(value);
      else if (name == "--warm-up") warmUp = std::atof(value);
      else if (name == "--rate") rate = std::atof(value);
      else usage(words[0]);
    }
    if (port <= 0 || port > 65535 || server <= 0 || request.empty() || response.empty() ||
        inFlight < 1 || inFlight > mostInFlight || !(seconds > 0 && seconds <= 600) ||
        !(warmUp >= 0 && warmUp <= 60) || !(rate >= 0 && rate <= 1e7))
      usage(words[0]);
  }

  bool isOpenLoop() const { return rate > 0; }

 private:
  [[noreturn]] static void usage(const char* program) {
    fail(std::string("usage: ") + program +
         " --port N --server PID --request FILE --response FILE [--in-flight 1-256 | --rate R]"
         " [--seconds S] [--warm-up S] [--protocol encuentro|echo]");
  }
};

// Counts of times, each bucket within 1/64 of its times.
class Histogram {
 public:
  void add(Nanoseconds time) {
    counts_[bucket(time)] += 1;
    total_ += 1;
    if (time > greatest_) greatest_ = time;
  }

  std::uint64_t total() const { return total_; }
  Nanoseconds greatest() const { return greatest_; }

  // The upper end of the bucket with the time that this share of all does not exceed.
  Nanoseconds quantile(double share) const {
    const double wanted = share * static_cast<double>(total_);
    std::uint64_t seen = 0;
    for (std::size_t at = 0; at < counts_.size(); ++at) {
      seen += counts_[at];
      if (seen > 0 && static_cast<double>(seen) >= wanted)
        return upperEnd(at) < greatest_ ? upperEnd(at) : greatest_;
    }
    return greatest_;
  }

 private:
  static constexpr int bits = 6;
  static constexpr std::size_t parts = 1u << bits;

  static std::size_t bucket(Nanoseconds time) {
    if (time < 2 * parts) return time;
    const int shift = 63 - __builtin_clzll(time) - bits;
    return static_cast<std::size_t>(shift) * parts + (time >> shift);
  }

  static Nanoseconds upperEnd(std::size_t bucket) {
    if (bucket < 2 * parts) return bucket;
    const std::size_t shift = bucket / parts - 1;
    return ((bucket % parts + parts + 1) << shift) - 1;
  }

  std::array<std::uint64_t, (64 - bits + 1) * parts> counts_{};
  std::uint64_t total_ = 0;
  Nanoseconds greatest_ = 0;
};

// What happens within the window: calls and their times, and the processor's time of the
// server and of this process.
//
// A closed loop's calls belong to the window in which they end. An open loop's belong to
// that in which they were due, so that slow ones are not left out at its end.
class Measurement {
 public:
  explicit Measurement(const Options& options) : options_(options) {
    if (clock_getcpuclockid(options.server, &serverClock_) != 0)
      fail("there is no process " + std::to_string(options.server));
    begin_ = now() + static_cast<Nanoseconds>(options.warmUp * second);
    end_ = begin_ + static_cast<Nanoseconds>(options.seconds * second);
  }

  Nanoseconds begin() const { return begin_; }
  Nanoseconds end() const { return end_; }

  // To be told of the time often: the processor's time is read when the window begins
  // and ends.
  void tick(Nanoseconds time) {
    if (!began_ && time >= begin_) {
      began_ = true;
      first_ = reading();
    } else if (began_ && !isOver_ && time >= end_) {
      isOver_ = true;
      last_ = reading();
    }
  }

  void started(Nanoseconds due, Nanoseconds time) {
    if (due >= begin_ && due < end_) late_.add(time - due);
  }

  void ended(Nanoseconds due, Nanoseconds time) {
    tick(time);
    ended_ += 1;
    if (options_.isOpenLoop() ? due >= begin_ && due < end_ : began_ && !isOver_)
      times_.add(time - due);
  }

  void print() const {
    if (!isOver_ || times_.total() == 0) fail("nothing was measured");
    const auto microseconds = [](Nanoseconds time) { return static_cast<double>(time) / 1e3; };
    const auto seconds = [](Nanoseconds time) { return static_cast<double>(time) / 1e9; };
    std::printf(
        "{\"calls\": %llu, \"seconds\": %.9f, \"serverCPU\": %.9f, \"loadCPU\": %.9f, "
        "\"allCPU\": %.2f, "
        "\"p50\": %.3f, \"p99\": %.3f, \"p999\": %.3f, \"greatest\": %.3f, \"lateP99\": %.3f}\n",
        static_cast<unsigned long long>(last_.ended - first_.ended),
        seconds(last_.time - first_.time), seconds(last_.server - first_.server),
        seconds(last_.load - first_.load), seconds(last_.busy - first_.busy),
        microseconds(times_.quantile(0.5)), microseconds(times_.quantile(0.99)),
        microseconds(times_.quantile(0.999)), microseconds(times_.greatest()),
        microseconds(late_.quantile(0.99)));
  }

 private:
  struct Reading {
    Nanoseconds time = 0, server = 0, load = 0, busy = 0;
    std::uint64_t ended = 0;
  };

  Reading reading() const {
    const Nanoseconds busy = readBusy();
    return {now(), read(serverClock_), read(CLOCK_PROCESS_CPUTIME_ID), busy, ended_};
  }

  const Options& options_;
  clockid_t serverClock_{};
  Nanoseconds begin_ = 0, end_ = 0;
  bool began_ = false, isOver_ = false;
  std::uint64_t ended_ = 0;
  Reading first_, last_;
  Histogram times_, late_;
};

// Runs calls until the window is over, then waits for those still open.
//
// A Client has
//   bool canStart() const             whether flow control allows another call
//   void start(Nanoseconds due)       starts one
//   void flush()                      sends what was started
//   void receive(bool waits, ended)   calls ended(due, time) for calls that have ended; waits
//                                     for the first if it is told so
// In an open loop nothing waits: the generator has a processor to itself, and a timer's
// lateness would count as the server's.
template <class Client>
void drive(Client& client, const Options& options) {
  alarm(static_cast<unsigned>(options.warmUp + options.seconds) + 30);
  Measurement measurement(options);
  const double interval = options.isOpenLoop() ? second / options.rate : 0;
  const Nanoseconds first = now();
  std::uint64_t count = 0;
  std::size_t inFlight = 0;
  const std::size_t most = options.isOpenLoop() ? mostInFlight : options.inFlight;
  const auto due = [&](Nanoseconds time) {
    return options.isOpenLoop()
               ? first + static_cast<Nanoseconds>(static_cast<double>(count) * interval)
               : time;
  };
  for (;;) {
    const Nanoseconds time = now();
    measurement.tick(time);
    while (inFlight < most && client.canStart() && due(time) <= time &&
           due(time) < measurement.end()) {
      measurement.started(due(time), time);
      client.start(due(time));
      ++count;
      ++inFlight;
    }
    client.flush();
    if (inFlight == 0 && time >= measurement.end() && due(time) >= measurement.end()) break;
    const bool waits = !options.isOpenLoop() && inFlight > 0;
    client.receive(waits, [&](Nanoseconds since, Nanoseconds end) {
      measurement.ended(since, end);
      --inFlight;
    });
  }
  measurement.print();
}

}  // namespace load
