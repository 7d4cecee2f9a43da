// SPDX-License-Identifier: MIT
// Edges of a program's pins: counted by interrupts, told by an event, read when the program likes.
#ifndef CAM_PIN_EDGES_H
#define CAM_PIN_EDGES_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

enum { CAM_EDGES_RISING = 1, CAM_EDGES_FALLING = 2, CAM_EDGE_PINS_MAX = 8 };

/** What was counted. */
typedef struct {
    uint32_t edges;   // modulo 65536
    uint32_t last_us; // microseconds since boot, wraps; 0 before the first
} cam_pin_edges_t;

/**
 * Count edges of a pin from now on, from 0; `edges` 0: no longer.
 * @returns CAM_EDGES_TAKEN when another port's pin of that number is counted, CAM_TOO_MANY_PINS
 * when as many as there is room for are. Context: thread.
 */
CAM_CHECKED cam_status_t cam_pin_edges_count(uint32_t pin, uint32_t edges);

/** What was counted of a pin; 0 of one that is not. Context: thread. */
cam_pin_edges_t cam_pin_edges_read(uint32_t pin);

/** Count no pin. Context: thread. */
void cam_pin_edges_reset(void);

/** An edge came since the last cam_pin_edges_told(). Context: thread. */
bool cam_pin_edges_pending(void);

/** The program is told, and reads after this call. Context: thread. */
void cam_pin_edges_told(void);

void EXTI0_IRQHandler(void);
void EXTI1_IRQHandler(void);
void EXTI2_IRQHandler(void);
void EXTI3_IRQHandler(void);
void EXTI4_IRQHandler(void);
void EXTI9_5_IRQHandler(void);
void EXTI15_10_IRQHandler(void);

#endif
