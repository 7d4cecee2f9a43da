// SPDX-License-Identifier: MIT
// Buffer ownership between the capture's interrupts, the program's calls and the host link, in
// every order: an event of the sensor, or the millisecond's tick, may come before any access to
// memory that the native code makes.
//
// The native code is compiled with -fsanitize=thread: gcc then calls a function before each access
// that another context could see (the functions below), and nothing of a sanitizer's own is linked.
//
// Usage: interleavings BUFFERS CROP KEEP_NEWEST SETTLE FRAMES CALLS OUTCOMES WHOLE_FRAMES LATE
// TICKS FIRST_CALLS FIRST_CALLS: a digit of call_t for each call that is not chosen, the first
// ones.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "board.h"
#include "capture.h"
#include "capture_pin.h"
#include "capture_state.h"
#include "capture_watch.h"
#include "chip.h"
#include "explorer.h"

enum {
    FRAME_MEMORY = 0x20000000,
    FRAME_MEMORY_BYTES = 4096,
    LINE_BYTES = 16,
    LINES = FRAME_WORDS * 4 / LINE_BYTES,
    READOUT_US = 900,
};

typedef enum {
    CALL_NEXT,
    CALL_RELEASE,
    CALL_RELEASE_NEWEST,
    CALL_SKIP,
    CALL_PIN,
    CALL_UNPIN,
    CALL_RESTART,
    CALL_ABORT,
    CALL_WATCH,
    CALL_COUNT,
} call_t;

static const char *const CALLS[CALL_COUNT] = {"next",  "release", "release newest", "skip", "pin",
                                              "unpin", "restart", "abort",          "watch"};

typedef enum { CONTEXT_THREAD, CONTEXT_TICK, CONTEXT_CAPTURE, CONTEXT_COUNT } context_t;

/** The bytes of a frame that somebody reads. */
typedef struct {
    uint32_t valid;
    uint32_t index;
    uint32_t frame; // of the sensor, plus 1: what its words are
} reader_t;

/** The state beside the native code's and the chip's; compared as bytes. */
typedef struct {
    // What a context has read since it began, and how many accesses it has made: where it is and
    // what its local variables are follow from them.
    uint64_t read[CONTEXT_COUNT];
    uint64_t accesses[CONTEXT_COUNT];
    uint32_t context;
    uint32_t masked;
    uint32_t call;  // number of it
    uint32_t kind;  // call_t
    uint32_t point; // accesses so far, for a person
    uint32_t ticks;
    uint32_t quiet; // nothing comes but when it is asked for
    uint32_t last_frame;
    uint32_t offset_known;
    uint32_t offset;
    uint32_t lent_count;
    reader_t lent[TEST_BUFFERS_MAX]; // oldest first
    reader_t pinned;
} state_t;

static state_t *state;

/** Of the command line. */
typedef struct {
    uint32_t buffers, crop, keep_newest, settle, frames, calls, outcomes, whole_frames, late, ticks;
} options_t;
static options_t *options;
static const char *first_calls;

cam_board_t cam_board;
cam_request_t cam_request;

// The native code's variables, as they were when nothing had run.
extern char __data_start, _end;
static char *at_start;

static size_t variables_bytes(void) { return (size_t)(&_end - &__data_start); }

// ---- what may happen before an access ----

static void check_readers(void) {
    const uint32_t *memory = (const uint32_t *)(uintptr_t)FRAME_MEMORY;
    for (uint32_t i = 0; i < state->lent_count; i++)
        for (uint32_t word = 0; word < FRAME_WORDS; word++)
            if (memory[state->lent[i].index * FRAME_WORDS + word] != state->lent[i].frame)
                complain("a word of a lent frame is of another one",
                         memory[state->lent[i].index * FRAME_WORDS + word], state->lent[i].frame);
}

static void interrupt(context_t context, void (*handler)(void)) {
    const uint32_t before = state->context;
    state->context = context;
    if (explorer_tracing())
        printf("    interrupt %s\n", context == CONTEXT_TICK ? "tick" : "capture");
    handler();
    state->read[context] = state->accesses[context] = 0;
    state->context = before;
}

static void serve_interrupts(void) {
    while (!state->masked && state->context != CONTEXT_CAPTURE && chip_interrupt() != NULL)
        interrupt(CONTEXT_CAPTURE, chip_interrupt());
}

static void go_on(void) {
    if (explorer_tracing())
        printf("    frame %u %s (access %u)\n", chip->frame, event_name((event_t)chip->event),
               state->point);
    chip_go_on();
    check_readers();
    serve_interrupts();
}

