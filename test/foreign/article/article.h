// SPDX-License-Identifier: MIT
// Frames in four ways (lines.c, crop.c, window.c, jpeg.c), each on top of two vendors' libraries
// of the same functions: spl_*.c in the manner of ST's standard peripheral library, hal_*.c in that
// of ST's HAL. Written from what these libraries do to the registers; none of their code is in it.
#ifndef FOREIGN_ARTICLE_H
#define FOREIGN_ARTICLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HCLK_MHZ = 168, PCLK1_MHZ = 42, TIM7_MHZ = 84 };

// clocks.c, pins.c: of the board

void clocks_init(void);
void pins_init(void);

// tick.c: SysTick, whose interrupt is the tick

/** Milliseconds since the clocks run. */
extern volatile uint32_t tick_ms;

void tick_init(uint32_t hclk_mhz);
void delay_ms(uint32_t ms);

// board.c

/** Clocks, tick, pins of the camera, USART2. */
void board_init(void);
void enable_interrupt(uint32_t irq);
void print(const char *text);
void print_number(uint32_t value);
/** Print what went wrong, and stand still. */
_Noreturn void fail(const char *what);

// main.c, with an operating system or without

/** Until signal_event() was called, or for a shorter time. */
void wait_event(void);
/** Of the interrupts of DMA and DCMI, after on_transfer and on_frame. */
void signal_event(void);

// spl_*.c or hal_*.c. I2C2 at 100 kHz; each function fails with the time-out of its library.

void i2c_init(void);
/** Bytes between START and STOP. @param target 7-bit address */
void i2c_write(uint8_t target, const uint8_t *bytes, uint32_t count);
/** Write the register's address, repeated START, read 1 byte or more. */
void i2c_read(uint8_t target, uint8_t reg, uint8_t *bytes, uint32_t count);
/** Busy for at least so long, by TIM7. @param us 1 to 60,000 */
void delay_us(uint32_t us);

/** A crop window: pixel clocks of a line, lines of a frame. */
typedef struct {
    uint32_t x, y, width, height;
} crop_t;

typedef enum {
    CAPTURE_ROWS,        // continuous; each transfer ends, on_transfer starts the next
    CAPTURE_CONTINUOUS,  // one transfer per frame, again and again into the same memory
    CAPTURE_TO_REGISTER, // one transfer per frame, again and again, each word to the same address
    CAPTURE_SNAPSHOT,    // one frame, as long as the transfer or shorter
} capture_mode_t;

/** DCMI and DMA2 stream 1 for the syncs of both sensors. @param crop NULL: the whole frame */
void capture_init(capture_mode_t mode, bool jpeg, const crop_t *crop);
/** @param words of the transfer: of a row, of a frame, or of the space for it */
void capture_start(void *memory, uint32_t words);
/** In on_transfer: where the next row goes. */
void capture_next_row(void *memory, uint32_t words);
/** Words that a snapshot has left of its transfer. */
uint32_t capture_words_left(void);
/** No more frames after the running one, until they are resumed. */
void capture_suspend(void);
void capture_resume(void);
/** At the end of the running frame. */
void capture_stop(void);

// The program's.

void program(void);

// Called from the interrupts of DMA (a transfer is complete) and DCMI (a frame is).

void on_transfer(void);
void on_frame(void);

// mt9v034.c, ov2640.c: both fail when it is not that sensor.

/** @param x, y first pixel of the window on the field of 752x480 */
void mt9v034_init(uint32_t x, uint32_t y, uint32_t width, uint32_t height);
/** 160x120, RGB565, the byte with red first. */
void ov2640_init_rgb565(void);
/** The same, the byte with blue first. */
void ov2640_init_rgb565_low_byte_first(void);
/** 320x240. */
void ov2640_init_jpeg(void);

#endif
