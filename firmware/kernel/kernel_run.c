// SPDX-License-Identifier: MIT
// A call of a kernel: who is called, with what, in which memory, and how it ended.
#include "kernel_run.h"

#include "address_name.h"
#include "board.h"
#include "grabber_regs.h"
#include "kernel_enter.h"
#include "kernel_slot.h"
#include "link.h"
#include "mpu.h"
#include "port.h"
#include "text.h"
#include "vm_memory.h"

enum {
    LIST_HEAD_BYTES = 16,
    LIST_CAPACITY_AT = 4,
    // What is native below the frames is kept by eighths of this.
    NATIVE_REGION_BYTES = 4096,
    NAME_BYTES_MAX = 100,
};

/** Frame of kernel/index.ts. */
typedef struct {
    uint32_t pixels;
    uint32_t width;
    uint32_t height;
    uint32_t stride;
    uint32_t format;
} record_t;

static const cam_program_slot_kernels_t *place; // 0: the program has no kernels
static const cam_kernels_t *kernels;

static uint8_t *at(uint32_t offset) { return (uint8_t *)(uintptr_t)(place->memory + offset); }

void cam_kernels_init(const cam_program_slot_t *slot) {
    place = slot->kernels;
    if (place == 0) return;
    kernels = (const cam_kernels_t *)(uintptr_t)(slot->address + place->offset);
    // What is above is too little for a frame, or lies across a border of the MPU's.
    cam_board.frame_memory_bytes = place->memory - cam_board.frame_memory;
    cam_kernel_enter_init();
}

void cam_kernels_program_starts(void) {
    if (place == 0) return;
    const uint8_t *initial = (const uint8_t *)kernels + kernels->initial;
    uint8_t *own = at(CAM_KERNEL_OWN);
    for (uint32_t i = 0; i < kernels->own_bytes; i++)
        own[i] = i < kernels->initial_bytes ? initial[i] : 0;
}

/** @param known whether there is one of the same file */
static const cam_kernel_function_t *find(const cam_kernel_call_t *call, bool *known) {
    *known = false;
    if (place == 0) return 0;
    const cam_kernel_function_t *functions = (const cam_kernel_function_t *)(kernels + 1);
    for (uint32_t i = 0; i < kernels->functions; i++) {
        if (functions[i].id != call->id) continue;
        *known = true;
        if (functions[i].function == call->function) return &functions[i];
    }
    return 0;
}

static bool fits(const cam_kernel_function_t *function, const cam_kernel_call_t *call) {
    return function->frames == call->frame_count && function->numbers == call->number_count &&
           call->result_bytes >= function->result_bytes;
}

static uint32_t result_bytes_max(void) {
    return place->memory_bytes - CAM_KERNEL_OWN - kernels->own_bytes;
}

/** Everything that the kernel finds in its memory. @returns address of its result */
static uint32_t prepare(const cam_kernel_function_t *function, const cam_kernel_call_t *call) {
    for (uint32_t i = 0; i < call->frame_count; i++) {
        const cam_kernel_frame_t *frame = &call->frames[i];
        record_t *record = (record_t *)at(CAM_KERNEL_RECORDS + i * CAM_KERNEL_RECORD_BYTES);
        const uint32_t pixel_bytes = call->format == CAM_FORMAT_GRAY8 ? 1 : 2;
        *record = (record_t){frame->address, frame->columns / pixel_bytes, frame->rows,
                             frame->columns, call->format};
    }
    const uint8_t *numbers = (const uint8_t *)(uintptr_t)call->numbers;
    for (uint32_t i = 0; i < 4u * call->number_count; i++) at(CAM_KERNEL_NUMBERS)[i] = numbers[i];
    const uint32_t bytes = (call->result_bytes + 3u) & ~3u;
    const uint32_t result = place->memory_bytes - bytes;
    uint32_t *words = (uint32_t *)at(result);
    for (uint32_t i = 0; i < bytes / 4u; i++) words[i] = 0;
    if (function->item_bytes != 0)
        words[LIST_CAPACITY_AT / 4] = (call->result_bytes - LIST_HEAD_BYTES) / function->item_bytes;
    return place->memory + result;
}

/** From the first byte of all frames of the call to their last: what lies between two is a frame,
 * too. Not inlined, as say_stopped(): their stack is not to add up. */
