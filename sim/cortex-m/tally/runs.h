// SPDX-License-Identifier: MIT
// How often each instruction was executed, at next to no cost: only where execution does not go on
// behind an instruction is anything written down. A run is a stretch of instructions one behind the
// other; an instruction was executed by all runs that begin at or before it and end behind it.
#ifndef CAM_RUNS_H
#define CAM_RUNS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct cam_runs cam_runs_t;

/** @param memory_bytes code lies below. @return NULL when there is no memory */
cam_runs_t *cam_runs_open(uint32_t memory_bytes);
void cam_runs_close(cam_runs_t *runs);

/** An instruction was begun. */
void cam_runs_executed(cam_runs_t *runs, uint32_t address, uint32_t bytes);
/** An exception is entered: the run goes on when it is left. */
void cam_runs_enter(cam_runs_t *runs);
void cam_runs_leave(cam_runs_t *runs);
/** The core was reset. */
void cam_runs_reset(cam_runs_t *runs);

/**
 * @param halfwords all below the end of the memory
 * @param counts of each halfword from `address` on that an instruction begins at: how often it was
 *     begun, and how often what came next was not behind it
 */
void cam_runs_counts(const cam_runs_t *runs, uint32_t address, uint32_t halfwords,
                     uint32_t *counts);

#endif
