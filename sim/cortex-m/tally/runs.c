// SPDX-License-Identifier: MIT
// See runs.h.

#include "runs.h"

#include <stdlib.h>

#define FLASH_BASE 0x08000000U
#define PAGE_SHIFT 10U
#define HALFWORDS (1U << (PAGE_SHIFT - 1))
#define DEPTH_MAX 32U

/** No instruction is there. */
#define NOWHERE 1U

typedef struct {
    uint32_t runs; // that begin here, less those that end before; modulo 2^32
    uint32_t jumped;
} cell_t;

/** The run that goes on: of thread mode, or of an exception. */
typedef struct {
    uint32_t newest; // address of its newest instruction; NOWHERE: there was none
    uint32_t next;   // the address behind it; NOWHERE: there is no run
} run_t;

struct cam_runs {
    run_t run;
    uint32_t memory_bytes;
    cell_t **pages;
    run_t interrupted[DEPTH_MAX];
    uint32_t depth;
};

static const run_t none = {NOWHERE, NOWHERE};

cam_runs_t *cam_runs_open(uint32_t memory_bytes) {
    cam_runs_t *runs = calloc(1, sizeof *runs);
    if (runs == NULL) return NULL;
    runs->run = none;
    runs->memory_bytes = memory_bytes;
    runs->pages = calloc((memory_bytes >> PAGE_SHIFT) + 1, sizeof *runs->pages);
    if (runs->pages != NULL) return runs;
    cam_runs_close(runs);
    return NULL;
}

void cam_runs_close(cam_runs_t *runs) {
    if (runs == NULL) return;
    for (uint32_t page = 0; runs->pages != NULL && page <= runs->memory_bytes >> PAGE_SHIFT; page++)
        free(runs->pages[page]);
    free(runs->pages);
    free(runs);
}

/** Flash is at address 0 as well. */
static uint32_t in_memory(uint32_t address) {
    return address < FLASH_BASE ? address + FLASH_BASE : address;
}

/** NULL: there is no memory, here or on this machine. */
static cell_t *cell_at(cam_runs_t *runs, uint32_t address) {
    uint32_t at = in_memory(address);
    if (at >= runs->memory_bytes) return NULL;
    cell_t **page = &runs->pages[at >> PAGE_SHIFT];
    if (*page == NULL) *page = calloc(HALFWORDS, sizeof **page);
    return *page == NULL ? NULL : &(*page)[at / 2 % HALFWORDS];
}

static void add(cam_runs_t *runs, uint32_t address, uint32_t count) {
    if (address == NOWHERE) return;
    cell_t *cell = cell_at(runs, address);
    if (cell != NULL) cell->runs += count;
}

/** Another run begins. */
static __attribute__((noinline)) void begin(cam_runs_t *runs, uint32_t address) {
    const run_t *run = &runs->run;
    add(runs, run->next, UINT32_MAX);
    add(runs, address, 1);
    cell_t *from = run->newest == NOWHERE ? NULL : cell_at(runs, run->newest);
    if (from != NULL) from->jumped++;
}

void cam_runs_executed(cam_runs_t *runs, uint32_t address, uint32_t bytes) {
    run_t *run = &runs->run;
    if (address != run->next) begin(runs, address);
    run->newest = address;
    run->next = address + bytes;
}

void cam_runs_enter(cam_runs_t *runs) {
    if (runs->depth == DEPTH_MAX) return;
    runs->interrupted[runs->depth++] = runs->run;
    runs->run = none;
}

void cam_runs_leave(cam_runs_t *runs) {
    if (runs->depth == 0) return;
    add(runs, runs->run.next, UINT32_MAX);
    runs->run = runs->interrupted[--runs->depth];
}

void cam_runs_reset(cam_runs_t *runs) {
    while (runs->depth > 0) cam_runs_leave(runs);
    add(runs, runs->run.next, UINT32_MAX);
    runs->run = none;
}

/** Runs that have not ended: how many are at `address`. */
static uint32_t going_on(const cam_runs_t *runs, uint32_t at) {
    uint32_t count = 0;
    for (uint32_t i = 0; i <= runs->depth; i++) {
        uint32_t next = i == runs->depth ? runs->run.next : runs->interrupted[i].next;
        if (next != NOWHERE && in_memory(next) == at) count++;
    }
    return count;
}

void cam_runs_counts(const cam_runs_t *runs, uint32_t address, uint32_t halfwords,
                     uint32_t *counts) {
    uint32_t first = in_memory(address);
    uint32_t sum = 0;
    for (uint32_t at = FLASH_BASE; at < first + halfwords * 2; at += 2) {
        const cell_t *cells = runs->pages[at >> PAGE_SHIFT];
        const cell_t *cell = cells == NULL ? NULL : &cells[at / 2 % HALFWORDS];
        if (cell != NULL) sum += cell->runs - going_on(runs, at);
        if (at < first) continue;
        counts[at - first] = sum;
        counts[at - first + 1] = cell == NULL ? 0 : cell->jumped;
    }
}
