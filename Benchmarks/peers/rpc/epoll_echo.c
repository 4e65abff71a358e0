// The limit of what a server can do on one thread: for every request it writes the same
// response, and understands neither.
//
//     epoll_echo REQUEST-FILE RESPONSE-FILE
//
// Both go as frames: a length of 4 bytes, big-endian, and the bytes. Prints
// `ready on 127.0.0.1:PORT` and serves until it is ended.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  LONGEST = 1 << 16,     // bytes of a request or response, with its length
  INPUT = 1 << 18,       // bytes read at once
  OUTPUT = 1 << 20,      // bytes that wait to be written; then nothing is read any more
  CONNECTIONS = 16,
};

struct frame {
  size_t size;
  char bytes[LONGEST];
};

struct connection {
  int socket;
  bool waits_to_write;
  size_t held;         // bytes of input
  size_t begin, end;   // of output
  char input[INPUT];
  char output[OUTPUT];
};

static struct frame request, response;

static void fail(const char *what) {
  perror(what);
  exit(71);
}

static void read_frame(const char *path, struct frame *frame) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) fail(path);
  size_t length = fread(frame->bytes + 4, 1, LONGEST - 4, file);
  if (ferror(file) || length == 0 || fgetc(file) != EOF) {
    fprintf(stderr, "%s cannot be read, is empty or too long\n", path);
    exit(66);
  }
  fclose(file);
  uint32_t prefix = htonl((uint32_t)length);
  memcpy(frame->bytes, &prefix, 4);
  frame->size = 4 + length;
}

// Answers the whole requests of the input while there is room; false when one is wrong.
static bool answer(struct connection *connection) {
  if (connection->begin > 0) {
    memmove(connection->output, connection->output + connection->begin,
            connection->end - connection->begin);
    connection->end -= connection->begin;
    connection->begin = 0;
  }
  size_t taken = 0;
  while (connection->held - taken >= request.size && OUTPUT - connection->end >= response.size) {
    if (memcmp(connection->input + taken, request.bytes, 4) != 0) return false;
    taken += request.size;
    memcpy(connection->output + connection->end, response.bytes, response.size);
    connection->end += response.size;
  }
  memmove(connection->input, connection->input + taken, connection->held - taken);
  connection->held -= taken;
  return true;
}

// False when the connection has ended.
static bool write_output(struct connection *connection) {
  while (connection->begin < connection->end) {
    ssize_t count = send(connection->socket, connection->output + connection->begin,
                         connection->end - connection->begin, MSG_NOSIGNAL);
    if (count > 0) {
      connection->begin += (size_t)count;
    } else if (errno == EAGAIN) {
      return true;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

// Reads once, answers, writes; false when the connection has ended or is wrong.
static bool serve(struct connection *connection, bool readable) {
  if (readable && connection->held < INPUT) {
    ssize_t count = recv(connection->socket, connection->input + connection->held,
                         INPUT - connection->held, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return false;
    if (count > 0) connection->held += (size_t)count;
  }
  do {
    if (!answer(connection) || !write_output(connection)) return false;
  } while (connection->begin == connection->end && connection->held >= request.size);
  return true;
}

static void watch(int poll, struct connection *connection, int operation) {
  struct epoll_event event = {
      .events = connection->waits_to_write ? EPOLLOUT : EPOLLIN, .data.ptr = connection};
  if (epoll_ctl(poll, operation, connection->socket, &event) != 0) fail("epoll_ctl");
}

static void end(struct connection *connection) {
  close(connection->socket);
  free(connection);
}

// Whether there is one more; it is turned away where there is no room for it.
static bool accept_one(int listener, int poll, bool has_room) {
  int accepted = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted < 0) return false;
  if (!has_room) {
    close(accepted);
    return false;
  }
  int yes = 1;
  struct connection *connection = calloc(1, sizeof *connection);
  if (connection == NULL || setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0)
    fail("accept");
  connection->socket = accepted;
  watch(poll, connection, EPOLL_CTL_ADD);
  return true;
}

static int listen_on_loopback(void) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 ||
      listen(listener, CONNECTIONS) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &size) != 0)
    fail("listen");
  printf("ready on 127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

int main(int count, char **words) {
  if (count != 3) {
    fprintf(stderr, "usage: %s REQUEST-FILE RESPONSE-FILE\n", words[0]);
    return 64;
  }
  read_frame(words[1], &request);
  read_frame(words[2], &response);
  int listener = listen_on_loopback();
  int poll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event listening = {.events = EPOLLIN, .data.ptr = NULL};
  if (poll < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, listener, &listening) != 0) fail("epoll");
  int open = 0;
  for (;;) {
    struct epoll_event events[CONNECTIONS + 1];
    int ready = epoll_wait(poll, events, CONNECTIONS + 1, -1);
    if (ready < 0 && errno != EINTR) fail("epoll_wait");
    for (int at = 0; at < ready; ++at) {
      struct connection *connection = events[at].data.ptr;
      if (connection == NULL) {
        if (accept_one(listener, poll, open < CONNECTIONS)) ++open;
        continue;
      }
      if (!serve(connection, (events[at].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)) {
        end(connection);
        --open;
        continue;
      }
      bool waits = connection->begin < connection->end;
      if (waits != connection->waits_to_write) {
        connection->waits_to_write = waits;
        watch(poll, connection, EPOLL_CTL_MOD);
      }
    }
  }
}
