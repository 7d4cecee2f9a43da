// SPDX-License-Identifier: MIT
// See tally.h.

#include "tally.h"

#include <stdlib.h>
#include <string.h>

#define FLASH_BASE 0x08000000U
#define PAGE_SHIFT 10U
#define HALFWORDS (1U << (PAGE_SHIFT - 1))

/** Calls and exceptions that are followed; what lies deeper counts for the deepest that is. */
#define FRAMES_MAX 512U
#define CONTEXTS_MAX 32U

/** So many frames are looked through for the one that is returned to. */
#define RETURNS_THROUGH 64U

#define NO_FUNCTION 1U // an address that no function has

/** What is known of one halfword of code. */
typedef struct {
    uint32_t begun;
    uint32_t jumped;
    uint32_t function; // its address; 0: not looked for yet
    bool calls;        // BL or BLX
} cell_t;

/** A function that was entered, and not left yet. */
typedef struct {
    uint32_t function;
    uint32_t node; // of the function, or of the bytecode's place that it works for
    uint32_t base; // of the function
    uint32_t returns;
} frame_t;

/** Thread mode, or an exception. */
typedef struct {
    uint32_t bottom; // its first frame
    uint32_t exception;
    uint32_t node;
    // Of what it interrupted:
    uint32_t next;
    cell_t *previous;
} context_t;

struct cam_tally {
    cam_runs_t *runs; // NULL: calls are followed
    const uint8_t *memory;
    uint32_t memory_bytes;
    cam_tally_function_t *functions;
    uint32_t function_count;
    cell_t **pages;
    cam_tally_node_t *nodes;
    uint32_t node_count;
    uint32_t node_room;
    frame_t frames[FRAMES_MAX];
    uint32_t frame_count;
    context_t contexts[CONTEXTS_MAX];
    uint32_t depth; // of contexts, besides thread mode
    uint32_t next;  // address behind the newest instruction
    cell_t *previous;
    cam_tally_vm_t vm;
    uint16_t *places; // NULL: there is no VM
    uint32_t image;   // address of the bytecode
    uint32_t fetches; // the instruction that loads an operation's code; 0: not seen yet
    uint32_t *operations;
};

static uint32_t new_node(cam_tally_t *tally, uint32_t parent, uint32_t key) {
    if (tally->node_count == tally->node_room) {
        uint32_t room = tally->node_room * 2;
        cam_tally_node_t *nodes = realloc(tally->nodes, room * sizeof *nodes);
        if (nodes == NULL) return parent;
        tally->nodes = nodes;
        tally->node_room = room;
    }
    uint32_t index = tally->node_count++;
    tally->nodes[index] = (cam_tally_node_t){.parent = parent, .key = key};
    if (index != parent) {
        tally->nodes[index].sibling = tally->nodes[parent].first_child;
        tally->nodes[parent].first_child = index;
    }
    return index;
}

static uint32_t child(cam_tally_t *tally, uint32_t parent, uint32_t key) {
    for (uint32_t at = tally->nodes[parent].first_child; at != 0; at = tally->nodes[at].sibling)
        if (tally->nodes[at].key == key) return at;
    return new_node(tally, parent, key);
}

cam_tally_t *cam_tally_open(const uint8_t *memory, uint32_t memory_bytes,
                            const cam_tally_function_t *functions, uint32_t function_count) {
    cam_tally_t *tally = calloc(1, sizeof *tally);
    if (tally == NULL) return NULL;
    if (functions == NULL) tally->runs = cam_runs_open(memory_bytes);
    tally->memory = memory;
    tally->memory_bytes = memory_bytes;
    tally->functions = malloc((function_count + 1) * sizeof *functions);
    tally->function_count = function_count;
    tally->pages = calloc((memory_bytes >> PAGE_SHIFT) + 1, sizeof *tally->pages);
    tally->node_room = 1024;
    tally->nodes = calloc(tally->node_room, sizeof *tally->nodes);
    bool counted = functions != NULL || tally->runs != NULL;
    if (!counted || tally->pages == NULL || tally->nodes == NULL || tally->functions == NULL) {
        cam_tally_close(tally);
        return NULL;
    }
    if (functions != NULL) memcpy(tally->functions, functions, function_count * sizeof *functions);
    new_node(tally, 0, CAM_TALLY_FUNCTION);
    cam_tally_reset(tally);
    return tally;
}

void cam_tally_close(cam_tally_t *tally) {
    if (tally == NULL) return;
    for (uint32_t page = 0; tally->pages != NULL && page <= tally->memory_bytes >> PAGE_SHIFT;
         page++)
        free(tally->pages[page]);
    cam_runs_close(tally->runs);
    free(tally->pages);
    free(tally->nodes);
    free(tally->functions);
    free(tally->places);
    free(tally->operations);
    free(tally);
}

