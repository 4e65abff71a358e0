/* The least that a server can do: it reads a length and so many bytes, and answers with
 * a length and the bytes that it holds, over epoll in one thread.
 *
 *   epoll_echo --response FILE
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INPUT = 1 << 16, OUTPUT = 1 << 22, REQUEST_LIMIT = 1 << 12 };

struct connection {
  int socket;
  size_t have, queued;
  char input[INPUT], output[OUTPUT];
};

static char *response;
static size_t response_size;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void load(const char *path) {
  FILE *file = fopen(path, "rb");
  response = malloc(4 + INPUT);
  if (!file || !response) fail(path);
  response_size = fread(response + 4, 1, INPUT, file);
  fclose(file);
  uint32_t length = htonl((uint32_t)response_size);
  memcpy(response, &length, 4);
  response_size += 4;
}

static int answer(struct connection *c) {
  size_t at = 0;
  while (c->have - at >= 4) {
    uint32_t length;
    memcpy(&length, c->input + at, 4);
    length = ntohl(length);
    if (length > REQUEST_LIMIT) return -1;
    if (c->have - at < 4 + length) break;
    if (c->queued + response_size > OUTPUT) return -1;
    memcpy(c->output + c->queued, response, response_size);
    c->queued += response_size;
    at += 4 + length;
  }
  memmove(c->input, c->input + at, c->have - at);
  c->have -= at;
  /* The peer takes answers as it sends requests, so a blocking write ends. */
  for (size_t sent = 0; sent < c->queued;) {
    ssize_t count = send(c->socket, c->output + sent, c->queued - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return -1;
    sent += (size_t)count;
  }
  c->queued = 0;
  return 0;
}

static void add(int poll, int listener) {
  int on = 1, accepted = accept(listener, NULL, NULL);
  struct connection *c = accepted < 0 ? NULL : malloc(sizeof *c);
  if (!c) fail("accept");
  c->socket = accepted;
  c->have = c->queued = 0;
  setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(poll, EPOLL_CTL_ADD, accepted, &event) < 0) fail("epoll_ctl");
}

static void serve(int poll, int listener) {
  struct epoll_event events[64];
  for (;;) {
    int count = epoll_wait(poll, events, 64, -1);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    for (int at = 0; at < count; at++) {
      struct connection *c = events[at].data.ptr;
      if (!c) {
        add(poll, listener);
        continue;
      }
      ssize_t got = read(c->socket, c->input + c->have, INPUT - c->have);
      if (got > 0) c->have += (size_t)got;
      if (got <= 0 || answer(c) < 0) {
        close(c->socket);
        free(c);
      }
    }
  }
}

int main(int count, char **words) {
  if (count != 3 || strcmp(words[1], "--response") != 0) {
    fprintf(stderr, "usage: epoll_echo --response FILE\n");
    return 64;
  }
  load(words[2]);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0), poll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  if (listener < 0 || poll < 0 || bind(listener, (struct sockaddr *)&address, size) < 0 ||
      listen(listener, 16) < 0 || getsockname(listener, (struct sockaddr *)&address, &size) < 0 ||
      epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event) < 0)
    fail("listen");
  printf("ready on 127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  serve(poll, listener);
}
