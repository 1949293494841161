// Loaded before the C library, writes down the calls that bring files to the disk, each when it has been made:
// a line `thread TAB call TAB path [TAB path or bytes]` in the file that CALLS names, for paths below CALLS_ROOT.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void note(const char *call, const char *path, const char *more) {
  int code = errno;
  const char *log = getenv("CALLS"), *root = getenv("CALLS_ROOT");
  if (log && root && strncmp(path, root, strlen(root)) == 0) {
    char line[3 * PATH_MAX];
    int length = snprintf(line, sizeof line, "%ld\t%s\t%s\t%s\n", (long)syscall(SYS_gettid), call, path, more);
    int file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0 || syscall(SYS_write, file, line, (size_t)length) != length) abort();
    syscall(SYS_close, file);
  }
  errno = code;
}

/// The path that a descriptor was opened by, as the system keeps it through renaming.
static const char *place(int descriptor, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  path[length < 0 ? 0 : length] = 0;
  return path;
}

/// A path that is given from a folder on.
static const char *joined(int folder, const char *name, char *path) {
  if (name[0] == '/' || folder == AT_FDCWD) return name;
  place(folder, path);
  size_t length = strlen(path);
  snprintf(path + length, PATH_MAX - length, "/%s", name);
  return path;
}

static void noteBytes(const char *call, int descriptor, ssize_t count) {
  char path[PATH_MAX], bytes[32];
  snprintf(bytes, sizeof bytes, "%zd", count);
  note(call, place(descriptor, path), bytes);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  ssize_t written = REAL(write)(descriptor, bytes, count);
  if (written > 0) noteBytes("write", descriptor, written);
  return written;
}

int fsync(int descriptor) {
  int result = REAL(fsync)(descriptor);
  if (result == 0) noteBytes("fsync", descriptor, 0);
  return result;
}

int fdatasync(int descriptor) {
  int result = REAL(fdatasync)(descriptor);
  if (result == 0) noteBytes("fsync", descriptor, 0);
  return result;
}

int mkdir(const char *path, mode_t mode) {
  int result = REAL(mkdir)(path, mode);
  if (result == 0) note("mkdir", path, "");
  return result;
}

int rename(const char *from, const char *to) {
  int result = REAL(rename)(from, to);
  if (result == 0) note("rename", from, to);
  return result;
}

int renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned flags) {
  char one[PATH_MAX], other[PATH_MAX];
  int result = REAL(renameat2)(fromFolder, from, toFolder, to, flags);
  if (result == 0) note("rename", joined(fromFolder, from, one), joined(toFolder, to, other));
  return result;
}

int renameat(int fromFolder, const char *from, int toFolder, const char *to) {
  char one[PATH_MAX], other[PATH_MAX];
  int result = REAL(renameat)(fromFolder, from, toFolder, to);
  if (result == 0) note("rename", joined(fromFolder, from, one), joined(toFolder, to, other));
  return result;
}

int link(const char *from, const char *to) {
  int result = REAL(link)(from, to);
  if (result == 0) note("link", from, to);
  return result;
}

int unlink(const char *path) {
  int result = REAL(unlink)(path);
  if (result == 0) note("unlink", path, "");
  return result;
}

int unlinkat(int folder, const char *name, int flags) {
  char path[PATH_MAX];
  int result = REAL(unlinkat)(folder, name, flags);
  if (result == 0) note("unlink", joined(folder, name, path), "");
  return result;
}

int rmdir(const char *path) {
  int result = REAL(rmdir)(path);
  if (result == 0) note("unlink", path, "");
  return result;
}

int remove(const char *path) {
  int result = REAL(remove)(path);
  if (result == 0) note("unlink", path, "");
  return result;
}
