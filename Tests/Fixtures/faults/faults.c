/*
 * Loaded into the program with LD_PRELOAD: numbers its file operations, and at one of them does
 * what the environment says. An operation counts where its file or folder is under the folder that
 * the program was started in; standard streams, pipes and the system's files do not.
 *
 * FAULTS_LOG=FILE     a line for each operation: number, kind, open file, path, bytes, outcome
 * FAULTS_AT=N         the operation meant, from 1: the first from there on that the action fits
 * FAULTS_DO=WORD      kill (before it), torn (half of a write is done, then kill),
 *                     short (half of a read or a write is done), full (half of a write, then
 *                     ENOSPC for everything that needs room), or an errno: ENOSPC, EIO, ...
 * FAULTS_STICKY=1     from there on, not once; EINTR then comes at every other call
 * FAULTS_READS=1      reading, opening to read and listing count too
 * FAULTS_STDOUT=1     standard output counts as a file
 * FAULTS_NO_SYNC=1    fsync succeeds at once: a kill does not need it, and it is slow
 * FAULTS_SLICE=N      a read of a file named log* gives at most N bytes, so that a small log
 *                     takes many rounds
 * FAULTS_QUIET_US=N   such a read waits until every other thread has slept so long, so that what
 *                     runs beside the stream, and what is read ahead of it, comes in the same
 *                     order each time
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum kind {
  CREATE = 1 << 0,   /* open for writing */
  WRITE = 1 << 1,
  SYNC = 1 << 2,
  RENAME = 1 << 3,
  REMOVE = 1 << 4,   /* a file */
  MKDIR = 1 << 5,
  RMDIR = 1 << 6,
  TRUNCATE = 1 << 7,
  CLOSE = 1 << 8,    /* of a file that was written */
  LINK = 1 << 9,
  OPEN = 1 << 10,    /* to read */
  READ = 1 << 11,
  LIST = 1 << 12,
};
#define CHANGES (CREATE | WRITE | SYNC | RENAME | REMOVE | MKDIR | RMDIR | TRUNCATE | CLOSE | LINK)
#define NAMES (CREATE | RENAME | REMOVE | MKDIR | RMDIR | LINK)

static const char *const kind_names[] = {
  "create", "write", "sync", "rename", "remove", "mkdir", "rmdir",
  "truncate", "close", "link", "open", "read", "list",
};

/* Which calls can fail how; the second set is for a fault that stays. */
static const struct fault {
  const char *name;
  int code;
  unsigned once, sticky;
} faults[] = {
  {"ENOSPC", ENOSPC, CREATE | WRITE | MKDIR | RENAME | LINK | SYNC, CREATE | WRITE | MKDIR},
  {"EDQUOT", EDQUOT, CREATE | WRITE | MKDIR | RENAME | LINK | SYNC, CREATE | WRITE | MKDIR},
  {"EIO", EIO, CHANGES | OPEN | READ | LIST, CHANGES | OPEN | READ | LIST},
  {"EMFILE", EMFILE, CREATE | OPEN | LIST, CREATE | OPEN | LIST},
  {"EINTR", EINTR, CREATE | OPEN | READ | WRITE | TRUNCATE | CLOSE,
   CREATE | OPEN | READ | WRITE | TRUNCATE | CLOSE},
  {"EROFS", EROFS, NAMES, NAMES},
  {"EACCES", EACCES, (NAMES & ~LINK) | OPEN | LIST, (NAMES & ~LINK) | OPEN | LIST},
};

enum action { NOTHING, KILL, TORN, SHORT, FULL, FAIL };

static struct {
  int is_ready;
  enum action action;
  int code;
  const char *code_name;
  unsigned fitting;
  long at;
  int sticky, reads, no_sync;
  long slice, quiet_us;
  int log;
  size_t root_length;
  char root[PATH_MAX];
} plan;

static atomic_long counter, underway, opened;
static atomic_int fired;
static __thread int was_interrupted;

struct file {
  int is_counted, is_written, is_log;
  long number;
  char path[256];
};
#define FILES 1024
static struct file table[FILES];

