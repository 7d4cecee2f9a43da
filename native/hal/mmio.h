// SPDX-License-Identifier: MIT
// The only way to touch hardware. Volatile accesses on the board; in the simulator (wasm32) every
// access is a call into the model of the memory bus, which may advance virtual time and take an
// interrupt first.
#ifndef CAM_MMIO_H
#define CAM_MMIO_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __wasm__

#define CAM_IMPORT(name) __attribute__((import_module("mmio"), import_name(name)))

CAM_IMPORT("read32") uint32_t mmio_read32(uint32_t address);
CAM_IMPORT("write32") void mmio_write32(uint32_t address, uint32_t value);

/**
 * Wait until any bit of `mask` is set.
 * @returns the register's content at that moment, or when `timeout_us` is over (then no bit of mask
 * is set). Context: thread.
 */
CAM_IMPORT("wait_set") uint32_t mmio_wait_set(uint32_t address, uint32_t mask, uint32_t timeout_us);

/** Wait until all bits of `mask` are clear; otherwise as mmio_wait_set. Context: thread. */
CAM_IMPORT("wait_clear")
uint32_t mmio_wait_clear(uint32_t address, uint32_t mask, uint32_t timeout_us);

/** Let `us` microseconds pass. Context: thread. */
CAM_IMPORT("delay_us") void mmio_delay_us(uint32_t us);

/** Mask all interrupts (PRIMASK). @returns the state to give back to mmio_irq_restore. Context:
 * both. */
CAM_IMPORT("irq_save") uint32_t mmio_irq_save(void);
CAM_IMPORT("irq_restore") void mmio_irq_restore(uint32_t state);

#else

static inline uint32_t mmio_read32(uint32_t address) {
    return *(volatile uint32_t *)(uintptr_t)address;
}

static inline void mmio_write32(uint32_t address, uint32_t value) {
    *(volatile uint32_t *)(uintptr_t)address = value;
}

uint32_t mmio_wait_set(uint32_t address, uint32_t mask, uint32_t timeout_us);
uint32_t mmio_wait_clear(uint32_t address, uint32_t mask, uint32_t timeout_us);
void mmio_delay_us(uint32_t us);

static inline uint32_t mmio_irq_save(void) {
    uint32_t state;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(state) : : "memory");
    return state;
}

static inline void mmio_irq_restore(uint32_t state) {
    __asm__ volatile("msr primask, %0" : : "r"(state) : "memory");
}

#endif

/** Clear and set bits of a register. Context: both, when nobody else writes the register. */
static inline void mmio_modify32(uint32_t address, uint32_t clear, uint32_t set) {
    mmio_write32(address, (mmio_read32(address) & ~clear) | set);
}

#endif
