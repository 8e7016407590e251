#include "MemoryLimit.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

// Whether so many bytes of address space can be had. Nothing but system calls: signal handlers ask, too.
static int has_room(size_t bytes) {
  void *room = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) return 0;
  munmap(room, bytes);
  return 1;
}

static void say(const char *text) {
  if (write(2, text, strlen(text)) < 0) return;  // Nobody listens: the status is left.
}

#ifdef __linux__
// OpenBLAS takes a buffer of 128 MiB when it is loaded, and where it gets none it asks again, for ever. This comes before it in
// a program that holds OpenBLAS; where that is a library of its own, the system's loader refuses such limits by itself.
__attribute__((constructor(101))) static void check_at_start(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || has_room(136 * MIB)) return;
  say("error: there is not enough memory to begin: `ulimit -v` allows the program too little\n");
  _exit(2);
}
#endif

static int ending_status;

// Swift's runtime says how much it could not get, and aborts; C libraries fall over null pointers. Where there is room for what
// a program usually asks for, it was something else: then the signal does what it does by itself.
static void on_death(int number) {
  if (!has_room(256 * MIB)) {
    say("error: the memory that the program may have does not suffice\n"
        "hint: raise the limit (`ulimit -v`), or give it fewer videos or --threads\n");
    _exit(ending_status);
  }
  signal(number, SIG_DFL);
  raise(number);
}

void vidmetrics_memory_begin(int status) {
  ending_status = status;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_death;
  action.sa_flags = SA_NODEFER;
  sigaction(SIGABRT, &action, NULL);
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
}
