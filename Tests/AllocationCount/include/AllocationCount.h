#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

/// How often the calling thread has asked for memory: malloc, calloc, realloc, aligned_alloc,
/// posix_memalign. Zero for ever where the C library is not glibc or a sanitizer has its own allocator.
unsigned long allocationCount(void);


#endif