/** Before each access. */
static void point(void) {
    state->point++;
    state->accesses[state->context]++;
    serve_interrupts();
    if (state->quiet) return;
    const bool busy = state->masked || state->context == CONTEXT_CAPTURE;
    while (chip_may_go_on(busy)) {
        if (choose(CHOICE_EVENT, 2) == 0) break;
        go_on();
    }
    while (state->ticks != 0 && !state->masked && state->context == CONTEXT_THREAD &&
           choose(CHOICE_TICK, 2) == 1) {
        state->ticks--;
        interrupt(CONTEXT_TICK, cam_capture_tick);
    }
}

static void has_read(uint64_t address, uint64_t value) {
    uint64_t *read = &state->read[state->context];
    *read = hash_value(hash_value(*read, address), value);
}

// ---- accesses to memory, as gcc calls them ----

void __tsan_init(void);
void __tsan_init(void) {}
void __tsan_func_entry(void *);
void __tsan_func_entry(void *caller) { (void)caller; }
void __tsan_func_exit(void);
void __tsan_func_exit(void) {}

/** The stack is nobody else's. */
static bool shared(const void *address) {
    const char *at = address;
    return (at >= &__data_start && at < &_end) || (uintptr_t)at - FRAME_MEMORY < FRAME_MEMORY_BYTES;
}

static void reads(const void *address, size_t bytes) {
    if (state != NULL && shared(address)) point();
    // Also what lies on the stack: it may have been written through a pointer.
    if (state != NULL) has_read((uintptr_t)address, hash_bytes(0, address, bytes));
}

static void writes(const void *address) {
    if (state != NULL && shared(address)) point();
}

#define ACCESS(name, bytes)                                                                        \
    void __tsan_##name##read##bytes(void *);                                                       \
    void __tsan_##name##read##bytes(void *address) { reads(address, bytes); }                      \
    void __tsan_##name##write##bytes(void *);                                                      \
    void __tsan_##name##write##bytes(void *address) { writes(address); }
#define ACCESSES(name)                                                                             \
    ACCESS(name, 1) ACCESS(name, 2) ACCESS(name, 4) ACCESS(name, 8) ACCESS(name, 16)
ACCESSES()
ACCESSES(volatile_)
ACCESS(unaligned_, 2)
ACCESS(unaligned_, 4)
ACCESS(unaligned_, 8)
void __tsan_read_range(void *, unsigned long);
void __tsan_read_range(void *address, unsigned long bytes) { reads(address, bytes); }
void __tsan_write_range(void *, unsigned long);
void __tsan_write_range(void *address, unsigned long bytes) {
    (void)bytes;
    writes(address);
}

// ---- the seam to the hardware, and the port ----

uint32_t mmio_read32(uint32_t address) {
    point();
    const uint32_t value = chip_read(address);
    has_read(address, value);
    return value;
}

void mmio_write32(uint32_t address, uint32_t value) {
    point();
    chip_write(address, value);
}

/** Time passes until the register is as it is waited for, or until nothing more comes. */
static uint32_t wait(uint32_t address, uint32_t mask, bool set) {
    for (;;) {
        const uint32_t value = mmio_read32(address);
        if (((value & mask) != 0) == set || chip->frame == chip->frames) return value;
        go_on();
    }
}

uint32_t mmio_wait_set(uint32_t address, uint32_t mask, uint32_t timeout_us) {
    (void)timeout_us;
    return wait(address, mask, true);
}

uint32_t mmio_wait_clear(uint32_t address, uint32_t mask, uint32_t timeout_us) {
    (void)timeout_us;
    return wait(address, mask, false);
}

void mmio_delay_us(uint32_t us) { (void)us; }

uint32_t mmio_irq_save(void) {
    point();
    const uint32_t before = state->masked;
    state->masked = 1;
    return before;
}

void mmio_irq_restore(uint32_t masked) {
    state->masked = masked;
    point();
}

uint32_t cam_port_now_us(void) {
    has_read(0, chip->now_us);
    return chip->now_us;
}

bool cam_port_vm_receive(const uint8_t *frame) {
    (void)frame;
    return true;
}
void cam_port_row_stored(uint32_t address, uint32_t bytes) {
    (void)address;
    (void)bytes;
}
void cam_port_capture_changed(bool streaming) { (void)streaming; }
void cam_port_frame_delivered(const uint8_t *descriptor, const uint8_t *pixels) {
    (void)descriptor;
    (void)pixels;
}

// ---- the program and the link ----

static void must(cam_status_t status) {
    if (status.code != CAM_OK) complain("a call is refused, code", status.code, CAM_OK);
}

