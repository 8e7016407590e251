// What this processor has. Header-only, and compiled without any instruction-set flag.
#pragma once

#if defined(__x86_64__)
// x86-64-v3: AVX2, FMA, BMI.
static inline int vidmetrics_cpu_has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
}
// x86-64-v4: AVX-512 F, BW, CD, DQ, VL.
static inline int vidmetrics_cpu_has_avx512(void) {
  return vidmetrics_cpu_has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#else
static inline int vidmetrics_cpu_has_avx2(void) { return 0; }
static inline int vidmetrics_cpu_has_avx512(void) { return 0; }
#endif