cam_runs_t *cam_tally_runs(const cam_tally_t *tally) { return tally->runs; }

bool cam_tally_set_vm(cam_tally_t *tally, cam_tally_vm_t vm, const uint16_t *places) {
    tally->vm = vm;
    tally->operations = calloc(vm.bytecode_bytes + 1, sizeof *tally->operations);
    tally->places = malloc((vm.bytecode_bytes + 1) * sizeof *places);
    if (tally->operations == NULL || tally->places == NULL) return false;
    memcpy(tally->places, places, vm.bytecode_bytes * sizeof *places);
    return true;
}

/** The function that an address is in. */
static uint32_t function_at(const cam_tally_t *tally, uint32_t address) {
    uint32_t low = 0, high = tally->function_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (tally->functions[middle].begin <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || address >= tally->functions[low - 1].end) return NO_FUNCTION;
    return tally->functions[low - 1].begin;
}

static uint32_t in_memory(uint32_t address) {
    return address < FLASH_BASE ? address + FLASH_BASE : address;
}

static uint32_t halfword(const cam_tally_t *tally, uint32_t at) {
    return tally->memory[at] | (uint32_t)tally->memory[at + 1] << 8;
}

/** ARMv7-M ARM A7.7.18 and A7.7.19: BL and BLX (register). */
static bool is_call(const cam_tally_t *tally, uint32_t at) {
    uint32_t first = halfword(tally, at);
    if ((first & 0xff87) == 0x4780) return true;
    return (first & 0xf800) == 0xf000 && (halfword(tally, at + 2) & 0xd000) == 0xd000;
}

/** NULL: there is no memory, here or on this machine. */
static cell_t *cell_at(cam_tally_t *tally, uint32_t address) {
    uint32_t at = in_memory(address);
    if (at > tally->memory_bytes - 4) return NULL;
    cell_t **page = &tally->pages[at >> PAGE_SHIFT];
    if (*page == NULL) *page = calloc(HALFWORDS, sizeof **page);
    if (*page == NULL) return NULL;
    cell_t *cell = &(*page)[at / 2 % HALFWORDS];
    if (cell->function == 0) {
        cell->function = function_at(tally, at);
        cell->calls = is_call(tally, at);
    }
    return cell;
}

static context_t *context_of(cam_tally_t *tally) { return &tally->contexts[tally->depth]; }

static frame_t *top_frame(cam_tally_t *tally) {
    return tally->frame_count > context_of(tally)->bottom ? &tally->frames[tally->frame_count - 1]
                                                          : NULL;
}

static uint32_t current_node(cam_tally_t *tally) {
    const frame_t *top = top_frame(tally);
    return top == NULL ? context_of(tally)->node : top->node;
}

static uint32_t key_of(uint32_t function) {
    return function == NO_FUNCTION ? CAM_TALLY_FUNCTION : CAM_TALLY_FUNCTION | function;
}

static void push(cam_tally_t *tally, uint32_t function, uint32_t returns) {
    if (tally->frame_count == FRAMES_MAX) return;
    uint32_t node = child(tally, current_node(tally), key_of(function));
    tally->frames[tally->frame_count++] = (frame_t){function, node, node, returns};
}

/** @return whether some frame that is there waits for `address` */
static bool return_to(cam_tally_t *tally, uint32_t address) {
    uint32_t bottom = context_of(tally)->bottom;
    for (uint32_t up = 1; up <= RETURNS_THROUGH && tally->frame_count >= bottom + up; up++)
        if (tally->frames[tally->frame_count - up].returns == address) {
            tally->frame_count -= up;
            return true;
        }
    return false;
}

/** The function is another one, and nobody called it: a jump at a function's end, or the first one.
 */
static void become(cam_tally_t *tally, uint32_t function) {
    const frame_t *top = top_frame(tally);
    uint32_t returns = 0;
    if (top != NULL) {
        returns = top->returns;
        tally->frame_count--;
    }
    push(tally, function, returns);
}

void cam_tally_executed(cam_tally_t *tally, uint32_t address, uint32_t bytes, uint32_t units) {
    cell_t *cell = cell_at(tally, address);
    if (cell == NULL) return cam_tally_skipped(tally, units);
    cell_t *previous = tally->previous;
    if (previous != NULL && address != tally->next) {
        previous->jumped++;
        if (previous->calls)
            push(tally, cell->function, tally->next);
        else
            return_to(tally, address);
    }
    const frame_t *top = top_frame(tally);
    if (top == NULL || top->function != cell->function) become(tally, cell->function);
    cell->begun++;
    tally->previous = cell;
    tally->next = address + bytes;
    cam_tally_node_t *node = &tally->nodes[current_node(tally)];
    node->instructions++;
    node->units += units;
}