__attribute__((noinline)) static void give_memory(const cam_kernel_call_t *call) {
    uint32_t start = UINT32_MAX;
    uint32_t end = 0;
    for (uint32_t i = 0; i < call->frame_count; i++) {
        const cam_kernel_frame_t *frame = &call->frames[i];
        const uint32_t after = frame->address + frame->columns * frame->rows;
        if (frame->address < start) start = frame->address;
        if (after > end) end = after;
    }
    cam_mpu_kernel_t regions;
    cam_mpu_region_t cover[CAM_COVER_REGIONS];
    cam_cover(place->memory, place->memory + place->memory_bytes, cover);
    regions.memory = cover[0];
    const uint32_t native_end = cam_board.frame_memory;
    cam_cover(native_end & ~(NATIVE_REGION_BYTES - 1u), native_end, cover);
    regions.native = cover[0];
    cam_cover(start, end, regions.frames);
    cam_mpu_for_kernel(&regions);
}

static void add_name(cam_text_t *line, const cam_kernel_function_t *function) {
    const char *name = (const char *)kernels + function->name;
    for (uint32_t i = 0; i < NAME_BYTES_MAX; i++) {
        if (!cam_vm_may_read((uint32_t)(uintptr_t)(name + i), 1) || name[i] == 0) return;
        const char one[2] = {name[i], 0};
        cam_text_add(line, one);
    }
}

static void add_access(cam_text_t *line, const cam_kernel_end_t *end) {
    if (end->stack) {
        cam_text_add(line, " overran its stack");
    } else if (end->address == 0) {
        cam_text_add(line, " ran an instruction that it may not");
    } else {
        cam_text_add(line, end->wrote ? " wrote " : " read ");
        cam_text_add_hex(line, end->address);
        cam_text_add(line, " (");
        cam_address_name(line, end->address);
        cam_text_add(line, ")");
    }
}

/** "kernel src/x.kernel.ts, edges() wrote 0x20015400 (the VM's memory), machine code at 0x0804712c"
 */
__attribute__((noinline)) static void say_stopped(const cam_kernel_function_t *function,
                                                  const cam_kernel_end_t *end) {
    static const char *const DID[] = {
        [CAM_KERNEL_STOP_DIVISION] = " divided by zero",
        [CAM_KERNEL_STOP_TOO_LARGE] = " made a number that does not fit into 32 bits",
        [CAM_KERNEL_STOP_THROW] = " threw",
    };
    cam_text_t line;
    cam_text_clear(&line);
    cam_text_add(&line, "kernel ");
    add_name(&line, function);
    if (end->stop == CAM_KERNEL_STOP_ACCESS) {
        add_access(&line, end);
    } else if (end->stop == CAM_KERNEL_STOP_ENDLESS) {
        cam_text_add(&line, " has not ended after ");
        cam_text_add_decimal(&line, CAM_KERNEL_MS_MAX);
        cam_text_add(&line, " ms");
    } else {
        cam_text_add(&line, DID[end->stop]);
    }
    cam_text_add(&line, ", machine code at ");
    cam_text_add_hex(&line, end->pc);
    cam_link_log(CAM_LINK_LOG_FIRMWARE, line.text);
}

uint32_t cam_port_kernel_run(cam_kernel_call_t *call) {
    bool known;
    const cam_kernel_function_t *function = find(call, &known);
    if (function == 0) return known ? CAM_KERNEL_OTHER : CAM_KERNEL_NONE;
    if (!fits(function, call)) return CAM_KERNEL_OTHER;
    call->result_bytes_max = result_bytes_max();
    if (call->result_bytes > call->result_bytes_max) return CAM_KERNEL_LARGE;
    const uint32_t result = prepare(function, call);
    give_memory(call);
    const cam_kernel_end_t *end =
        cam_kernel_enter(place->memory + CAM_KERNEL_STACK_BYTES, place->memory + CAM_KERNEL_NUMBERS,
                         result, (uint32_t)(uintptr_t)kernels + function->entry);
    cam_mpu_for_vm();
    if (end->stop != CAM_KERNEL_STOP_NONE) {
        say_stopped(function, end);
        return (uint32_t)end->stop;
    }
    uint8_t *to = (uint8_t *)(uintptr_t)call->result;
    const uint8_t *from = (const uint8_t *)(uintptr_t)result;
    for (uint32_t i = 0; i < call->result_bytes; i++) to[i] = from[i];
    return CAM_KERNEL_ENDED;
}
