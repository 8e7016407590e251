// What the libraries ask of glibc and 2.28 does not have.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

// 2.32: libstdc++ counts references without atomic instructions while this is set. It stays unset.
char __libc_single_threaded = 0;

// 2.36: of libstdc++'s random_device.
uint32_t arc4random(void) {
  uint32_t value;
  while (getrandom(&value, sizeof value, 0) != sizeof value) {}
  return value;
}

// 2.35: of libgcc's unwinder, which finds the table of a program counter's object by it.
struct found {
  uintptr_t address;
  struct dl_find_object *object;
};

static int holds(struct dl_phdr_info *info, size_t size, void *data) {
  struct found *found = data;
  uintptr_t start = UINTPTR_MAX, end = 0, table = 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    uintptr_t from = info->dlpi_addr + header->p_vaddr;
    if (header->p_type == PT_GNU_EH_FRAME) table = from;
    if (header->p_type != PT_LOAD) continue;
    if (from < start) start = from;
    if (from + header->p_memsz > end) end = from + header->p_memsz;
  }
  if (found->address < start || found->address >= end || !table) return 0;
  memset(found->object, 0, sizeof *found->object);
  found->object->dlfo_map_start = (void *)start;
  found->object->dlfo_map_end = (void *)end;
  found->object->dlfo_eh_frame = (void *)table;
  return 1;
}

int _dl_find_object(void *address, struct dl_find_object *object) {
  struct found found = {(uintptr_t)address, object};
  return dl_iterate_phdr(holds, &found) ? 0 : -1;
}

// 2.29: of Foundation's Process, for the child's working folder. It has another way where this answers ENOSYS.
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path) {
  int (*function)(posix_spawn_file_actions_t *, const char *) =
      (int (*)(posix_spawn_file_actions_t *, const char *))dlsym(RTLD_NEXT, "posix_spawn_file_actions_addchdir_np");
  return function ? function(actions, path) : ENOSYS;
}
