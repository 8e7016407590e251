// The compression function of SHA-256 (FIPS 180-4) by the processor's own instructions.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Whether this processor has them.
int vidmetrics_sha256_is_fast(void);

// Takes so many blocks of 64 bytes into the state. Only where `vidmetrics_sha256_is_fast`.
void vidmetrics_sha256_blocks(uint32_t state[8], const uint8_t *bytes, size_t blocks);
