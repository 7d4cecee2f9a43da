// SPDX-License-Identifier: MIT
// The three stages are not simulated: a cycle is kept from which the next instruction can execute,
// and a queue that says when its halfwords have been fetched. A word takes one cycle to fetch and
// one to decode.

#include "pipeline.h"

#include <stddef.h>

enum { PC = 15 };

/** Long before any cycle that is compared with it. */
#define LONG_AGO INT64_MIN / 2

#define FLASH_BASE 0x08000000U
/** Above it lie CCM and SRAM, below it flash and its alias. */
#define FLASH_END 0x10000000U

/** From the cycle in which a word is asked for to that in which its instruction executes. */
#define FETCH_TO_EXECUTE 3
/** From the cycle in which a word is there. */
#define DECODE 2
#define QUEUE_WORDS 3

/** TRM table 3-1: 2 to 12 cycles, by the leading zeros of both. */
enum { DIVIDE_LEAST = 2, DIVIDE_MOST = 12, DIVIDE_BITS_PER_CYCLE = 4 };

/** Vectors are read eight cycles before the first instruction of the handler executes, while
 * registers are stacked. */
#define VECTOR_LEAD 8

/** What is current when nothing overlaps with it. */
static const cam_instruction_t nothing = {.loaded = CAM_NO_REGISTER};

static bool is_flash(const cam_pipeline_t *pipeline, uint32_t address, uint32_t *offset) {
    *offset = address < FLASH_BASE ? address : address - FLASH_BASE;
    return address < FLASH_END && *offset < pipeline->flash_bytes;
}

/** @return cycle at which a word of code is there, asked for in `cycle` */
static int64_t fetch(cam_pipeline_t *pipeline, uint32_t address, int64_t cycle) {
    uint32_t offset;
    if (is_flash(pipeline, address, &offset))
        return cam_flash_fetch(&pipeline->flash, offset, cycle);
    // SRAM is reached by the system bus, which registers fetches: one cycle more (TRM 2.3.1).
    return cycle + 2;
}

/** @return cycle at which the instruction's last halfword is there */
static int64_t fetched(cam_pipeline_t *pipeline, uint32_t address, uint32_t bytes) {
    uint32_t last = (address + bytes - 1) >> 2;
    while ((int32_t)(last - pipeline->fetch_word) >= 0) {
        uint32_t word = pipeline->fetch_word++;
        int64_t cycle = pipeline->fetch_from;
        int64_t room = pipeline->freed[(word - QUEUE_WORDS) & CAM_QUEUE_MASK];
        if (room > cycle) cycle = room;
        int64_t there = fetch(pipeline, word << 2, cycle);
        pipeline->came[word & CAM_QUEUE_MASK] = there;
        pipeline->fetch_from = there > cycle + 1 ? there : cycle + 1;
    }
    return pipeline->came[last & CAM_QUEUE_MASK];
}

/** The queue is empty, and fetches from `address` on. */
static void fetch_from(cam_pipeline_t *pipeline, uint32_t address, int64_t cycle) {
    pipeline->next = address;
    pipeline->fetch_word = address >> 2;
    pipeline->fetch_from = cycle;
    for (uint32_t i = 0; i <= CAM_QUEUE_MASK; i++) pipeline->freed[i] = LONG_AGO;
}

static uint32_t value_of(const cam_pipeline_t *pipeline, uint32_t number) {
    if (pipeline->registers != NULL) return pipeline->registers[number];
    return pipeline->register_of(pipeline->core, number);
}

uint32_t cam_pipeline_access(const cam_pipeline_t *pipeline, const cam_instruction_t *instruction,
                             uint32_t address) {
    uint32_t base = cam_instruction_base(instruction);
    uint32_t index = cam_instruction_index(instruction);
    uint32_t from = base == PC ? (address + 4) & ~3U : value_of(pipeline, base);
    if (index != CAM_NO_REGISTER) from += value_of(pipeline, index) << instruction->shift;
    return (uint32_t)((int32_t)from + instruction->offset);
}

/** @return cycles that a load waits for data from flash */
static uint32_t data_wait(cam_pipeline_t *pipeline, const cam_instruction_t *load, uint32_t address,
                          int64_t cycle) {
    uint32_t from = cam_pipeline_access(pipeline, load, address);
    uint32_t offset;
    if (!is_flash(pipeline, from, &offset)) return 0;
    uint32_t wait = cam_flash_read(&pipeline->flash, offset, cycle);
    for (uint32_t word = 1; word < load->transfers; word++)
        wait += cam_flash_read(&pipeline->flash, offset + word * 4, cycle + word + wait);
    return wait;
}