void cam_tally_skipped(cam_tally_t *tally, uint32_t units) {
    tally->nodes[current_node(tally)].units += units;
}

void cam_tally_passed(cam_tally_t *tally, uint32_t cycles) {
    tally->nodes[current_node(tally)].passed += cycles;
}

void cam_tally_entry_passed(cam_tally_t *tally, uint32_t cycles) {
    tally->nodes[child(tally, 0, CAM_TALLY_ENTRIES)].passed += cycles;
}

static void enter(cam_tally_t *tally, uint32_t exception) {
    if (tally->runs != NULL) cam_runs_enter(tally->runs);
    context_t *context = &tally->contexts[++tally->depth];
    context->bottom = tally->frame_count;
    context->exception = exception;
    context->node = child(tally, 0, CAM_TALLY_EXCEPTION | exception);
    context->next = tally->next;
    context->previous = tally->previous;
    tally->previous = NULL;
}

static void leave(cam_tally_t *tally) {
    if (tally->runs != NULL) cam_runs_leave(tally->runs);
    const context_t *context = context_of(tally);
    tally->frame_count = context->bottom;
    tally->next = context->next;
    tally->previous = context->previous;
    tally->depth--;
}

void cam_tally_exceptions(cam_tally_t *tally, uint32_t depth, uint32_t exception) {
    if (depth >= CONTEXTS_MAX) return;
    while (tally->depth > depth) leave(tally);
    if (tally->depth == depth && (depth == 0 || context_of(tally)->exception == exception)) return;
    if (tally->depth == depth) leave(tally);
    enter(tally, exception);
}

void cam_tally_reset(cam_tally_t *tally) {
    if (tally->runs != NULL) cam_runs_reset(tally->runs);
    tally->depth = 0;
    tally->frame_count = 0;
    tally->previous = NULL;
    tally->contexts[0] = (context_t){.node = child(tally, 0, CAM_TALLY_EXCEPTION)};
}

bool cam_tally_in_vm(const cam_tally_t *tally, uint32_t address) {
    return tally->places != NULL && in_memory(address) >= tally->vm.begin &&
           in_memory(address) < tally->vm.end;
}

uint32_t cam_tally_vm_begin(const cam_tally_t *tally) { return tally->vm.begin; }

static uint32_t word(const cam_tally_t *tally, uint32_t address) {
    uint32_t at = in_memory(address);
    uint32_t value = 0;
    if (at <= tally->memory_bytes - 4) memcpy(&value, tally->memory + at, sizeof value);
    return value;
}

void cam_tally_fiber(cam_tally_t *tally, uint32_t fiber) {
    uint32_t context = word(tally, fiber + tally->vm.context_offset);
    tally->image = word(tally, context + tally->vm.image_offset);
}

void cam_tally_loads(cam_tally_t *tally, uint32_t address, uint32_t from) {
    uint32_t at = from - tally->image;
    if (at >= tally->vm.bytecode_bytes || tally->places[at] == CAM_TALLY_NO_PLACE) return;
    // The first byte that is loaded is an operation's code; others are loaded by other
    // instructions.
    if (tally->fetches == 0) tally->fetches = address;
    if (tally->fetches != address) return;
    frame_t *top = tally->frame_count > 0 ? &tally->frames[tally->frame_count - 1] : NULL;
    if (top == NULL && tally->runs == NULL) return;
    tally->operations[at]++;
    if (top == NULL) return;
    top->node = child(tally, top->base, CAM_TALLY_PLACE | tally->places[at]);
}

uint32_t cam_tally_nodes(const cam_tally_t *tally, const cam_tally_node_t **nodes) {
    *nodes = tally->nodes;
    return tally->node_count;
}

void cam_tally_counts(const cam_tally_t *tally, uint32_t address, uint32_t halfwords,
                      uint32_t *counts) {
    if (tally->runs != NULL) return cam_runs_counts(tally->runs, address, halfwords, counts);
    for (uint32_t i = 0; i < halfwords; i++) {
        uint32_t at = in_memory(address + i * 2);
        const cell_t *page = at < tally->memory_bytes ? tally->pages[at >> PAGE_SHIFT] : NULL;
        const cell_t none = {0};
        const cell_t *cell = page == NULL ? &none : &page[at / 2 % HALFWORDS];
        counts[i * 2] = cell->begun;
        counts[i * 2 + 1] = cell->jumped;
    }
}

const uint32_t *cam_tally_operations(const cam_tally_t *tally, uint32_t *bytes) {
    *bytes = tally->vm.bytecode_bytes;
    return tally->operations;
}
