// Stands between a program and the C library (LD_PRELOAD), and makes operations on files fail.
//
// What fails, and when, stands in a file that is mapped into memory (FAULT_CONTROL), so that a test
// can change it while the program runs, and can see how often it happened; fault-control.ts writes it.
// What is done to the files is written down, if FAULT_TRACE names a file for that.
//
// Node's file operations come through these functions; `statx` through `syscall`. With io_uring they
// would not: UV_USE_IO_URING=0.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// In the order of OPERATIONS, ACTIONS and MOMENTS in fault-control.ts.
enum operation { WRITE, SYNC, OPEN, STAT, READ, RENAME, MKDIR, RMDIR, UNLINK, TRUNCATE, CHMOD, CLOSE, UTIMES };
static const char *const names[] = { "write", "sync", "open", "stat", "read", "rename", "mkdir",
  "rmdir", "unlink", "truncate", "chmod", "close", "utimes" };
enum action { FAIL, HALF, STOP, KILL, DELAY };
enum moment { BEFORE, HALFWAY, AFTER };

struct control {
  int64_t armed, operations, action, moment, error, from, times, delay_ms, clock_offset_ms;
  int64_t matched, injected;
  char path[400];
};

static struct control *control;
static int trace_fd = -1;

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("FAULT_CONTROL");
  if (path == NULL) return;
  int fd = REAL(open64)(path, O_RDWR | O_CLOEXEC);
  void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) { fprintf(stderr, "fault-shim: cannot map %s\n", path); abort(); }
  REAL(close)(fd);
  control = at;
  const char *trace = getenv("FAULT_TRACE");
  if (trace != NULL) trace_fd = REAL(open64)(trace, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static int64_t now_ns(void) {
  struct timespec at;
  REAL(clock_gettime)(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

// ---- One operation on a file that is watched.

struct call {
  int watched, hit, first;
  enum operation operation;
  int64_t began;
  char path[512];
};

static void judge(struct call *call) {
  call->hit = 0;
  call->watched = control != NULL && fnmatch(control->path, call->path, 0) == 0;
  if (!call->watched) return;
  call->began = now_ns();
  if (!control->armed || !(control->operations >> call->operation & 1)) return;
  int64_t nth = __atomic_add_fetch(&control->matched, 1, __ATOMIC_SEQ_CST);
  call->first = nth == control->from;
  call->hit = nth >= control->from && (control->times == 0 || nth < control->from + control->times);
  if (call->hit) __atomic_add_fetch(&control->injected, 1, __ATOMIC_SEQ_CST);
}

static struct call on_path(enum operation operation, const char *path) {
  struct call call = { .operation = operation };
  if (control == NULL) return call;
  snprintf(call.path, sizeof call.path, "%s", path);
  judge(&call);
  return call;
}

static struct call on_fd(enum operation operation, int fd) {
  struct call call = { .operation = operation };
  if (control == NULL || fd <= 2) return call;
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, call.path, sizeof call.path - 1);
  if (length <= 0 || call.path[0] != '/') return call;
  call.path[length] = 0;
  judge(&call);
  return call;
}

static void act(const struct call *call, enum moment moment) {
  if (!call->hit || (enum moment)control->moment != moment) return;
  int error = errno;
  switch (control->action) {
    case STOP: raise(SIGSTOP); break;
    case KILL: raise(SIGKILL); break;
    case DELAY: poll(NULL, 0, (int)control->delay_ms); break;
  }
  errno = error;
}

// Whether it fails; after half a write, so do the ones that follow.
static int fails(const struct call *call) {
  if (!call->hit) return 0;
  if (control->action != FAIL && !(control->action == HALF && !call->first && control->error != 0)) return 0;
  errno = (int)control->error;
  return 1;
}

static int halves(const struct call *call) {
  if (!call->hit) return 0;
  return control->action == HALF || ((control->action == STOP || control->action == KILL) && control->moment == HALFWAY);
}

static int64_t done(const struct call *call, int64_t result) {
  if (!call->watched || trace_fd < 0) return result;
  int error = errno;
  char line[700];
  int length = snprintf(line, sizeof line, "%lld %lld %d %s %lld %s\n", (long long)call->began,
    (long long)now_ns(), (int)getpid(), names[call->operation], (long long)(result < 0 ? -error : result), call->path);
  REAL(write)(trace_fd, line, length);
  errno = error;
  return result;
}

#define GUARDED(type, call_of, operation_call) \
  struct call call = call_of; \
  if (fails(&call)) return done(&call, -1); \
  act(&call, BEFORE); \
  type result = operation_call; \
  act(&call, AFTER); \
  return done(&call, result)

// ---- Reading and writing, which can be done by half.

#define TRANSFER(call_of, whole, half) \
  struct call call = call_of; \
  if (fails(&call)) return done(&call, -1); \
  act(&call, BEFORE); \
  ssize_t result = halves(&call) ? (half) : (whole); \
  act(&call, HALFWAY); \
  act(&call, AFTER); \
  return done(&call, result)

// The first half of the bytes of a vector, at least one.
#define MAX_PARTS 1024
static int half_of(const struct iovec *parts, int count, struct iovec *half) {
  size_t total = 0;
  for (int i = 0; i < count; i++) total += parts[i].iov_len;
  size_t left = total > 1 ? total / 2 : total;
  int used = 0;
  for (int i = 0; i < count && i < MAX_PARTS && left > 0; i++) {
    half[used] = parts[i];
    if (half[used].iov_len > left) half[used].iov_len = left;
    left -= half[used++].iov_len;
  }
  return used;
}
#define HALF_LENGTH(length) ((length) > 1 ? (length) / 2 : (length))

ssize_t write(int fd, const void *bytes, size_t length) {
  TRANSFER(on_fd(WRITE, fd), REAL(write)(fd, bytes, length), REAL(write)(fd, bytes, HALF_LENGTH(length)));
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  TRANSFER(on_fd(WRITE, fd), REAL(pwrite64)(fd, bytes, length, at), REAL(pwrite64)(fd, bytes, HALF_LENGTH(length), at));
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  struct iovec half[MAX_PARTS];
  TRANSFER(on_fd(WRITE, fd), REAL(writev)(fd, parts, count), REAL(writev)(fd, half, half_of(parts, count, half)));
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  struct iovec half[MAX_PARTS];
  TRANSFER(on_fd(WRITE, fd), REAL(pwritev64)(fd, parts, count, at), REAL(pwritev64)(fd, half, half_of(parts, count, half), at));
}
ssize_t read(int fd, void *bytes, size_t length) {
  TRANSFER(on_fd(READ, fd), REAL(read)(fd, bytes, length), REAL(read)(fd, bytes, HALF_LENGTH(length)));
}
ssize_t pread64(int fd, void *bytes, size_t length, off64_t at) {
  TRANSFER(on_fd(READ, fd), REAL(pread64)(fd, bytes, length, at), REAL(pread64)(fd, bytes, HALF_LENGTH(length), at));
}

// ---- All others.

int fsync(int fd) { GUARDED(int, on_fd(SYNC, fd), REAL(fsync)(fd)); }
int fdatasync(int fd) { GUARDED(int, on_fd(SYNC, fd), REAL(fdatasync)(fd)); }
int ftruncate64(int fd, off64_t length) { GUARDED(int, on_fd(TRUNCATE, fd), REAL(ftruncate64)(fd, length)); }
int fchmod(int fd, mode_t mode) { GUARDED(int, on_fd(CHMOD, fd), REAL(fchmod)(fd, mode)); }
int rename(const char *from, const char *to) { GUARDED(int, on_path(RENAME, from), REAL(rename)(from, to)); }
int mkdir(const char *path, mode_t mode) { GUARDED(int, on_path(MKDIR, path), REAL(mkdir)(path, mode)); }
int rmdir(const char *path) { GUARDED(int, on_path(RMDIR, path), REAL(rmdir)(path)); }
int unlink(const char *path) { GUARDED(int, on_path(UNLINK, path), REAL(unlink)(path)); }
int utimensat(int folder, const char *path, const struct timespec times[2], int flags) {
  GUARDED(int, on_path(UTIMES, path), REAL(utimensat)(folder, path, times, flags));
}
int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  GUARDED(int, on_path(OPEN, path), REAL(open64)(path, flags, mode));
}
// A descriptor is free after a close that fails, too.
int close(int fd) {
  struct call call = on_fd(CLOSE, fd);
  act(&call, BEFORE);
  int result = REAL(close)(fd);
  act(&call, AFTER);
  if (fails(&call)) result = -1;
  return (int)done(&call, result);
}
long syscall(long number, ...) {
  va_list rest;
  va_start(rest, number);
  long a[6];
  for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
  va_end(rest);
  if (number != SYS_statx) return REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  const char *path = (const char *)a[1];
  GUARDED(long, path == NULL || path[0] == 0 ? on_fd(STAT, (int)a[0]) : on_path(STAT, path),
    REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}

// ---- The time of day, not the monotonic clock.

int clock_gettime(clockid_t clock, struct timespec *at) {
  int result = REAL(clock_gettime)(clock, at);
  if (control == NULL || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return result;
  at->tv_sec += control->clock_offset_ms / 1000;
  return result;
}
int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  int result = REAL(gettimeofday)(at, zone);
  if (control != NULL) at->tv_sec += control->clock_offset_ms / 1000;
  return result;
}
