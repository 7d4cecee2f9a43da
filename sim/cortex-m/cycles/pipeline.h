// SPDX-License-Identifier: MIT
// Cycles of the Cortex-M4, instruction by instruction: its instruction times, its fetch queue, and
// the memory that code and data are read from. Sources: Cortex-M4 TRM (ARM DDI 0439) section 3.3,
// RM0090 section 3.5; what they leave open is decided by published cycle counts of an STM32F407
// (docs/fidelity/cortex-m4.md).
#ifndef CAM_PIPELINE_H
#define CAM_PIPELINE_H

#include "flash.h"
#include "instruction.h"

/** Words of the fetch queue are told apart by their two lowest address bits: the queue has three.
 */
#define CAM_QUEUE_MASK 3U

/** Values of the core's registers r0 to r14 before the current instruction. */
typedef uint32_t (*cam_register_t)(void *core, uint32_t number);

typedef struct {
    cam_flash_t flash;
    uint32_t flash_bytes;
    const uint32_t *registers; // r0 to r14; NULL: to be asked for one by one
    cam_register_t register_of;
    void *core;

    int64_t now;   // cycle in which the next instruction can begin to execute
    uint32_t next; // its address, unless the current one branches
    const cam_instruction_t *current;

    // Fetch queue: the word that is asked for next, from which cycle on; of the words before, when
    // they came and when their place became free.
    uint32_t fetch_word;
    int64_t fetch_from;
    int64_t came[CAM_QUEUE_MASK + 1];
    int64_t freed[CAM_QUEUE_MASK + 1];
} cam_pipeline_t;

/** As after a reset. */
void cam_pipeline_reset(cam_pipeline_t *pipeline);

/** The lowest address that a load or a store at `address` will use. */
uint32_t cam_pipeline_access(const cam_pipeline_t *pipeline, const cam_instruction_t *instruction,
                             uint32_t address);

/**
 * An instruction, which stays as it is until the next one comes, is about to be executed, at `next`
 * or where one of the functions below said.
 * @return cycles until it is done, but for the refill when it branches
 */
uint32_t cam_pipeline_execute(cam_pipeline_t *pipeline, const cam_instruction_t *instruction,
                              uint32_t address);

/** The current instruction branches to `address`: the pipeline fills while the target's cycles are
 * counted. */
void cam_pipeline_branch(cam_pipeline_t *pipeline, uint32_t address);

/** Instructions up to `address` are skipped in an IT block. @return cycles */
uint32_t cam_pipeline_skip(cam_pipeline_t *pipeline, uint32_t address, uint32_t instructions);

/**
 * Execution goes on at `address`, after an exception's entry or return, whose cycles are counted
 * already: they contain the refill without wait states.
 * @param vector address that the exception's vector was read from; 0 for none
 */
void cam_pipeline_resume(cam_pipeline_t *pipeline, uint32_t address, uint32_t vector);

#endif
