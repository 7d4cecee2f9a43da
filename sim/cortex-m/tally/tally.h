// SPDX-License-Identifier: MIT
// What a core executed, and where: instructions and cycles in a tree of calls, with the handlers of
// exceptions apart, counts for each address, and of the DeviceScript VM the place in the bytecode
// that it works for.
//
// Calls are followed by BL, BLX and the addresses they return to. The function that an instruction
// is in is always right; who called it is not known any more after a program has exchanged its
// stack, as a scheduler does.
#ifndef CAM_TALLY_H
#define CAM_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "runs.h"

/** Kinds of cam_tally_node_t.key, in its two upper bits. */
#define CAM_TALLY_FUNCTION 0x00000000U  // address of a function; 0: in none that has a name
#define CAM_TALLY_EXCEPTION 0x40000000U // number of an exception; 0: thread mode
#define CAM_TALLY_ENTRIES 0x40000200U   // entries and returns of exceptions
#define CAM_TALLY_PLACE 0x80000000U     // place in the bytecode, as cam_tally_vm_t has it
#define CAM_TALLY_KIND 0xc0000000U

/** A call by a certain way. The order is that of sim/cortex-m/tally/core-tally.ts. */
typedef struct {
    uint32_t parent;
    uint32_t key;
    uint64_t instructions; // executed in it, and not in what it called
    uint64_t units;        // of the budget, for these: cycles, or instructions with --cpi
    uint64_t passed;       // cycles in which nothing was executed: waits, exception entries
    uint32_t first_child;
    uint32_t sibling;
} cam_tally_node_t;

/** In `places`: no operation begins there. */
#define CAM_TALLY_NO_PLACE 0xffffU

/** Where the VM's operations are seen: its loop loads each operation's code from the bytecode. */
typedef struct {
    uint32_t begin; // the loop's function, whose first argument is a fiber
    uint32_t end;
    uint32_t context_offset; // of the context's address in a fiber
    uint32_t image_offset;   // of the bytecode's address in a context
    uint32_t bytecode_bytes;
} cam_tally_vm_t;

/** A function's code. */
typedef struct {
    uint32_t begin;
    uint32_t end;
} cam_tally_function_t;

typedef struct cam_tally cam_tally_t;

/**
 * @param memory the MCU's memories: the byte of address a is memory[a]
 * @param functions by address; NULL: calls are not followed, and the tree stays empty
 * @return NULL when there is no memory
 */
cam_tally_t *cam_tally_open(const uint8_t *memory, uint32_t memory_bytes,
                            const cam_tally_function_t *functions, uint32_t function_count);
void cam_tally_close(cam_tally_t *tally);

/**
 * Look at the VM, too.
 * @param places of each byte of the bytecode: what the operation that begins there belongs to
 * @return false when there is no memory
 */
bool cam_tally_set_vm(cam_tally_t *tally, cam_tally_vm_t vm, const uint16_t *places);
/** Whether the VM's loop is at `address`, whose loads cam_tally_loads() is to be told of. */
bool cam_tally_in_vm(const cam_tally_t *tally, uint32_t address);
/** Where the loop's function begins. */
uint32_t cam_tally_vm_begin(const cam_tally_t *tally);
/** The VM's loop begins with a fiber. */
void cam_tally_fiber(cam_tally_t *tally, uint32_t fiber);
/** The instruction at `address`, in the VM's loop, is about to load a byte. */
void cam_tally_loads(cam_tally_t *tally, uint32_t address, uint32_t from);

/** NULL: calls are followed. Otherwise they are told of instructions, and not the tally. */
cam_runs_t *cam_tally_runs(const cam_tally_t *tally);

/** An instruction was begun. @param units that it took */
void cam_tally_executed(cam_tally_t *tally, uint32_t address, uint32_t bytes, uint32_t units);
/** Budget was used up without an instruction. */
void cam_tally_skipped(cam_tally_t *tally, uint32_t units);
/** Cycles passed in which nothing was executed. */
void cam_tally_passed(cam_tally_t *tally, uint32_t cycles);
/** Cycles of the entry or the return of an exception passed. */
void cam_tally_entry_passed(cam_tally_t *tally, uint32_t cycles);
/** So many exceptions are active, of which this is the innermost; depth 0: none. */
void cam_tally_exceptions(cam_tally_t *tally, uint32_t depth, uint32_t exception);
/** The core was reset: nobody called. */
void cam_tally_reset(cam_tally_t *tally);

/** The tree: node 0 is its root. @return count of nodes */
uint32_t cam_tally_nodes(const cam_tally_t *tally, const cam_tally_node_t **nodes);
/** @param counts of each halfword from `address` on that an instruction begins at: how often it was
 *     begun, and how often what came next was not behind it */
void cam_tally_counts(const cam_tally_t *tally, uint32_t address, uint32_t halfwords,
                      uint32_t *counts);
/** How often the operation at each byte of the bytecode was begun; NULL without a VM. */
const uint32_t *cam_tally_operations(const cam_tally_t *tally, uint32_t *bytes);

#endif
