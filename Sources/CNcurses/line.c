// The way to the terminal: what ncurses writes is kept back, counted, and sent without ever
// waiting, so that a line slower than the pictures (ssh from a train, a terminal that is scrolled
// or stopped with Ctrl-S) never stands between a key and its answer.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "private.h"

/// More than a few pictures of the largest terminal; only clipboards come near it.
enum { WAITING_LIMIT = 4 << 20 };

static struct {
  /// The descriptor that ncurses writes to, and the terminal behind it.
  int curses;
  int terminal;
  /// The terminal once more, never waiting; an open file of its own, for whoever shares the
  /// inherited one (the shell) expects that one to wait.
  int direct;
  /// Where ncurses writes instead while a picture is made.
  int memory;
  unsigned char *waiting;
  size_t start, end, capacity;
  uint64_t sent;
} line = {.curses = -1, .terminal = -1, .direct = -1, .memory = -1};

bool tmk_line_open(int curses) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", curses);
  line.curses = curses;
  line.terminal = fcntl(curses, F_DUPFD_CLOEXEC, 0);
  line.direct = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  // After su, the terminal may be ours to use but not to open: then a slow line makes us wait.
  if (line.direct < 0) line.direct = fcntl(curses, F_DUPFD_CLOEXEC, 0);
  line.memory = memfd_create("frame", MFD_CLOEXEC);
  line.sent = 0;
  tmk_colors_forget();
  if (line.terminal >= 0 && line.direct >= 0 && line.memory >= 0) return true;
  tmk_line_close();
  return false;
}

static void close_one(int *descriptor) {
  if (*descriptor >= 0) close(*descriptor);
  *descriptor = -1;
}

void tmk_line_close(void) {
  close_one(&line.terminal);
  close_one(&line.direct);
  close_one(&line.memory);
  free(line.waiting);
  line.waiting = NULL;
  line.start = line.end = line.capacity = 0;
  line.curses = -1;
}

int tmk_line_descriptor(void) { return line.direct; }
bool tmk_line_is_waiting(void) { return line.start < line.end; }
uint64_t tmk_line_sent(void) { return line.sent; }

// MARK: Keeping back

static unsigned char *room_for(size_t count) {
  if (line.start == line.end) line.start = line.end = 0;
  if (line.end - line.start + count > WAITING_LIMIT) return NULL;
  if (line.end + count > line.capacity) {
    size_t capacity = line.end + count + (64 << 10);
    unsigned char *larger = realloc(line.waiting, capacity);
    if (larger == NULL) return NULL;
    line.waiting = larger;
    line.capacity = capacity;
  }
  return line.waiting + line.end;
}

bool tmk_line_add(const void *bytes, size_t count) {
  unsigned char *place = room_for(count);
  if (place == NULL) return false;
  memcpy(place, bytes, count);
  line.end += count;
  return true;
}

void tmk_line_begin(void) {
  if (ftruncate(line.memory, 0) != 0 || lseek(line.memory, 0, SEEK_SET) != 0) return;
  dup3(line.memory, line.curses, O_CLOEXEC);
}

bool tmk_line_end(void) {
  dup3(line.terminal, line.curses, O_CLOEXEC);
  off_t count = lseek(line.memory, 0, SEEK_CUR);
  if (count == 0) return true;
  unsigned char *place = count > 0 ? room_for((size_t)count) : NULL;
  if (place == NULL || pread(line.memory, place, (size_t)count, 0) != count) return false;
  line.end += tmk_colors_thin(place, (size_t)count);
  return true;
}

// MARK: Sending

bool tmk_line_drain(void) {
  while (line.start < line.end) {
    ssize_t written = write(line.direct, line.waiting + line.start, line.end - line.start);
    if (written > 0) {
      line.start += (size_t)written;
      line.sent += (uint64_t)written;
    } else if (written < 0 && errno == EINTR) {
      continue;
    } else if (written < 0 && errno == EAGAIN) {
      return false;
    } else {
      // The terminal is gone; reading says so.
      line.start = line.end = 0;
    }
  }
  return true;
}

bool tmk_line_finish(void) {
  uint64_t before = line.sent;
  for (int stalls = 0; !tmk_line_drain();) {
    stalls = line.sent == before ? stalls + 1 : 0;
    before = line.sent;
    if (stalls == 10) {
      line.start = line.end = 0;
      return false;
    }
    struct pollfd room = {.fd = line.direct, .events = POLLOUT};
    poll(&room, 1, 50);
  }
  return true;
}
