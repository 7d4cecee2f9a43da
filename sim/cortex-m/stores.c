// SPDX-License-Identifier: MIT
// See stores.h. The helpers' names and arguments are Unicorn's, of QEMU's softmmu
// (accel/tcg/cputlb.c).

#define _GNU_SOURCE
#include "stores.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SHIFT 10U
#define PAGE_BYTES (1U << PAGE_SHIFT)

/** Initial-exec: no call to find it, in a library that is loaded at run time as well. */
static _Thread_local cam_stores_t *running __attribute__((tls_model("initial-exec")));

bool cam_stores_open(cam_stores_t *stores, uint8_t *memory, uint32_t memory_bytes) {
    *stores = (cam_stores_t){.memory = memory, .memory_bytes = memory_bytes};
    stores->pages = calloc((memory_bytes >> PAGE_SHIFT) + 1, 1);
    return stores->pages != NULL;
}

void cam_stores_close(cam_stores_t *stores) { free(stores->pages); }

void cam_stores_mark(cam_stores_t *stores, uint32_t address, uint32_t bytes, cam_page_t kind,
                     bool on) {
    for (uint32_t at = address; at < address + bytes; at += PAGE_BYTES) {
        if (at >= stores->memory_bytes) return;
        uint8_t *page = &stores->pages[at >> PAGE_SHIFT];
        *page = (uint8_t)(on ? *page | kind : *page & ~(uint32_t)kind);
    }
}

void cam_stores_code_at(cam_stores_t *stores, uint32_t address) {
    // A translated block reaches at most into the next page.
    cam_stores_mark(stores, address & ~(PAGE_BYTES - 1), 2 * PAGE_BYTES, CAM_PAGE_CODE, true);
}

cam_stores_t *cam_stores_run(cam_stores_t *stores) {
    cam_stores_t *before = running;
    running = stores;
    return before;
}

static bool is_plain(const cam_stores_t *stores, uint32_t address) {
    return address < stores->memory_bytes && stores->pages[address >> PAGE_SHIFT] == CAM_PAGE_RAM;
}

/** @return false when Unicorn has to do the store */
static bool stored(const void *cpu, uint32_t address, const void *value, uint32_t bytes) {
    cam_stores_t *stores = running;
    if (stores == NULL) return false;
    // QEMU's CPU state begins with the registers; whether they are there is checked by who reads
    // them.
    stores->cpu = cpu;
    if (stores->dropped) return true;
    if (!is_plain(stores, address) || !is_plain(stores, address + bytes - 1)) return false;
    memcpy(stores->memory + address, value, bytes);
    return true;
}

/** The helper behind ours: Unicorn's. */
static void *behind(const char *name) { return dlsym(RTLD_NEXT, name); }

/** One store helper: `operation` and `from` are for Unicorn only. */
#define STORE_HELPER(name, type)                                                                   \
    void name(void *cpu, uint32_t address, type value, uint32_t operation, uintptr_t from);        \
    void name(void *cpu, uint32_t address, type value, uint32_t operation, uintptr_t from) {       \
        static void (*unicorn)(void *, uint32_t, type, uint32_t, uintptr_t);                       \
        if (stored(cpu, address, &value, sizeof value)) return;                                    \
        if (unicorn == NULL) *(void **)&unicorn = behind(#name);                                   \
        unicorn(cpu, address, value, operation, from);                                             \
    }

STORE_HELPER(helper_ret_stb_mmu_arm, uint8_t)
STORE_HELPER(helper_le_stw_mmu_arm, uint16_t)
STORE_HELPER(helper_le_stl_mmu_arm, uint32_t)
STORE_HELPER(helper_le_stq_mmu_arm, uint64_t)
