// SPDX-License-Identifier: MIT
// A capture with one defect of each kind that hides from counters, one macro for each: they are
// found by a look inside (docs/inside/defects.md). Without any it is right.
#include "../article/article.h"
#include "../article/dma_dcmi.h"
#include "../stm32f4.h"

enum { WIDTH = 220, HEIGHT = 220, X = (752 - WIDTH) / 2, Y = (480 - HEIGHT) / 2 };
enum { FRAME_WORDS = WIDTH * HEIGHT / 4 };

volatile uint32_t frames, overruns, brightness;

struct {
    uint32_t frame[FRAME_WORDS];
    // Behind the frame: what is written past its end arrives here.
    uint32_t threshold;
    uint32_t more[64];
} memory = {.threshold = 100};

static uint8_t *pixels(void) { return (uint8_t *)memory.frame; }

static void stream_start(void) {
    DMA2->LIFCR = (uint32_t)DMA_FLAGS << DMA_FLAGS_SHIFT;
    DMA2_Stream1->CR = DMA_CR_CHANNEL_1 | DMA_CR_PL_HIGH | DMA_CR_WORDS | DMA_CR_MINC | DMA_CR_CIRC;
    DMA2_Stream1->FCR = DMA_FCR_DMDIS | DMA_FCR_FTH_FULL;
#ifdef LONG_TRANSFER
    // For a frame of one row more.
    DMA2_Stream1->NDTR = FRAME_WORDS + WIDTH / 4;
#else
    DMA2_Stream1->NDTR = FRAME_WORDS;
#endif
    DMA2_Stream1->PAR = (uint32_t)(uintptr_t)&DCMI->DR;
    DMA2_Stream1->M0AR = (uint32_t)(uintptr_t)memory.frame;
    DMA2_Stream1->CR |= DMA_CR_EN;
}

/** A cross in the middle, that somebody looked at a display with, and forgot. */
__attribute__((noinline)) void draw_cross(void) {
    for (uint32_t i = 0; i < 9; i++) pixels()[(HEIGHT / 2 - 4 + i) * WIDTH + WIDTH / 2] = 255;
}

__attribute__((noinline)) void blank(uint32_t *words, uint32_t count) {
    for (; count > 0; count--) *words++ = 0;
}

__attribute__((noinline)) void look_at_frame(void) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i += 16) sum += pixels()[i];
    brightness = sum / (WIDTH * HEIGHT / 16);
#ifdef ONE_TOO_FAR
    // The last row, and a word more.
    blank(&memory.frame[FRAME_WORDS - WIDTH / 4], WIDTH / 4 + 1);
#endif
}

void on_transfer(void) {}
void on_frame(void) {}

void DMA2_Stream1_IRQHandler(void) {}

/** Of a higher priority than the camera's: a button. */
void TIM7_IRQHandler(void) {
    TIM7->SR = 0;
#ifdef SLOW_NEIGHBOUR
    // The contacts bounce.
    for (volatile uint32_t i = 0; i < 60000; i++) continue;
#endif
}

void DCMI_IRQHandler(void) {
    const uint32_t flags = DCMI->MIS;
    if (flags & DCMI_OVR) {
        overruns++;
        DCMI->ICR = DCMI_OVR;
    }
    if (!(flags & (DCMI_FRAME | DCMI_LINE))) return;
#ifdef STORM
    if (flags & DCMI_FRAME) frames++;
    DCMI->ICR = DCMI_FRAME; // and not LINE
#else
    DCMI->ICR = DCMI_FRAME;
    frames++;
#endif
#ifdef ASK_IN_HANDLER
    // The gain, for an exposure control.
    uint8_t gain[2];
    i2c_read(0x48, 0x35, gain, sizeof gain);
#endif
}

static void capture_begin(void) {
    RCC->AHB2ENR |= 1U;
    RCC->AHB1ENR |= 1U << 22;
    DCMI->CR = DCMI_CR_PCKPOL_RISING;
    stream_start();
    enable_interrupt(DCMI_IRQn);
#ifdef STORM
    DCMI->IER = DCMI_FRAME | DCMI_OVR | DCMI_LINE;
#else
    DCMI->IER = DCMI_FRAME | DCMI_OVR;
#endif
    DCMI->CR |= DCMI_CR_ENABLE;
    DCMI->CR |= DCMI_CR_CAPTURE;
}

/** 20 times a second. */
static void button_begin(void) {
    RCC->APB1ENR |= 1U << 5;
    TIM7->CR1 = 0;
    TIM7->PSC = TIM7_MHZ * 100 - 1;
    TIM7->ARR = 499;
    TIM7->EGR = 1;
    TIM7->SR = 0;
    TIM7->DIER = 1;
    TIM7->CR1 = 1;
    enable_interrupt(TIM7_IRQn);
    NVIC->IP[TIM7_IRQn] = 0;
}

int main(void) {
    board_init();
    i2c_init();
    mt9v034_init(X, Y, WIDTH, HEIGHT);
    button_begin();
    capture_begin();
    uint32_t seen = 0;
    for (;;) {
        while (frames == seen) __asm__ volatile("wfi");
        seen = frames;
        look_at_frame();
#ifdef CROSS
        draw_cross();
#endif
    }
}
