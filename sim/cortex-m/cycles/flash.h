// SPDX-License-Identifier: MIT
// How long reads of the STM32F4's flash take: wait states, and the ART accelerator in front of
// them.
#ifndef CAM_FLASH_TIME_H
#define CAM_FLASH_TIME_H

#include <stdbool.h>
#include <stdint.h>

/** RM0090 section 3.5.2: lines of 128 bits, 64 for instructions and 8 for data. */
#define CAM_FLASH_LINE_BITS 4
#define CAM_FLASH_INSTRUCTION_LINES 64
#define CAM_FLASH_DATA_LINES 8
/** Flash of the largest part. */
#define CAM_FLASH_BYTES (2U << 20)
#define CAM_FLASH_LINES (CAM_FLASH_BYTES >> CAM_FLASH_LINE_BITS)

typedef struct {
    uint32_t wait_states; // FLASH_ACR LATENCY
    bool prefetches;      // PRFTEN
    bool caches_code;     // ICEN
    bool caches_data;     // DCEN

    int64_t free; // cycle from which the array can be read again
    // Instructions: the line that is being read from, and the one that is prefetched, as of cycle
    // `prefetched_at`.
    uint32_t code_line;
    uint32_t prefetched_line;
    int64_t prefetched_at;
    uint32_t data_line;

    // Least recently used goes first. The places of lines of code are in a ring from the oldest to
    // `newest`; `place` says where a line of the flash is held, plus one.
    uint32_t code[CAM_FLASH_INSTRUCTION_LINES];
    uint8_t newer[CAM_FLASH_INSTRUCTION_LINES];
    uint8_t older[CAM_FLASH_INSTRUCTION_LINES];
    uint8_t newest;
    uint8_t place[CAM_FLASH_LINES];
    uint64_t reads;
    uint32_t data[CAM_FLASH_DATA_LINES];
    uint64_t data_used[CAM_FLASH_DATA_LINES];
} cam_flash_t;

/** As after a reset: no wait states, nothing cached. */
void cam_flash_reset(cam_flash_t *flash);

/** Take over FLASH_ACR: LATENCY, PRFTEN, ICEN, DCEN; ICRST and DCRST empty the caches. */
void cam_flash_set_acr(cam_flash_t *flash, uint32_t acr);

/**
 * Fetch a word of code.
 * @param offset from the start of the flash, bytes
 * @param cycle in which the core asks for it
 * @return cycle at which it has it: the next one unless there are wait states
 */
int64_t cam_flash_fetch(cam_flash_t *flash, uint32_t offset, int64_t cycle);

/**
 * Read data: literals, tables, vectors.
 * @param offset from the start of the flash, bytes
 * @param cycle in which the core asks for it
 * @return cycles that the core waits, beyond the one of the access
 */
uint32_t cam_flash_read(cam_flash_t *flash, uint32_t offset, int64_t cycle);

#endif