static void start(void) {
    const uint32_t rows = options->crop ? LINES + 4 : LINES;
    const cam_capture_config_t config = {
        .kind = CAM_KIND_FRAMES,
        .buffers = options->buffers,
        .line_bytes = LINE_BYTES,
        .lines = LINES,
        .settle_frames = (uint8_t)options->settle,
        .fps_millihz = 1000000000u / PERIOD_US,
        .frame_rows = rows,
        .keep_newest = options->keep_newest != 0,
        .dcmi = {.crop = options->crop != 0,
                 .cwstrt = 0,
                 .cwsize = (LINES - 1u) << 16 | (LINE_BYTES - 1u)},
    };
    state->offset_known = 0;
    must(cam_capture_start(&config));
}

static void next(void) {
    cam_frame_t frame;
    if (!cam_capture_next(&frame)) return;
    const uint32_t *words = (const uint32_t *)(const void *)frame.image.pixels;
    const uint32_t number = words[0];
    for (uint32_t i = 0; i < state->lent_count; i++)
        if (state->lent[i].index == frame.index)
            complain("lent twice, buffer", (long)frame.index, -1);
    state->lent[state->lent_count++] = (reader_t){1, frame.index, number};
    check_readers(); // the others of its words
    if (number <= state->last_frame)
        complain("out of order, frame", (long)number, (long)state->last_frame + 1);
    state->last_frame = number;
    const uint32_t offset = number - frame.sequence;
    if (!state->offset_known) state->offset = offset;
    state->offset_known = 1;
    if (offset != state->offset)
        complain("sequence number of the frame", (long)frame.sequence,
                 (long)(number - state->offset));
}

static void release(uint32_t place) {
    if (place >= state->lent_count) return;
    const uint32_t index = state->lent[place].index;
    memmove(&state->lent[place], &state->lent[place + 1],
            (state->lent_count - place - 1) * sizeof state->lent[0]);
    state->lent_count--;
    memset(&state->lent[state->lent_count], 0, sizeof state->lent[0]);
    must(cam_capture_release(index));
}

/** What the link has read of the pinned frame until now is right if it is still pinned afterwards.
 */
static void read_pinned(void) {
    if (!state->pinned.valid) return;
    const uint32_t *memory = (const uint32_t *)(uintptr_t)FRAME_MEMORY;
    uint32_t words[FRAME_WORDS];
    for (uint32_t i = 0; i < FRAME_WORDS; i++) {
        point();
        words[i] = memory[state->pinned.index * FRAME_WORDS + i];
        has_read(i, words[i]);
    }
    if (!cam_capture_is_pinned(state->pinned.index)) return;
    for (uint32_t i = 0; i < FRAME_WORDS; i++)
        if (words[i] != state->pinned.frame)
            complain("a word of a pinned frame is of another one", (long)words[i],
                     (long)state->pinned.frame);
}

static void pin(void) {
    if (state->lent_count == 0) return;
    const reader_t newest = state->lent[state->lent_count - 1];
    if (cam_capture_pin(newest.index, READOUT_US)) state->pinned = newest;
}

static void unpin(void) {
    if (!state->pinned.valid) return;
    memset(&state->pinned, 0, sizeof state->pinned);
    cam_capture_unpin();
}

/** The buffers are where capture_state.h says that they may be. Interrupts masked. */
static void check_buffers(void) {
    const uint32_t filling = cam_cap.filling == NULL ? 0 : cam_cap.filling->bit;
    const uint32_t twice = (cam_cap.free & cam_cap.lent) | (cam_cap.free & cam_cap.pinned) |
                           (filling & (cam_cap.free | cam_cap.lent | cam_cap.pinned));
    if (twice != 0) complain("buffers in two states, mask", twice, 0);
    if (cam_cap.phase == CAM_PHASE_STARVED && cam_cap.free != 0)
        complain("starved, with free buffers, mask", cam_cap.free, 0);
}

static void make(call_t call) {
    switch (call) {
    case CALL_NEXT:
        next();
        break;
    case CALL_RELEASE:
        release(0);
        break;
    case CALL_RELEASE_NEWEST:
        release(state->lent_count - 1u);
        break;
    case CALL_SKIP:
        cam_capture_skip(1);
        break;
    case CALL_PIN:
        pin();
        break;
    case CALL_UNPIN:
        unpin();
        break;
    case CALL_RESTART:
        must(cam_capture_stop());
        start();
        break;
    case CALL_ABORT:
        cam_capture_abort();
        memset(state->lent, 0, sizeof state->lent);
        state->lent_count = 0;
        start();
        break;
    default:
        cam_watch_poll();
    }
    read_pinned();
}

static uint32_t sum_of_ends(const cam_counters_t *counters) {
    const uint32_t waiting =
        counters->frames - counters->delivered - counters->skipped - counters->settling;
    return counters->delivered + counters->skipped + counters->settling + waiting +
           counters->dropped + counters->short_frames + counters->overrun_frames +
           counters->dma_errors + counters->lost + counters->doubtful;
}