static uint32_t significant_bits(uint32_t value) {
    return value == 0 ? 0 : 32U - (uint32_t)__builtin_clz(value);
}

static uint32_t magnitude(uint32_t value) { return (int32_t)value < 0 ? 0U - value : value; }

static uint32_t divide_cycles(const cam_pipeline_t *pipeline, const cam_instruction_t *divide) {
    uint32_t dividend = value_of(pipeline, cam_instruction_base(divide));
    uint32_t divisor = value_of(pipeline, cam_instruction_index(divide));
    if ((divide->flags & CAM_INSTRUCTION_SIGNED) != 0) {
        dividend = magnitude(dividend);
        divisor = magnitude(divisor);
    }
    if (divisor == 0 || dividend < divisor) return DIVIDE_LEAST;
    uint32_t quotient_bits = significant_bits(dividend) - significant_bits(divisor) + 1;
    uint32_t cycles =
        DIVIDE_LEAST + 1 + (quotient_bits + DIVIDE_BITS_PER_CYCLE - 1) / DIVIDE_BITS_PER_CYCLE;
    return cycles < DIVIDE_MOST ? cycles : DIVIDE_MOST;
}

/** Whether a load is under way that the next load or store can overlap with. */
static bool overlaps(const cam_instruction_t *before, const cam_instruction_t *next) {
    if ((before->flags & CAM_INSTRUCTION_PIPELINES) == 0) return false;
    uint32_t number = before->loaded;
    return number == CAM_NO_REGISTER ||
           (cam_instruction_base(next) != number && cam_instruction_index(next) != number);
}

/** Without waiting for code or data. */
static uint32_t own_cycles(const cam_pipeline_t *pipeline, const cam_instruction_t *instruction) {
    uint32_t flags = instruction->flags;
    uint32_t cycles = instruction->cycles;
    if ((flags & (CAM_INSTRUCTION_DIVIDES | CAM_INSTRUCTION_OVERLAPS)) == 0) return cycles;
    if ((flags & CAM_INSTRUCTION_DIVIDES) != 0) return divide_cycles(pipeline, instruction);
    return overlaps(pipeline->current, instruction) ? cycles - 1 : cycles;
}

void cam_pipeline_reset(cam_pipeline_t *pipeline) {
    cam_flash_reset(&pipeline->flash);
    pipeline->now = 0;
    pipeline->current = &nothing;
    fetch_from(pipeline, 0, 0);
}

uint32_t cam_pipeline_execute(cam_pipeline_t *pipeline, const cam_instruction_t *instruction,
                              uint32_t address) {
    uint32_t bytes = (instruction->flags & CAM_INSTRUCTION_WIDE) != 0 ? 4 : 2;
    int64_t begin = fetched(pipeline, address, bytes) + DECODE;
    if (begin < pipeline->now) begin = pipeline->now;
    // Its place in the queue is free when it has been decoded.
    uint32_t end_word = (address + bytes) >> 2;
    if (end_word != address >> 2) pipeline->freed[(end_word - 1) & CAM_QUEUE_MASK] = begin - 1;
    uint32_t cycles = own_cycles(pipeline, instruction);
    if ((instruction->flags & CAM_INSTRUCTION_LOADS) != 0 && pipeline->flash.wait_states != 0)
        cycles += data_wait(pipeline, instruction, address, begin + cycles - 1);
    pipeline->current = instruction;
    pipeline->next = address + bytes;
    int64_t end = begin + cycles;
    uint32_t passed = (uint32_t)(end - pipeline->now);
    pipeline->now = end;
    return passed;
}

void cam_pipeline_branch(cam_pipeline_t *pipeline, uint32_t address) {
    fetch_from(pipeline, address, pipeline->now + pipeline->current->refill - FETCH_TO_EXECUTE);
}

uint32_t cam_pipeline_skip(cam_pipeline_t *pipeline, uint32_t address, uint32_t instructions) {
    pipeline->now += instructions;
    pipeline->next = address;
    pipeline->current = &nothing;
    return instructions;
}

void cam_pipeline_resume(cam_pipeline_t *pipeline, uint32_t address, uint32_t vector) {
    int64_t cycle = pipeline->now - FETCH_TO_EXECUTE;
    uint32_t offset;
    if (vector != 0 && is_flash(pipeline, vector, &offset)) {
        int64_t read = pipeline->now - VECTOR_LEAD;
        int64_t there = read + 1 + cam_flash_read(&pipeline->flash, offset, read);
        if (there > cycle) cycle = there;
    }
    pipeline->current = &nothing;
    fetch_from(pipeline, address, cycle);
}