/* What becomes of the operation that is about to happen. */
struct verdict {
  int counts;
  long number;
  enum action action;
};

static long now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

static long setting(const char *name) {
  const char *text = getenv(name);
  return text ? atol(text) : 0;
}

__attribute__((constructor)) static void start(void) {
  if (!getcwd(plan.root, sizeof plan.root)) return;
  plan.root_length = strlen(plan.root);
  plan.at = setting("FAULTS_AT");
  plan.sticky = setting("FAULTS_STICKY") != 0;
  plan.reads = setting("FAULTS_READS") != 0;
  plan.no_sync = setting("FAULTS_NO_SYNC") != 0;
  plan.slice = setting("FAULTS_SLICE");
  plan.quiet_us = setting("FAULTS_QUIET_US");
  const char *word = getenv("FAULTS_DO");
  if (word && plan.at > 0) {
    plan.fitting = CHANGES | OPEN | READ | LIST;
    if (!strcmp(word, "kill")) {
      plan.action = KILL;
    } else if (!strcmp(word, "torn")) {
      plan.action = TORN;
      plan.fitting = WRITE;
    } else if (!strcmp(word, "short")) {
      plan.action = SHORT;
      plan.fitting = WRITE | READ;
    } else if (!strcmp(word, "full")) {
      plan.action = FULL;
      plan.sticky = 1;
      plan.fitting = CREATE | WRITE | MKDIR;
      plan.code = ENOSPC;
      plan.code_name = "ENOSPC";
    } else {
      for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (strcmp(word, faults[i].name)) continue;
        plan.action = FAIL;
        plan.code = faults[i].code;
        plan.code_name = faults[i].name;
        plan.fitting = plan.sticky ? faults[i].sticky : faults[i].once;
      }
      if (plan.action != FAIL) {
        dprintf(2, "faults: FAULTS_DO=%s is not known\n", word);
        _exit(99);
      }
    }
  }
  plan.log = -1;
  const char *log = getenv("FAULTS_LOG");
  if (log) {
    int file = (int)syscall(
      SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    /* Out of the way of the program's own. */
    plan.log = file < 0 ? -1 : fcntl(file, F_DUPFD_CLOEXEC, 900);
    if (file >= 0) syscall(SYS_close, file);
  }
  if (setting("FAULTS_STDOUT")) {
    table[1].is_counted = 1;
    strcpy(table[1].path, "stdout");
  }
  /* A program that hangs because of us is ended, and seen to be. */
  alarm(60);
  plan.is_ready = 1;
}

static struct file *counted(int fd) {
  return plan.is_ready && fd >= 0 && fd < FILES && table[fd].is_counted ? &table[fd] : NULL;
}

/* Whether a path is under the folder that the program was started in. */
static int is_inside(int folder, const char *path) {
  if (!plan.is_ready || !path || !*path) return 0;
  if (path[0] != '/') {
    return folder == AT_FDCWD ? strncmp(path, "../", 3) != 0 : counted(folder) != NULL;
  }
  return !strncmp(path, plan.root, plan.root_length)
    && (path[plan.root_length] == '/' || !path[plan.root_length]);
}

static const char *shown(const char *path) {
  if (path[0] == '/' && is_inside(AT_FDCWD, path)) {
    return path[plan.root_length] ? path + plan.root_length + 1 : ".";
  }
  return strncmp(path, "./", 2) ? path : path + 2;
}

static void note(
  long number, unsigned kind, long file, const char *path, long bytes, const char *outcome
) {
  if (plan.log < 0) return;
  int saved = errno;
  char line[600];
  int length = snprintf(
    line, sizeof line, "%ld %s %ld %s %ld %s\n", number, kind_names[__builtin_ctz(kind)], file,
    shown(path), bytes, outcome);
  if (length > 0) syscall(SYS_write, plan.log, line, (size_t)length);
  errno = saved;
}

static void die(void) {
  syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
  for (;;) pause();
}

