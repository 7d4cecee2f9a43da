// SPDX-License-Identifier: MIT
// A capture in the manner of ST's standard peripheral library that makes the usual mistakes, one
// macro for each; without any it is right. Each was found in public: in drivers, demos, issues.
#include "../article/article.h"
#include "../article/dma_dcmi.h"
#include "../stm32f4.h"

enum { WIDTH = 220, HEIGHT = 220, X = (752 - WIDTH) / 2, Y = (480 - HEIGHT) / 2 };

// Frames after which the program says "done"; it captures on.
#ifndef FRAMES
#define FRAMES 4
#endif

// A crop window of whole words per line, smaller than what the sensor sends.
#ifdef CROP
enum { COLUMNS = 160, LINES = 120, FIRST_COLUMN = 20 };
#else
enum { COLUMNS = WIDTH, LINES = HEIGHT };
#endif
#ifndef FIRST_LINE
#define FIRST_LINE 30
#endif
// What is written to CWSIZE instead of COLUMNS - 1 and LINES - 1.
#ifndef CAPCNT
#define CAPCNT (COLUMNS - 1)
#endif
#ifndef VLINE
#define VLINE (LINES - 1)
#endif

// Words of the DMA's transfer.
#ifndef TRANSFER_WORDS
#ifdef OV2640
#define TRANSFER_WORDS (32 * 1024 / 4)
#else
#define TRANSFER_WORDS (COLUMNS * LINES / 4)
#endif
#endif

// The stream's FIFO as a whole, or 0 for direct mode.
#ifndef FIFO
#define FIFO (DMA_FCR_DMDIS | DMA_FCR_FTH_FULL)
#endif

// Bits of DCMI_CR besides PCKPOL.
#ifndef DCMI_BITS
#ifdef OV2640
#define DCMI_BITS DCMI_CR_JPEG
#else
#define DCMI_BITS 0
#endif
#endif

static volatile uint32_t frames, transfers, overruns;

/** Where the DMA writes. */
#ifdef IN_CCM
static uint32_t *buffer(void) { return (uint32_t *)0x10000000; }
#else
static uint32_t frame[64 * 1024 / 4];
static uint32_t *buffer(void) { return frame; }
#endif

#if defined(COPY_IN_FRAME) || defined(COPY_IN_TRANSFER) || defined(STOP_TO_COPY)
/** The whole frame, byte by byte, as a loop in a handler does it. */
static void copy_frame(void) {
    static uint8_t copy[WIDTH * HEIGHT];
    const volatile uint8_t *from = (const volatile uint8_t *)buffer();
    volatile uint8_t *to = copy;
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++) to[i] = from[i];
}
#endif

static void stream_start(void) {
    DMA2->LIFCR = (uint32_t)DMA_FLAGS << DMA_FLAGS_SHIFT;
    uint32_t cr = DMA_CR_CHANNEL_1 | DMA_CR_PL_HIGH | DMA_CR_WORDS | DMA_CR_MINC | DMA_CR_TCIE;
#if !defined(SNAPSHOT) && !defined(STOP_TO_COPY)
    cr |= DMA_CR_CIRC;
#endif
    DMA2_Stream1->CR = cr;
    DMA2_Stream1->FCR = FIFO;
    DMA2_Stream1->NDTR = TRANSFER_WORDS;
    DMA2_Stream1->PAR = (uint32_t)(uintptr_t)&DCMI->DR;
    DMA2_Stream1->M0AR = (uint32_t)(uintptr_t)buffer();
    DMA2_Stream1->CR |= DMA_CR_EN;
}

void on_transfer(void) {}
void on_frame(void) {}

void DMA2_Stream1_IRQHandler(void) {
    DMA2->LIFCR = (uint32_t)DMA_FLAGS << DMA_FLAGS_SHIFT;
    transfers++;
#ifdef COPY_IN_TRANSFER
    copy_frame();
#endif
}

#ifdef CRASH
__attribute__((noinline)) static void display_write(volatile uint16_t *display, uint16_t value) {
    *display = value;
}

// Something after the call: it is no tail call.
__attribute__((noinline)) static void display_row(void) {
    display_write((volatile uint16_t *)0xd0000018, 1);
    frames++;
}
#endif

void DCMI_IRQHandler(void) {
    const uint32_t flags = DCMI->MIS;
    if (flags & DCMI_OVR) {
        overruns++;
        DCMI->ICR = DCMI_OVR;
#ifdef STOP_AT_OVERRUN
        DMA2_Stream1->CR &= ~(uint32_t)DMA_CR_EN;
        DCMI->CR &= ~(uint32_t)(DCMI_CR_CAPTURE | DCMI_CR_ENABLE);
        return;
#endif
    }
    if (!(flags & DCMI_FRAME)) return;
    frames++;
#ifdef CRASH
    if (frames == 2) display_row();
#endif
#ifndef KEEP_FLAG
    DCMI->ICR = DCMI_FRAME;
#endif
#ifdef STOP_TO_COPY
    // One frame is taken, copied, and the next one awaited.
    DCMI->CR &= ~(uint32_t)DCMI_CR_CAPTURE;
    while (DCMI->CR & DCMI_CR_CAPTURE) continue;
    DMA2_Stream1->CR &= ~(uint32_t)DMA_CR_EN;
    while (DMA2_Stream1->CR & DMA_CR_EN) continue;
    copy_frame();
    stream_start();
    DCMI->CR |= DCMI_CR_CAPTURE;
#endif
#ifdef COPY_IN_FRAME
    copy_frame();
#endif
}

static void capture_begin(void) {
    RCC->AHB2ENR |= 1U;
#ifndef NO_DMA_CLOCK
    RCC->AHB1ENR |= 1U << 22;
#endif
    uint32_t cr = DCMI_CR_PCKPOL_RISING | DCMI_BITS;
#ifdef SNAPSHOT
    cr |= DCMI_CR_CM_SNAPSHOT;
#endif
    DCMI->CR = cr;
#ifdef CROP
    DCMI->CWSTRT = (uint32_t)FIRST_LINE << 16 | FIRST_COLUMN;
    DCMI->CWSIZE = (uint32_t)(VLINE) << 16 | (CAPCNT);
    DCMI->CR |= DCMI_CR_CROP;
#endif
    stream_start();
    enable_interrupt(DMA2_Stream1_IRQn);
    enable_interrupt(DCMI_IRQn);
#ifdef CLEAR_AT_SETUP
    DCMI->ICR = DCMI_FRAME | DCMI_OVR | DCMI_ERR | DCMI_VSYNC | DCMI_LINE;
#endif
    DCMI->IER = DCMI_FRAME | DCMI_OVR;
    DCMI->CR |= DCMI_CR_ENABLE;
    DCMI->CR |= DCMI_CR_CAPTURE;
}

int main(void) {
    board_init();
    print("capture\r\n");
    i2c_init();
#ifdef OV2640
    ov2640_init_jpeg();
#else
    mt9v034_init(X, Y, WIDTH, HEIGHT);
#endif
    capture_begin();
#ifdef WAIT_FOR_TRANSFER
    while (transfers == 0) __asm__ volatile("wfi");
#else
    while (frames < FRAMES) __asm__ volatile("wfi");
#endif
#ifdef SNAPSHOT
    DMA2_Stream1->CR &= ~(uint32_t)DMA_CR_EN;
#endif
    print("done\r\n");
#ifdef TOUCH_WWDG
    // A block that a camera does not need: WWDG_CFR.
    *(IO uint32_t *)0x40002c04 = 3;
#endif
    for (;;) __asm__ volatile("wfi");
}
