// SPDX-License-Identifier: MIT
// EXTI has a line for each number of a pin, which hears the pin of one port: PA5 and PB5 cannot
// both be counted (RM0090 section 12.2.5).
#include "pin_edges.h"

#include "exti_regs.h"
#include "mmio.h"
#include "nvic.h"
#include "nvic_regs.h"
#include "pins.h"
#include "port.h"
#include "rcc_regs.h"

typedef struct {
    uint32_t last_us;
    uint16_t edges;
    uint8_t owner; // pin + 1; 0: unused
} counter_t;

static volatile counter_t counters[CAM_EDGE_PINS_MAX];
static volatile bool pending;

static uint32_t line_of(uint32_t slot) { return (counters[slot].owner - 1u) & 15u; }

static uint32_t irq_of(uint32_t line) {
    if (line < 5u) return EXTI0_IRQN + line;
    return line < 10u ? EXTI9_5_IRQN : EXTI15_10_IRQN;
}

/** @returns CAM_EDGE_PINS_MAX when it is not counted */
static uint32_t slot_of(uint32_t pin) {
    for (uint32_t slot = 0; slot < CAM_EDGE_PINS_MAX; slot++)
        if (counters[slot].owner == pin + 1u) return slot;
    return CAM_EDGE_PINS_MAX;
}

static void stop(uint32_t slot) {
    const uint32_t bit = 1u << line_of(slot);
    mmio_modify32(EXTI_IMR, bit, 0);
    mmio_modify32(EXTI_RTSR, bit, 0);
    mmio_modify32(EXTI_FTSR, bit, 0);
    mmio_write32(EXTI_PR, bit);
    counters[slot].owner = 0;
}

static void start(uint32_t pin, uint32_t edges) {
    const uint32_t line = pin & 15u;
    const uint32_t bit = 1u << line;
    const uint32_t shift = 4u * (line & 3u);
    cam_clock_enable(RCC_APB2ENR, RCC_APB2ENR_SYSCFGEN);
    mmio_modify32(SYSCFG_EXTICR1 + (line & ~3u), 0xfu << shift, (pin >> 4) << shift);
    mmio_modify32(EXTI_RTSR, 0, (edges & CAM_EDGES_RISING) != 0 ? bit : 0);
    mmio_modify32(EXTI_FTSR, 0, (edges & CAM_EDGES_FALLING) != 0 ? bit : 0);
    // What the line heard of another pin.
    mmio_write32(EXTI_PR, bit);
    mmio_modify32(EXTI_IMR, 0, bit);
    cam_irq_enable(irq_of(line), CAM_PRIORITY_PINS);
}

cam_status_t cam_pin_edges_count(uint32_t pin, uint32_t edges) {
    const uint32_t old = slot_of(pin);
    if (old < CAM_EDGE_PINS_MAX) stop(old);
    if (edges == 0) return cam_ok();
    uint32_t room = CAM_EDGE_PINS_MAX;
    for (uint32_t slot = 0; slot < CAM_EDGE_PINS_MAX; slot++) {
        if (counters[slot].owner == 0)
            room = slot;
        else if (line_of(slot) == (pin & 15u))
            return cam_refuse(CAM_EDGES_TAKEN, pin, counters[slot].owner - 1u);
    }
    if (room == CAM_EDGE_PINS_MAX) return cam_refuse(CAM_TOO_MANY_PINS, pin, CAM_EDGE_PINS_MAX);
    counters[room].last_us = 0;
    counters[room].edges = 0;
    counters[room].owner = (uint8_t)(pin + 1u);
    start(pin, edges);
    return cam_ok();
}

cam_pin_edges_t cam_pin_edges_read(uint32_t pin) {
    const uint32_t slot = slot_of(pin);
    if (slot == CAM_EDGE_PINS_MAX) return (cam_pin_edges_t){0, 0};
    // Count and time are of one edge.
    const uint32_t irq = mmio_irq_save();
    const cam_pin_edges_t seen = {counters[slot].edges, counters[slot].last_us};
    mmio_irq_restore(irq);
    return seen;
}

void cam_pin_edges_reset(void) {
    for (uint32_t slot = 0; slot < CAM_EDGE_PINS_MAX; slot++)
        if (counters[slot].owner != 0) stop(slot);
    pending = false;
}

bool cam_pin_edges_pending(void) { return pending; }

void cam_pin_edges_told(void) { pending = false; }

/** Context: ISR. */
static void count(uint32_t lines) {
    const uint32_t raised = mmio_read32(EXTI_PR) & lines;
    mmio_write32(EXTI_PR, raised);
    const uint32_t now_us = cam_port_now_us();
    for (uint32_t slot = 0; slot < CAM_EDGE_PINS_MAX; slot++) {
        if (counters[slot].owner == 0 || (raised >> line_of(slot) & 1u) == 0) continue;
        counters[slot].edges++;
        counters[slot].last_us = now_us;
    }
    pending = true;
}

void EXTI0_IRQHandler(void) { count(1u << 0); }
void EXTI1_IRQHandler(void) { count(1u << 1); }
void EXTI2_IRQHandler(void) { count(1u << 2); }
void EXTI3_IRQHandler(void) { count(1u << 3); }
void EXTI4_IRQHandler(void) { count(1u << 4); }
void EXTI9_5_IRQHandler(void) { count(0x03e0u); }
void EXTI15_10_IRQHandler(void) { count(0xfc00u); }
