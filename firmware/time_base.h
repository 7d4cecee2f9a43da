// SPDX-License-Identifier: MIT
// Time: microseconds from TIM2, a wake-up every millisecond from SysTick.
#ifndef CAM_TIME_BASE_H
#define CAM_TIME_BASE_H

#include <stdbool.h>
#include <stdint.h>

/** Start TIM2 at 1 MHz from 0. @param timer_hz its clock, a multiple of 1 MHz. Context: thread. */
void cam_time_init(uint32_t timer_hz);

/** TIM2's clock has changed; the count goes on. Context: thread. */
void cam_time_retune(uint32_t timer_hz);

/** Interrupt every millisecond, at the lowest priority. Context: thread. */
void cam_time_start_tick(uint32_t hclk_hz);

/** Milliseconds since cam_time_start_tick, by interrupts; wraps. Context: both. */
uint32_t cam_time_ticks(void);

/** Microseconds since cam_time_init. Must be called at least every 71 minutes. Context: thread. */
uint64_t cam_time_us(void);

/** Context: ISR. */
void SysTick_Handler(void);

#endif