static struct verdict begin(unsigned kind, long file, const char *path, long bytes) {
  struct verdict it = {0, 0, NOTHING};
  if (!(kind & CHANGES) && !plan.reads) return it;
  it.counts = 1;
  it.number = atomic_fetch_add(&counter, 1) + 1;
  atomic_fetch_add(&underway, 1);
  if (plan.action == NOTHING || it.number < plan.at || !(plan.fitting & kind)) return it;
  int was_fired = atomic_exchange(&fired, 1);
  if (was_fired && !plan.sticky) return it;
  switch (plan.action) {
  case KILL:
    note(it.number, kind, file, path, bytes, "!killed");
    die();
    break;
  case FULL:
    it.action = !was_fired && kind == WRITE && bytes > 1 ? SHORT : FAIL;
    break;
  case FAIL:
    if (plan.code == EINTR && plan.sticky) {
      was_interrupted = !was_interrupted;
      if (!was_interrupted) return it;
    }
    it.action = FAIL;
    break;
  case TORN: it.action = TORN; break;
  case SHORT: it.action = bytes > 1 ? SHORT : NOTHING; break;
  case NOTHING: break;
  }
  return it;
}

/* Notes the outcome. */
static long end(
  struct verdict it, unsigned kind, long file, const char *path, long bytes, long result
) {
  if (!it.counts) return result;
  /* What the plan did is marked. */
  const char *outcome = "ok";
  char marked[16];
  if (it.action == FAIL) {
    snprintf(marked, sizeof marked, "!%s", plan.code_name);
    outcome = marked;
  } else if (it.action == SHORT) {
    outcome = "!short";
  } else if (result < 0) {
    outcome = strerrorname_np(errno);
  }
  note(it.number, kind, file, path, bytes, outcome);
  atomic_fetch_sub(&underway, 1);
  return result;
}

static long failed(void) {
  errno = plan.code;
  return -1;
}

/* ---- opening and closing ---- */

static int opening(int folder, const char *path, int flags, mode_t mode) {
  int counts = is_inside(folder, path);
  unsigned kind = (flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT ? CREATE : OPEN;
  struct verdict it = {0, 0, NOTHING};
  if (counts) it = begin(kind, 0, path, 0);
  long number = atomic_fetch_add(&opened, 1) + 1;
  long file = it.action == FAIL ? failed() : syscall(SYS_openat, folder, path, flags, mode);
  if (file >= 0 && file < FILES && plan.is_ready) {
    struct file *entry = &table[file];
    memset(entry, 0, sizeof *entry);
    struct stat status;
    if (counts && !fstat((int)file, &status)
      && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) {
      const char *name = strrchr(path, '/');
      name = name ? name + 1 : path;
      entry->is_counted = 1;
      entry->number = number;
      entry->is_written = kind == CREATE;
      entry->is_log = kind == OPEN && !strncmp(name, "log", 3);
      snprintf(entry->path, sizeof entry->path, "%s", shown(path));
    }
  }
  if (counts) end(it, kind, file < 0 ? 0 : number, path, 0, file);
  return (int)file;
}

#define MODE(flags, mode) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { \
    va_list list; \
    va_start(list, flags); \
    mode = va_arg(list, mode_t); \
    va_end(list); \
  }

