// SPDX-License-Identifier: MIT
// The adaptive real-time memory accelerator (RM0090 section 3.5.2, RM0390 section 3.4.2).
//
// The manual says that a line is copied into the instruction cache when it was missing, and leaves
// open what becomes of a prefetched one. Here it enters the cache, too: otherwise code that fits
// would run at 0.83 to 0.92 of its speed without wait states, and ST promises the same speed (and
// measures 3.37 of 3.40 CoreMark/MHz).

#include "flash.h"

#include <string.h>

#define NO_LINE 0xffffffffU

enum {
    ACR_LATENCY = 0xf,
    ACR_PRFTEN = 1 << 8,
    ACR_ICEN = 1 << 9,
    ACR_DCEN = 1 << 10,
    ACR_ICRST = 1 << 11,
    ACR_DCRST = 1 << 12,
};

static void empty_code(cam_flash_t *flash) {
    memset(flash->code, 0xff, sizeof flash->code);
    memset(flash->code_used, 0, sizeof flash->code_used);
    memset(flash->place, 0, sizeof flash->place);
    flash->code_line = flash->prefetched_line = NO_LINE;
}

static void empty_data(cam_flash_t *flash) {
    memset(flash->data, 0xff, sizeof flash->data);
    memset(flash->data_used, 0, sizeof flash->data_used);
    flash->data_line = NO_LINE;
}

void cam_flash_reset(cam_flash_t *flash) {
    flash->free = 0;
    flash->uses = 0;
    empty_code(flash);
    empty_data(flash);
    cam_flash_set_acr(flash, 0);
}

void cam_flash_set_acr(cam_flash_t *flash, uint32_t acr) {
    flash->wait_states = acr & ACR_LATENCY;
    flash->prefetches = (acr & ACR_PRFTEN) != 0;
    flash->caches_code = (acr & ACR_ICEN) != 0;
    flash->caches_data = (acr & ACR_DCEN) != 0;
    if ((acr & ACR_ICRST) != 0) empty_code(flash);
    if ((acr & ACR_DCRST) != 0) empty_data(flash);
}

/** Read a line of the array. @return cycle at which it is there */
static int64_t read_array(cam_flash_t *flash, int64_t cycle) {
    int64_t begin = cycle > flash->free ? cycle : flash->free;
    flash->free = begin + 1 + flash->wait_states;
    return flash->free;
}

static uint32_t oldest(const uint64_t *used, uint32_t count) {
    uint32_t oldest = 0;
    for (uint32_t i = 1; i < count; i++)
        if (used[i] < used[oldest]) oldest = i;
    return oldest;
}

static bool find_code(cam_flash_t *flash, uint32_t line) {
    uint32_t place = flash->place[line];
    if (place == 0) return false;
    flash->code_used[place - 1] = ++flash->uses;
    return true;
}

static void keep_code(cam_flash_t *flash, uint32_t line) {
    uint32_t place = oldest(flash->code_used, CAM_FLASH_INSTRUCTION_LINES);
    if (flash->code[place] < CAM_FLASH_LINES) flash->place[flash->code[place]] = 0;
    flash->code[place] = line;
    flash->code_used[place] = ++flash->uses;
    flash->place[line] = (uint8_t)(place + 1);
}

/** Read the line behind `line`, unless it is there already. */
static void prefetch_behind(cam_flash_t *flash, uint32_t line, int64_t cycle) {
    uint32_t next = line + 1;
    if (!flash->prefetches || next == flash->prefetched_line || next == CAM_FLASH_LINES) return;
    if (flash->caches_code && flash->place[next] != 0) return;
    flash->prefetched_line = next;
    flash->prefetched_at = read_array(flash, cycle);
}

static int64_t fetch_line(cam_flash_t *flash, uint32_t line, int64_t cycle) {
    int64_t there = cycle + 1;
    flash->code_line = line;
    if (flash->caches_code && find_code(flash, line)) {
        prefetch_behind(flash, line, cycle);
        return there;
    }
    if (flash->prefetches && line == flash->prefetched_line) {
        if (flash->prefetched_at > there) there = flash->prefetched_at;
    } else
        there = read_array(flash, cycle);
    if (flash->caches_code) keep_code(flash, line);
    flash->prefetched_line = NO_LINE;
    prefetch_behind(flash, line, there);
    return there;
}

int64_t cam_flash_fetch(cam_flash_t *flash, uint32_t offset, int64_t cycle) {
    uint32_t line = offset % CAM_FLASH_BYTES >> CAM_FLASH_LINE_BITS;
    // The line that was read last stays at hand.
    if (flash->wait_states == 0 || line == flash->code_line) return cycle + 1;
    return fetch_line(flash, line, cycle);
}

static bool find_data(cam_flash_t *flash, uint32_t line) {
    for (uint32_t i = 0; i < CAM_FLASH_DATA_LINES; i++) {
        if (flash->data[i] != line) continue;
        flash->data_used[i] = ++flash->uses;
        return true;
    }
    return false;
}

uint32_t cam_flash_read(cam_flash_t *flash, uint32_t offset, int64_t cycle) {
    uint32_t line = offset % CAM_FLASH_BYTES >> CAM_FLASH_LINE_BITS;
    if (flash->wait_states == 0) return 0;
    if (flash->caches_data ? find_data(flash, line) : line == flash->data_line) return 0;
    int64_t there = read_array(flash, cycle);
    flash->data_line = line;
    if (flash->caches_data) {
        uint32_t place = oldest(flash->data_used, CAM_FLASH_DATA_LINES);
        flash->data[place] = line;
        flash->data_used[place] = ++flash->uses;
    }
    return (uint32_t)(there - cycle - 1);
}
