// SPDX-License-Identifier: MIT
#include "explorer.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 4096, RUN_ENDED = 1, RUN_SEEN, RUN_WRONG };

typedef struct {
    uint16_t taken;
    uint16_t count;
} choice_t;

/** On the heap: what lies in .data and .bss belongs to the run. */
typedef struct {
    choice_t choices[DEPTH_MAX];
    unsigned depth;  // choices of this run so far
    unsigned length; // of the prefix that is repeated
    jmp_buf end;
    uint64_t *seen; // open addressing; 0: empty
    size_t seen_mask;
    explorer_counts_t counts;
    bool complete;
    bool tracing;
    char complaint[200];
    void (*reset)(void);
    void (*scenario)(void);
    uint64_t (*key)(void);
} explorer_t;

static explorer_t *explorer;

uint64_t hash_value(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count) {
    const unsigned char *from = bytes;
    for (; count >= 8; count -= 8, from += 8) {
        uint64_t word;
        memcpy(&word, from, 8);
        hash = hash_value(hash, word);
    }
    for (; count != 0; count--) hash = hash_value(hash, *from++);
    return hash;
}

static void grow(void) {
    const size_t old_size = explorer->seen_mask + 1;
    uint64_t *old = explorer->seen;
    explorer->seen_mask = 2 * old_size - 1;
    explorer->seen = calloc(2 * old_size, sizeof *old);
    if (explorer->seen == NULL) abort();
    for (size_t i = 0; i < old_size; i++) {
        if (old[i] == 0) continue;
        size_t at = old[i] & explorer->seen_mask;
        while (explorer->seen[at] != 0) at = (at + 1) & explorer->seen_mask;
        explorer->seen[at] = old[i];
    }
    free(old);
}

/** @returns whether it is new */
static bool remember(uint64_t key) {
    if (key == 0) key = 1;
    size_t at = key & explorer->seen_mask;
    for (; explorer->seen[at] != 0; at = (at + 1) & explorer->seen_mask)
        if (explorer->seen[at] == key) return false;
    explorer->seen[at] = key;
    if (++explorer->counts.states * 2 > explorer->seen_mask) grow();
    return true;
}

unsigned choose(unsigned what, unsigned count) {
    if (count < 2) return 0;
    explorer->counts.choices++;
    const unsigned depth = explorer->depth++;
    if (depth < explorer->length) return explorer->choices[depth].taken;
    if (depth == DEPTH_MAX) complain("the run is too long", (long)depth, DEPTH_MAX);
    if (!remember(hash_value(explorer->key(), what))) longjmp(explorer->end, RUN_SEEN);
    explorer->choices[depth] = (choice_t){0, (uint16_t)count};
    explorer->length = explorer->depth;
    return 0;
}

/** The next combination, depth first. @returns false when there is none */
static bool next(void) {
    while (explorer->length != 0) {
        choice_t *last = &explorer->choices[explorer->length - 1];
        if (++last->taken < last->count) return true;
        explorer->length--;
    }
    return false;
}

static int run(void) {
    explorer->depth = 0;
    explorer->reset();
    const int end = setjmp(explorer->end);
    if (end == 0) {
        explorer->scenario();
        return RUN_ENDED;
    }
    return end;
}

void explore_prepare(void) {
    explorer = calloc(1, sizeof *explorer);
    if (explorer == NULL) abort();
    explorer->seen_mask = (1u << 16) - 1;
    explorer->seen = calloc(1u << 16, sizeof(uint64_t));
    if (explorer->seen == NULL) abort();
}

bool explore(void (*reset)(void), void (*scenario)(void), uint64_t (*key)(void)) {
    explorer->reset = reset;
    explorer->scenario = scenario;
    explorer->key = key;
    do {
        explorer->counts.runs++;
        if (run() == RUN_WRONG) return false;
    } while (next());
    explorer->complete = true;
    return true;
}

void explore_complaint_again(void) {
    explorer->tracing = true;
    (void)run();
    explorer->tracing = false;
}

noreturn void complain(const char *text, long value, long expected) {
    snprintf(explorer->complaint, sizeof explorer->complaint, "%s: %ld instead of %ld", text, value,
             expected);
    explorer->length = explorer->depth;
    longjmp(explorer->end, RUN_WRONG);
}

const char *explorer_complaint(void) { return explorer->complaint; }
bool explorer_tracing(void) { return explorer->tracing; }
explorer_counts_t explorer_counts(void) { return explorer->counts; }
bool explorer_complete(void) { return explorer->complete; }
