// SPDX-License-Identifier: MIT
// Stores of the emulated core into RAM, past Unicorn.
//
// Unicorn 2.0.1 takes each store for one that may change translated code: it looks for the memory
// region, and builds and tears down a tree of pages, 70 ns in all, a third of the time of a typical
// program. Debian's library resolves its store helpers by name, so that those of this file are
// called in their place: where nothing was ever executed and nothing is guarded they write to
// memory themselves, and otherwise they call Unicorn's. In a library that hides its helpers they
// are never called, and all is as before, but slower.
#ifndef CAM_STORES_H
#define CAM_STORES_H

#include <stdbool.h>
#include <stdint.h>

/** What one core's stores may do by themselves. */
typedef struct {
    uint8_t *memory; // the byte of address a is memory[a]
    uint32_t memory_bytes;
    uint8_t *pages;  // of each page of 1 KB: cam_page_t
    const void *cpu; // Unicorn's CPU state, once a store has shown it; NULL before
    bool dropped;    // stores have no effect
} cam_stores_t;

typedef enum {
    CAM_PAGE_RAM = 1 << 0,
    CAM_PAGE_GUARDED = 1 << 1, // each access is checked
    CAM_PAGE_WATCHED = 1 << 3, // a hook of Unicorn's looks at its stores
    CAM_PAGE_CODE = 1 << 2, // instructions of it were executed: stores may change translated code
} cam_page_t;

/** @return false when there is no memory */
bool cam_stores_open(cam_stores_t *stores, uint8_t *memory, uint32_t memory_bytes);
void cam_stores_close(cam_stores_t *stores);

/** Pages are of a kind from now on, or no longer. */
void cam_stores_mark(cam_stores_t *stores, uint32_t address, uint32_t bytes, cam_page_t kind,
                     bool on);

/** An instruction at an address of RAM is executed. */
void cam_stores_code_at(cam_stores_t *stores, uint32_t address);

/** The core that runs from now on in this thread; NULL: none. @return which one ran before */
cam_stores_t *cam_stores_run(cam_stores_t *stores);

#endif
