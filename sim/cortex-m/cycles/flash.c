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
    memset(flash->place, 0, sizeof flash->place);
    for (uint32_t i = 0; i < CAM_FLASH_INSTRUCTION_LINES; i++) {
        flash->newer[i] = (uint8_t)((i + 1) % CAM_FLASH_INSTRUCTION_LINES);
        flash->older[i] = (uint8_t)((i - 1) % CAM_FLASH_INSTRUCTION_LINES);
    }
    flash->newest = CAM_FLASH_INSTRUCTION_LINES - 1;
    flash->code_line = flash->prefetched_line = NO_LINE;
}

static void empty_data(cam_flash_t *flash) {
    memset(flash->data, 0xff, sizeof flash->data);
    memset(flash->data_used, 0, sizeof flash->data_used);
    flash->data_line = NO_LINE;
}

void cam_flash_reset(cam_flash_t *flash) {
    flash->free = 0;
    flash->reads = 0;
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

/** A place of the ring becomes the newest. */
static void used_code(cam_flash_t *flash, uint8_t place) {
    uint8_t newest = flash->newest;
    if (place == newest) return;
    flash->newest = place;
    // The oldest comes behind the newest: it already stands where it goes.
    if (flash->newer[newest] == place) return;
    uint8_t newer = flash->newer[place];
    uint8_t older = flash->older[place];
    flash->newer[older] = newer;
    flash->older[newer] = older;
    uint8_t oldest = flash->newer[newest];
    flash->newer[newest] = flash->older[oldest] = place;
    flash->older[place] = newest;
    flash->newer[place] = oldest;
}

static bool find_code(cam_flash_t *flash, uint32_t line) {
    uint32_t place = flash->place[line];
    if (place == 0) return false;
    used_code(flash, (uint8_t)(place - 1));
    return true;
}

static void keep_code(cam_flash_t *flash, uint32_t line) {
    uint8_t place = flash->newer[flash->newest];
    if (flash->code[place] != NO_LINE) flash->place[flash->code[place]] = 0;
    flash->code[place] = line;
    flash->place[line] = (uint8_t)(place + 1);
    used_code(flash, place);
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
        flash->data_used[i] = flash->reads;
        return true;
    }
    return false;
}

uint32_t cam_flash_read(cam_flash_t *flash, uint32_t offset, int64_t cycle) {
    uint32_t line = offset % CAM_FLASH_BYTES >> CAM_FLASH_LINE_BITS;
    // The line that was read last stays at hand, with or without the cache.
    if (flash->wait_states == 0 || line == flash->data_line) return 0;
    flash->data_line = line;
    flash->reads++;
    if (flash->caches_data && find_data(flash, line)) return 0;
    int64_t there = read_array(flash, cycle);
    if (flash->caches_data) {
        uint32_t oldest = 0;
        for (uint32_t i = 1; i < CAM_FLASH_DATA_LINES; i++)
            if (flash->data_used[i] < flash->data_used[oldest]) oldest = i;
        flash->data[oldest] = line;
        flash->data_used[oldest] = flash->reads;
    }
    return (uint32_t)(there - cycle - 1);
}
