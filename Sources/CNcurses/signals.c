// Signals, the self-pipe that turns them into events, and the restore of last resort.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "private.h"

tmk_restore tmk_saved;
atomic_bool tmk_taken;

static atomic_uint pending_signals;
static atomic_uint unread_terminations;
static atomic_bool wake_pending;
static atomic_int pipe_read = -1;
static atomic_int pipe_write = -1;

void tmk_write_all(int fd, const void *bytes, size_t count) {
  const char *next = bytes;
  int stalls = 0;
  while (count > 0) {
    ssize_t written = write(fd, next, count);
    if (written > 0) {
      next += written;
      count -= (size_t)written;
      stalls = 0;
      continue;
    }
    if (written < 0 && errno == EINTR) continue;
    // No room: wait for some, but never for ever.
    if (written < 0 && errno == EAGAIN && stalls < 20) {
      struct pollfd room = {.fd = fd, .events = POLLOUT};
      poll(&room, 1, 50);
      stalls += 1;
      if (stalls == 10) tcflush(fd, TCOFLUSH);
      continue;
    }
    return;
  }
}

void tmk_emergency_restore(void) {
  if (!atomic_exchange(&tmk_taken, false)) return;
  int saved_errno = errno;
  // tcsetattr from a background process group would stop us on the way out.
  sigset_t ttou, before;
  sigemptyset(&ttou);
  sigaddset(&ttou, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &ttou, &before);
  tmk_write_all(tmk_saved.output, tmk_saved.bytes, tmk_saved.count);
  tcsetattr(tmk_saved.output, TCSANOW, &tmk_saved.modes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = saved_errno;
}

// MARK: The self-pipe

static void nudge(void) {
  int fd = atomic_load(&pipe_write);
  if (fd < 0) return;
  char byte = 0;
  // A full pipe already wakes the reader, so a failure here loses nothing.
  ssize_t ignored = write(fd, &byte, 1);
  (void)ignored;
}

void tmk_wake(void) {
  if (!atomic_exchange(&wake_pending, true)) nudge();
}

int tmk_wake_pipe(void) { return atomic_load(&pipe_read); }

bool tmk_wake_drain(void) {
  char bytes[64];
  while (read(atomic_load(&pipe_read), bytes, sizeof bytes) > 0) {
  }
  return atomic_exchange(&wake_pending, false);
}

uint32_t tmk_signals_collect(void) {
  atomic_store(&unread_terminations, 0);
  return atomic_exchange(&pending_signals, 0);
}

// MARK: Handlers

typedef struct {
  int number;
  void (*handler)(int);
  int flags;
  bool installed;
  struct sigaction previous;
} handled_signal;

static void on_fatal(int number);
static void on_request(int number);

static handled_signal handled[] = {
    {SIGSEGV, on_fatal, SA_ONSTACK | SA_NODEFER, false, {0}},
    {SIGBUS, on_fatal, SA_ONSTACK | SA_NODEFER, false, {0}},
    {SIGILL, on_fatal, SA_ONSTACK | SA_NODEFER, false, {0}},
    {SIGTRAP, on_fatal, SA_ONSTACK | SA_NODEFER, false, {0}},
    {SIGABRT, on_fatal, SA_ONSTACK | SA_NODEFER, false, {0}},
    {SIGFPE, on_fatal, SA_ONSTACK | SA_NODEFER, false, {0}},
    {SIGINT, on_request, SA_RESTART, false, {0}},
    {SIGTERM, on_request, SA_RESTART, false, {0}},
    {SIGHUP, on_request, SA_RESTART, false, {0}},
    {SIGWINCH, on_request, SA_RESTART, false, {0}},
    {SIGTSTP, on_request, SA_RESTART, false, {0}},
    {SIGCONT, on_request, SA_RESTART, false, {0}},
    {SIGPIPE, SIG_IGN, 0, false, {0}},
};

static void restore_previous(int number) {
  for (size_t i = 0; i < sizeof handled / sizeof handled[0]; i++) {
    if (handled[i].number != number) continue;
    if (handled[i].installed) sigaction(number, &handled[i].previous, NULL);
    return;
  }
}

static void on_fatal(int number) {
  tmk_emergency_restore();
  // Whoever handled it before us (a backtrace printer, or the default) has the last word, with
  // the terminal already readable again.
  restore_previous(number);
  raise(number);
}

static void on_request(int number) {
  int saved_errno = errno;
  uint32_t bit = 0;
  switch (number) {
    case SIGINT: bit = TMK_SIGNAL_INTERRUPT; break;
    case SIGTERM: bit = TMK_SIGNAL_TERMINATE; break;
    case SIGHUP: bit = TMK_SIGNAL_HANGUP; break;
    case SIGWINCH: bit = TMK_SIGNAL_RESIZE; break;
    case SIGTSTP: bit = TMK_SIGNAL_STOP; break;
    case SIGCONT: bit = TMK_SIGNAL_CONTINUE; break;
    default: break;
  }
  // Asked to end a third time while nobody reads events: the program hangs, so end it here.
  if ((number == SIGINT || number == SIGTERM) &&
      atomic_fetch_add(&unread_terminations, 1) >= 2) {
    tmk_emergency_restore();
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigaction(number, &plain, NULL);
    raise(number);
  }
  atomic_fetch_or(&pending_signals, bit);
  nudge();
  errno = saved_errno;
}

static bool make_pipe(void) {
  if (atomic_load(&pipe_read) >= 0) return true;
  int ends[2];
  if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return false;
  // Never closed again: another thread may be inside tmk_wake at any time.
  atomic_store(&pipe_read, ends[0]);
  atomic_store(&pipe_write, ends[1]);
  return true;
}

bool tmk_signals_install(void) {
  static bool exit_registered = false;
  // A stack overflow needs another stack to run its handler on.
  static _Alignas(16) char handler_stack[64 * 1024];
  if (!make_pipe()) return false;
  if (!exit_registered) exit_registered = atexit(tmk_emergency_restore) == 0;

  stack_t current;
  if (sigaltstack(NULL, &current) == 0 && (current.ss_flags & SS_DISABLE)) {
    stack_t replacement = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
    sigaltstack(&replacement, NULL);
  }
  atomic_store(&pending_signals, 0);
  atomic_store(&unread_terminations, 0);
  sigset_t ours;
  sigemptyset(&ours);
  for (size_t i = 0; i < sizeof handled / sizeof handled[0]; i++) {
    sigaddset(&ours, handled[i].number);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handled[i].handler;
    action.sa_flags = handled[i].flags;
    sigemptyset(&action.sa_mask);
    handled[i].installed = sigaction(handled[i].number, &action, &handled[i].previous) == 0;
  }
  // Dispatch blocks signals in its threads, and an asynchronous main runs on one of them.
  pthread_sigmask(SIG_UNBLOCK, &ours, NULL);
  return true;
}

void tmk_signals_remove(void) {
  for (size_t i = 0; i < sizeof handled / sizeof handled[0]; i++) {
    if (handled[i].installed) sigaction(handled[i].number, &handled[i].previous, NULL);
    handled[i].installed = false;
  }
}

void tmk_stop(void) {
  struct sigaction plain, ours;
  memset(&plain, 0, sizeof plain);
  plain.sa_handler = SIG_DFL;
  sigemptyset(&plain.sa_mask);
  sigaction(SIGTSTP, &plain, &ours);
  // The whole group, so that a wrapper (make, a pipeline) stops with us; the kernel ignores it
  // when no shell is there to continue us.
  kill(0, SIGTSTP);
  sigaction(SIGTSTP, &ours, NULL);
}