int open(const char *path, int flags, ...) {
  MODE(flags, mode)
  return opening(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  MODE(flags, mode)
  return opening(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char *path, int flags, ...) {
  MODE(flags, mode)
  return opening(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
  MODE(flags, mode)
  return opening(folder, path, flags, mode);
}
int creat(const char *path, mode_t mode) {
  return opening(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
int creat64(const char *path, mode_t mode) { return creat(path, mode); }
/* What the checked forms of the C library's headers call. */
int __open_2(const char *path, int flags) { return opening(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return opening(AT_FDCWD, path, flags, 0); }
int __openat_2(int folder, const char *path, int flags) { return opening(folder, path, flags, 0); }
int __openat64_2(int folder, const char *path, int flags) {
  return opening(folder, path, flags, 0);
}

int close(int fd) {
  struct file *open_file = counted(fd);
  if (!open_file) return (int)syscall(SYS_close, fd);
  struct file file = *open_file;
  struct verdict it = {0, 0, NOTHING};
  if (file.is_written) it = begin(CLOSE, file.number, file.path, 0);
  memset(open_file, 0, sizeof *open_file);
  /* The descriptor is gone, whatever is said. */
  long result = syscall(SYS_close, fd);
  if (it.action == FAIL) result = failed();
  return (int)end(it, CLOSE, file.number, file.path, 0, result);
}

DIR *opendir(const char *path) {
  static DIR *(*real)(const char *);
  if (!real) real = (DIR * (*)(const char *)) dlsym(RTLD_NEXT, "opendir");
  struct verdict it = {0, 0, NOTHING};
  if (is_inside(AT_FDCWD, path)) it = begin(LIST, 0, path, 0);
  DIR *stream = NULL;
  if (it.action == FAIL) {
    failed();
  } else {
    stream = real(path);
  }
  end(it, LIST, 0, path, 0, stream ? 0 : -1);
  return stream;
}

/* ---- reading and writing ---- */

/* Whether another thread is at work, or is about to be. */
static int is_busy(void) {
  if (atomic_load(&underway)) return 1;
  DIR *tasks = opendir("/proc/self/task");
  if (!tasks) return 0;
  int busy = 0;
  struct dirent *entry;
  while (!busy && (entry = readdir(tasks))) {
    if (entry->d_name[0] == '.' || atol(entry->d_name) == syscall(SYS_gettid)) continue;
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/self/task/%.20s/stat", entry->d_name);
    long file = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) continue;
    long length = syscall(SYS_read, file, text, sizeof text - 1);
    syscall(SYS_close, file);
    text[length > 0 ? length : 0] = 0;
    const char *state = strrchr(text, ')');
    busy = state && state[1] && state[2] != 'S';
  }
  closedir(tasks);
  return busy;
}

static void wait_for_quiet(void) {
  struct timespec pause = {0, 100000};
  if (plan.quiet_us == 0) return;
  long since = now_ns();
  while (now_ns() - since < plan.quiet_us * 1000) {
    nanosleep(&pause, NULL);
    if (is_busy()) since = now_ns();
  }
}

static ssize_t reading(int fd, void *bytes, size_t count, int has_offset, off_t offset) {
  struct file *file = counted(fd);
  if (file && file->is_log) {
    wait_for_quiet();
    if (plan.slice > 0 && count > (size_t)plan.slice) count = (size_t)plan.slice;
  }
  struct verdict it = {0, 0, NOTHING};
  if (file) it = begin(READ, file->number, file->path, (long)count);
  if (it.action == SHORT) count = (count + 1) / 2;
  long result = it.action == FAIL ? failed()
    : has_offset                  ? syscall(SYS_pread64, fd, bytes, count, offset)
                                  : syscall(SYS_read, fd, bytes, count);
  return file ? end(it, READ, file->number, file->path, (long)count, result) : result;
}

static ssize_t writing(int fd, const void *bytes, size_t count, int has_offset, off_t offset) {
  struct file *file = counted(fd);
  struct verdict it = {0, 0, NOTHING};
  if (file) {
    file->is_written = 1;
    it = begin(WRITE, file->number, file->path, (long)count);
  }
  size_t part = it.action == SHORT || it.action == TORN ? count / 2 : count;
  long result = it.action == FAIL ? failed()
    : has_offset                  ? syscall(SYS_pwrite64, fd, bytes, part, offset)
                                  : syscall(SYS_write, fd, bytes, part);
  if (it.action == TORN) {
    note(it.number, WRITE, file->number, file->path, (long)count, "!torn");
    die();
  }
  return file ? end(it, WRITE, file->number, file->path, (long)count, result) : result;
}

ssize_t read(int fd, void *bytes, size_t count) { return reading(fd, bytes, count, 0, 0); }
ssize_t __read_chk(int fd, void *bytes, size_t count, size_t room) {
  (void)room;
  return reading(fd, bytes, count, 0, 0);
}
ssize_t pread(int fd, void *bytes, size_t count, off_t offset) {
  return reading(fd, bytes, count, 1, offset);
}
ssize_t pread64(int fd, void *bytes, size_t count, off64_t offset) {
  return reading(fd, bytes, count, 1, offset);
}
ssize_t __pread_chk(int fd, void *bytes, size_t count, off_t offset, size_t room) {
  (void)room;
  return reading(fd, bytes, count, 1, offset);
}
ssize_t __pread64_chk(int fd, void *bytes, size_t count, off64_t offset, size_t room) {
  (void)room;
  return reading(fd, bytes, count, 1, offset);
}
ssize_t write(int fd, const void *bytes, size_t count) { return writing(fd, bytes, count, 0, 0); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  return writing(fd, bytes, count, 1, offset);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  return writing(fd, bytes, count, 1, offset);
}
/* A vector is written piece by piece. */
ssize_t writev(int fd, const struct iovec *pieces, int count) {
  if (!counted(fd)) return syscall(SYS_writev, fd, pieces, count);
  ssize_t sum = 0;
  for (int i = 0; i < count; i++) {
    ssize_t part = writing(fd, pieces[i].iov_base, pieces[i].iov_len, 0, 0);
    if (part < 0) return sum > 0 ? sum : part;
    sum += part;
    if ((size_t)part < pieces[i].iov_len) break;
  }
  return sum;
}

/* ---- an open file ---- */

static int syncing(int fd, long call) {
  struct file *file = counted(fd);
  if (!file) return (int)syscall(call, fd);
  struct verdict it = begin(SYNC, file->number, file->path, 0);
  long result = it.action == FAIL ? failed() : plan.no_sync ? 0 : syscall(call, fd);
  return (int)end(it, SYNC, file->number, file->path, 0, result);
}
int fsync(int fd) { return syncing(fd, SYS_fsync); }
int fdatasync(int fd) { return syncing(fd, SYS_fdatasync); }

static int truncating(int fd, off_t length) {
  struct file *file = counted(fd);
  if (!file) return (int)syscall(SYS_ftruncate, fd, length);
  struct verdict it = begin(TRUNCATE, file->number, file->path, (long)length);
  long result = it.action == FAIL ? failed() : syscall(SYS_ftruncate, fd, length);
  return (int)end(it, TRUNCATE, file->number, file->path, (long)length, result);
}
int ftruncate(int fd, off_t length) { return truncating(fd, length); }
int ftruncate64(int fd, off64_t length) { return truncating(fd, length); }

/* ---- names ---- */

#define NAMED(kind, folder, path, call) \
  struct verdict it = {0, 0, NOTHING}; \
  if (is_inside(folder, path)) it = begin(kind, 0, path, 0); \
  long result = it.action == FAIL ? failed() : (call); \
  return (int)end(it, kind, 0, path, 0, result);

int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
  NAMED(RENAME, to, new, syscall(SYS_renameat2, from, old, to, new, flags))
}
int renameat(int from, const char *old, int to, const char *new) {
  return renameat2(from, old, to, new, 0);
}
int rename(const char *old, const char *new) {
  return renameat2(AT_FDCWD, old, AT_FDCWD, new, 0);
}
int unlinkat(int folder, const char *path, int flags) {
  unsigned kind = flags & AT_REMOVEDIR ? RMDIR : REMOVE;
  NAMED(kind, folder, path, syscall(SYS_unlinkat, folder, path, flags))
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int linkat(int from, const char *old, int to, const char *new, int flags) {
  NAMED(LINK, to, new, syscall(SYS_linkat, from, old, to, new, flags))
}
int link(const char *old, const char *new) { return linkat(AT_FDCWD, old, AT_FDCWD, new, 0); }
int mkdirat(int folder, const char *path, mode_t mode) {
  NAMED(MKDIR, folder, path, syscall(SYS_mkdirat, folder, path, mode))
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
