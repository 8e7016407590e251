#ifndef VIDMETRICS_CPROCESSES_H
#define VIDMETRICS_CPROCESSES_H

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

#ifdef __linux__
// In the C library since glibc 2.29 and musl 1.1.24; their headers show it and pipe2 to those who define _GNU_SOURCE.
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
extern int pipe2(int ends[2], int flags);
#endif

// Whether a child has ended; it stays there to be waited for. 1: ended, 0: at work, -1: errno says why not.
//
// `peak` becomes the largest resident set, in bytes, that one process among the child and those of its descendants that were
// waited for ever had: what `time -v` calls maximum resident set size. -1 where the system does not say: the C library's
// waitid has no usage, Linux's own call has.
static inline int vidmetrics_child_has_ended(int child, long long *peak) {
  siginfo_t info;
  info.si_pid = 0;
  *peak = -1;
#ifdef __linux__
  struct rusage usage;
  if (syscall(SYS_waitid, P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT, &usage) != 0) return -1;
  if (info.si_pid != 0) *peak = (long long)usage.ru_maxrss * 1024;
#else
  if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return -1;
#endif
  return info.si_pid != 0 ? 1 : 0;
}

// The largest resident set, in bytes, that this process ever had; -1 where it is not known.
static inline long long vidmetrics_own_peak(void) {
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) return -1;
#ifdef __APPLE__
  return (long long)usage.ru_maxrss;
#else
  return (long long)usage.ru_maxrss * 1024;
#endif
}

#endif
