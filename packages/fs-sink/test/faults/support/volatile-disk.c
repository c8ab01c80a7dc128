// A disk with a write cache that forgets: a FUSE file for a loop device to lie on.
//
//   volatile-disk <image> <mount point, an empty file> [lies]
//
// What is written is in the cache until the disk is told to flush it; only then it is in what would be
// left after a power cut. With "lies" it says that it has flushed, and has not.
//
// On stdin comes "cut <file> <seed>": it writes what a power cut at this moment would leave to <file>,
// that is, what was flushed, and of the writes in the cache some, in any order, some only in part, by
// sectors. It answers "ok <flushes> <writes in the cache>", and goes on. The end of stdin ends it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, PAGE = 4096, MAX_WRITE = 1 << 20 };

struct cached { struct cached *next; uint64_t at; uint32_t length; char bytes[]; };

static int fuse;
static uint64_t size;
static char *now, *flushed; // What is read, and what a power cut would leave at least.
static struct cached *first, **last = &first;
static unsigned writes, flushes;
static int lies;

static void fail(const char *what) { perror(what); exit(1); }

static void reply(uint64_t unique, int error, const void *body, size_t length) {
  struct fuse_out_header head = { sizeof head + (error ? 0 : length), -error, unique };
  char *out = malloc(head.len);
  memcpy(out, &head, sizeof head);
  if (!error) memcpy(out + sizeof head, body, length);
  // ENOENT: the request was given up.
  if (write(fuse, out, head.len) < 0 && errno != ENOENT) fail("reply");
  free(out);
}

static void flush(void) {
  flushes++;
  if (lies) return;
  while (first != NULL) {
    struct cached *next = first->next;
    memcpy(flushed + first->at, first->bytes, first->length);
    free(first);
    first = next;
  }
  last = &first;
  writes = 0;
}

static int keep(const struct fuse_write_in *in, const char *bytes) {
  if (in->offset + in->size > size) return EIO;
  memcpy(now + in->offset, bytes, in->size);
  struct cached *write = malloc(sizeof *write + in->size);
  *write = (struct cached){ NULL, in->offset, in->size };
  memcpy(write->bytes, bytes, in->size);
  *last = write;
  last = &write->next;
  writes++;
  return 0;
}

static void cut(const char *path, unsigned seed) {
  srandom(seed);
  char *left = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (left == MAP_FAILED) fail("mmap");
  memcpy(left, flushed, size);
  // Of a write none, all, or some sectors; how many of them in general, too, is up to chance.
  long share = random() % 101;
  struct cached **order = malloc((writes + 1) * sizeof *order);
  unsigned count = 0;
  for (struct cached *it = first; it != NULL; it = it->next) order[count++] = it;
  // Writes of one sector never pass each other; those of different ones do, which makes no difference here.
  for (unsigned i = 0; i < count; i++) {
    int partly = random() % 4 == 0;
    int whole = random() % 100 < share;
    for (uint32_t from = 0; from < order[i]->length; from += SECTOR)
      if (partly ? random() % 2 : whole) {
        uint32_t part = order[i]->length - from < SECTOR ? order[i]->length - from : SECTOR;
        memcpy(left + order[i]->at + from, order[i]->bytes + from, part);
      }
  }
  free(order);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0 || ftruncate(fd, size) < 0) fail(path);
  static const char zeros[PAGE];
  for (uint64_t at = 0; at < size; at += PAGE)
    if (memcmp(left + at, zeros, PAGE) != 0 && pwrite(fd, left + at, PAGE, at) != PAGE) fail(path);
  close(fd);
  munmap(left, size);
}

static void answer(const struct fuse_in_header *head, const void *body) {
  struct stat stat = { .st_mode = S_IFREG | 0600, .st_nlink = 1, .st_size = size };
  switch (head->opcode) {
    case FUSE_INIT: {
      struct fuse_init_out out = { .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION,
        .max_readahead = 0, .flags = FUSE_BIG_WRITES | FUSE_MAX_PAGES, .max_write = MAX_WRITE,
        .max_pages = MAX_WRITE / PAGE, .max_background = 64, .congestion_threshold = 48 };
      return reply(head->unique, 0, &out, sizeof out);
    }
    case FUSE_GETATTR: {
      struct fuse_attr_out out = { .attr_valid = 1 << 20, .attr = { .ino = 1, .mode = stat.st_mode,
        .nlink = 1, .size = size, .blocks = size / SECTOR, .blksize = PAGE } };
      return reply(head->unique, 0, &out, sizeof out);
    }
    case FUSE_OPEN: {
      struct fuse_open_out out = { .open_flags = FOPEN_DIRECT_IO }; // past the kernel's own cache
      return reply(head->unique, 0, &out, sizeof out);
    }
    case FUSE_READ: {
      const struct fuse_read_in *in = body;
      uint64_t end = in->offset + in->size > size ? size : in->offset + in->size;
      return reply(head->unique, 0, now + in->offset, in->offset < end ? end - in->offset : 0);
    }
    case FUSE_WRITE: {
      const struct fuse_write_in *in = body;
      struct fuse_write_out out = { .size = in->size };
      return reply(head->unique, keep(in, (const char *)(in + 1)), &out, sizeof out);
    }
    case FUSE_FSYNC: flush(); return reply(head->unique, 0, "", 0);
    case FUSE_FLUSH: case FUSE_RELEASE: return reply(head->unique, 0, "", 0);
    case FUSE_FORGET: case FUSE_BATCH_FORGET: case FUSE_INTERRUPT: return;
    default: return reply(head->unique, ENOSYS, "", 0);
  }
}

static char *load(const char *path) {
  int fd = open(path, O_RDONLY);
  struct stat stat;
  if (fd < 0 || fstat(fd, &stat) < 0) fail(path);
  size = stat.st_size;
  char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  if (at == MAP_FAILED) fail("mmap");
  close(fd);
  return at;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  now = load(argv[1]);
  flushed = load(argv[1]);
  lies = argc > 3;
  fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  char options[100];
  snprintf(options, sizeof options, "fd=%d,rootmode=100600,user_id=0,group_id=0", fuse);
  if (fuse < 0 || mount("volatile-disk", argv[2], "fuse.volatile", MS_NOSUID | MS_NODEV, options) < 0) fail("mount");
  setvbuf(stdin, NULL, _IONBF, 0);
  printf("ready\n");
  fflush(stdout);
  static char request[MAX_WRITE + PAGE];
  for (;;) {
    struct pollfd both[] = { { fuse, POLLIN, 0 }, { 0, POLLIN, 0 } };
    if (poll(both, 2, -1) < 0) fail("poll");
    if (both[1].revents) {
      char line[4200], path[4096];
      unsigned seed;
      if (fgets(line, sizeof line, stdin) == NULL) break;
      if (sscanf(line, "cut %4095s %u", path, &seed) != 2) return 2;
      cut(path, seed);
      printf("ok %u %u\n", flushes, writes);
      fflush(stdout);
    }
    if (both[0].revents & POLLERR) break; // unmounted
    if (!(both[0].revents & POLLIN)) continue;
    ssize_t length = read(fuse, request, sizeof request);
    if (length < 0 && errno == ENODEV) break;
    if (length < 0) { if (errno == EINTR || errno == ENOENT || errno == EAGAIN) continue; fail("read"); }
    answer((struct fuse_in_header *)request, request + sizeof(struct fuse_in_header));
  }
  umount2(argv[2], MNT_DETACH);
  return 0;
}
