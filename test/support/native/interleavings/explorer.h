// SPDX-License-Identifier: MIT
// Stateless search: a run is repeated from its beginning, each time with the next combination of
// choices, depth first. A state that an earlier run has seen is not followed again: whatever can
// come of it has been or will be tried.
#ifndef EXPLORER_H
#define EXPLORER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

typedef struct {
    uint64_t runs;
    uint64_t states;  // different ones at which something else could have happened
    uint64_t choices; // made in all runs
} explorer_counts_t;

/** Run `scenario` until every combination of choices was tried. `reset` puts everything that `key`
 * looks at back.
 * @returns false when a run was wrong: explorer_complaint() says how */
/** Once, before anything. */
void explore_prepare(void);

bool explore(void (*reset)(void), void (*scenario)(void), uint64_t (*key)(void));

/** Repeat the run that was wrong, with `explorer_tracing()` true. */
void explore_complaint_again(void);

/** 0..count-1. @param what is chosen: two choices in one state are told apart by it */
unsigned choose(unsigned what, unsigned count);

/** The run is wrong: end it, and the search. */
noreturn void complain(const char *text, long value, long expected);

const char *explorer_complaint(void);
bool explorer_tracing(void);
explorer_counts_t explorer_counts(void);
/** All combinations were tried. */
bool explorer_complete(void);

/** Mix bytes or a value into a hash. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count);
uint64_t hash_value(uint64_t hash, uint64_t value);

#endif