static void let_all_come(void) {
    while (chip->frame != chip->frames) {
        go_on();
        serve_interrupts();
    }
}

/** Each frame in one place; and with a program that behaves the capture delivers again. */
static void check_end(void) {
    state->quiet = 1;
    let_all_come();
    cam_watch_poll();
    cam_counters_t counters;
    cam_capture_counters(&counters);
    if (explorer_tracing())
        printf("  of %u frames: %u captured, %u delivered, %u skipped, %u settling, %u dropped, %u "
               "short, %u overrun, "
               "%u DMA errors, %u lost, %u doubtful\n",
               counters.sensor_frames, counters.frames, counters.delivered, counters.skipped,
               counters.settling, counters.dropped, counters.short_frames, counters.overrun_frames,
               counters.dma_errors, counters.lost, counters.doubtful);
    if (sum_of_ends(&counters) != counters.sensor_frames)
        complain("the sum of the places where frames ended", (long)sum_of_ends(&counters),
                 (long)counters.sensor_frames);
    unpin();
    while (state->lent_count != 0) release(0);
    cam_capture_skip(CAM_BUFFERS_MAX);
    const uint32_t before = state->last_frame;
    for (int i = 0; i < 6; i++) {
        chip_more_frames(1);
        let_all_come();
        cam_watch_poll();
        next();
        check_readers();
        while (state->lent_count != 0) release(0);
    }
    if (state->last_frame == before) complain("frames after the last call", 0, 1);
}

static call_t next_call(void) {
    if (state->call <= strlen(first_calls)) return (call_t)(first_calls[state->call - 1] - '0');
    return (call_t)choose(CHOICE_CALL, CALL_COUNT);
}

static void scenario(void) {
    start();
    for (state->call = 1; state->call <= options->calls; state->call++) {
        const call_t call = next_call();
        if (explorer_tracing()) printf("  %s (%u lent)\n", CALLS[call], state->lent_count);
        state->read[CONTEXT_THREAD] = state->accesses[CONTEXT_THREAD] = 0;
        state->kind = call;
        make(call);
        check_buffers();
        point();
    }
    check_end();
}

static void reset(void) {
    memcpy(&__data_start, at_start, variables_bytes());
    memset(state, 0, sizeof *state);
    memset((void *)(uintptr_t)FRAME_MEMORY, 0, TEST_BUFFERS_MAX * FRAME_WORDS * 4);
    chip_reset(options->frames, options->crop != 0, options->outcomes, options->whole_frames,
               options->late);
    state->ticks = options->ticks;
}

static uint64_t key(void) {
    const uint32_t accesses = state->point;
    state->point = 0;
    uint64_t hash = hash_bytes(1, state, sizeof *state);
    state->point = accesses;
    hash = hash_bytes(hash, chip, sizeof *chip);
    hash =
        hash_bytes(hash, (const void *)(uintptr_t)FRAME_MEMORY, options->buffers * FRAME_WORDS * 4);
    return hash_bytes(hash, &__data_start, variables_bytes());
}

int main(int count, char **words) {
    if (count != 12) return 2;
    options = calloc(1, sizeof *options);
    state_t *memory = calloc(1, sizeof *state);
    void *frames = mmap((void *)(uintptr_t)FRAME_MEMORY, FRAME_MEMORY_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (options == NULL || memory == NULL || frames != (void *)(uintptr_t)FRAME_MEMORY) return 2;
    uint32_t *option = &options->buffers;
    for (int i = 1; i < count - 1; i++) option[i - 1] = (uint32_t)strtoul(words[i], NULL, 10);
    first_calls = words[count - 1];
    cam_board.frame_memory = FRAME_MEMORY;
    cam_board.frame_memory_bytes = FRAME_MEMORY_BYTES;
    chip_reset(1, false, 1, 0, 1);
    at_start = malloc(variables_bytes());
    if (at_start == NULL) return 2;
    state = memory;
    // Pointers to what is on the heap are set by now: they stay as they are.
    explore_prepare();
    memcpy(at_start, &__data_start, variables_bytes());
    const bool right = explore(reset, scenario, key);
    const explorer_counts_t counts = explorer_counts();
    if (!right) {
        printf("%s\n", explorer_complaint());
        explore_complaint_again();
    }
    printf("{\"complete\": %s, \"states\": %llu, \"runs\": %llu, \"choices\": %llu, \"complaint\": "
           "\"%s\"}\n",
           explorer_complete() ? "true" : "false", (unsigned long long)counts.states,
           (unsigned long long)counts.runs, (unsigned long long)counts.choices,
           explorer_complaint());
    return right ? 0 : 1;
}
