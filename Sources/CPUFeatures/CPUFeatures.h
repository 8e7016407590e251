// What this processor has, and what of the C library Swift does not see. Header-only, compiled without instruction-set flags.
#pragma once

#if defined(__x86_64__)
#include <cpuid.h>

// x86-64-v3, all that -march=x86-64-v3 lets the compiler use: AVX2 and FMA (and an operating system that saves their
// registers), BMI1, BMI2, LZCNT, MOVBE, F16C. The last three are asked of the processor itself, because older run-time
// libraries do not know them by name.
static inline int vidmetrics_cpu_has_avx2(void) {
  unsigned a, b, c, d;
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
  if (!__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2")) return 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 22)) || !(c & (1u << 29))) return 0;
  return __get_cpuid(0x80000001u, &a, &b, &c, &d) && (c & (1u << 5));
}
// x86-64-v4: AVX-512 F, BW, CD, DQ, VL besides.
static inline int vidmetrics_cpu_has_avx512(void) {
  return vidmetrics_cpu_has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#else
static inline int vidmetrics_cpu_has_avx2(void) { return 0; }
static inline int vidmetrics_cpu_has_avx512(void) { return 0; }
#endif

#if defined(__linux__)
#include <malloc.h>
#endif

// Gives memory that was freed back to the system; glibc keeps it once large pieces have come and gone.
static inline void vidmetrics_give_back_free_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}
