// SPDX-License-Identifier: MIT
// DCMI by the HAL with its interrupts off again but for FRAME, DMA2 stream 1 without any. Into an
// LCD a transfer is one word, as two halves to the same address, again and again; a JPEG has its
// buffer, and its length is what NDTR lost when its frame is over.
#include "../article/article.h"
#include "../article/dma_dcmi.h"
#include "../stm32f4.h"

enum { ALL_FLAGS = 0x3f, HALF_WORDS = 2 << 11 | 1 << 13, UNWANTED = 0x1e };

static capture_mode_t capture_mode;

static void dma_enable(bool on) {
    if (on) {
        DMA2_Stream1->CR |= DMA_CR_EN;
        return;
    }
    DMA2_Stream1->CR &= ~(uint32_t)DMA_CR_EN;
    while (DMA2_Stream1->CR & DMA_CR_EN) continue;
}

void capture_init(capture_mode_t mode, bool jpeg, const crop_t *crop) {
    (void)crop;
    capture_mode = mode;
    RCC->AHB2ENR |= 1U;
    DCMI->CR |= DCMI_CR_PCKPOL_RISING | (jpeg ? DCMI_CR_JPEG : 0);
    DCMI->IER |= UNWANTED; // LINE, VSYNC, ERR, OVR, as the HAL leaves them
    enable_interrupt(DCMI_IRQn);
    DCMI->IER &= ~(uint32_t)UNWANTED;
    DCMI->IER |= DCMI_FRAME;
    DCMI->CR |= DCMI_CR_ENABLE;
}

void capture_start(void *memory, uint32_t words) {
    const bool to_register = capture_mode == CAPTURE_TO_REGISTER;
    RCC->AHB1ENR |= 1U << 22;
    dma_enable(false);
    DMA2_Stream1->CR = DMA_CR_CHANNEL_1 | DMA_CR_PL_HIGH | DMA_CR_CIRC |
                       (to_register ? HALF_WORDS : DMA_CR_WORDS | DMA_CR_MINC);
    DMA2_Stream1->FCR = DMA_FCR_RESET | DMA_FCR_DMDIS | DMA_FCR_FTH_FULL;
    DMA2->LIFCR = (uint32_t)ALL_FLAGS << DMA_FLAGS_SHIFT;
    DMA2_Stream1->NDTR = to_register ? 1 : words;
    DMA2_Stream1->PAR = (uint32_t)(uintptr_t)&DCMI->DR;
    DMA2_Stream1->M0AR = (uint32_t)(uintptr_t)memory;
    dma_enable(true);
    DCMI->CR |= DCMI_CR_CAPTURE;
}

void capture_next_row(void *memory, uint32_t words) {
    (void)memory;
    (void)words;
    fail("this manner has no rows");
}

uint32_t capture_words_left(void) { return DMA2_Stream1->NDTR; }

void capture_suspend(void) {
    DCMI->CR &= ~(uint32_t)DCMI_CR_CAPTURE;
    while (DCMI->CR & DCMI_CR_CAPTURE) continue;
}

void capture_resume(void) { DCMI->CR |= DCMI_CR_CAPTURE; }

void capture_stop(void) {
    capture_suspend();
    dma_enable(false);
}

void DCMI_IRQHandler(void) {
    if (!(DCMI->MIS & DCMI_FRAME)) return;
    if (capture_mode == CAPTURE_SNAPSHOT) dma_enable(false);
    DCMI->IER &= ~(uint32_t)DCMI_FRAME;
    DCMI->ICR = DCMI_FRAME;
    on_frame();
    signal_event();
    DCMI->IER |= DCMI_FRAME;
}
