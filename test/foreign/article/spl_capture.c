// SPDX-License-Identifier: MIT
// DCMI and DMA2 stream 1 in the manner of ST's standard peripheral library: de-initialise,
// initialise every register, then interrupts, DMA, DCMI and CAPTURE on, one after the other.
#include "../stm32f4.h"
#include "article.h"
#include "dma_dcmi.h"

static capture_mode_t capture_mode;

static void clear_flags(void) { DMA2->LIFCR = (uint32_t)DMA_FLAGS << DMA_FLAGS_SHIFT; }

static void dma_enable(bool on) {
    if (on)
        DMA2_Stream1->CR |= DMA_CR_EN;
    else
        DMA2_Stream1->CR &= ~(uint32_t)DMA_CR_EN;
}

static void dma_deinit(void) {
    dma_enable(false);
    DMA2_Stream1->CR = 0;
    DMA2_Stream1->NDTR = 0;
    DMA2_Stream1->PAR = 0;
    DMA2_Stream1->M0AR = 0;
    DMA2_Stream1->M1AR = 0;
    DMA2_Stream1->FCR = DMA_FCR_RESET;
    clear_flags();
}

static void dma_init(void *memory, uint32_t words) {
    uint32_t cr = DMA_CR_CHANNEL_1 | DMA_CR_PL_HIGH | DMA_CR_WORDS;
    if (capture_mode != CAPTURE_TO_REGISTER) cr |= DMA_CR_MINC;
    if (capture_mode == CAPTURE_CONTINUOUS || capture_mode == CAPTURE_TO_REGISTER)
        cr |= DMA_CR_CIRC;
    DMA2_Stream1->CR = cr;
    DMA2_Stream1->FCR = DMA_FCR_DMDIS | DMA_FCR_FTH_FULL;
    DMA2_Stream1->NDTR = words;
    DMA2_Stream1->PAR = (uint32_t)(uintptr_t)&DCMI->DR;
    DMA2_Stream1->M0AR = (uint32_t)(uintptr_t)memory;
}

static void dcmi_deinit(void) {
    DCMI->CR = 0;
    DCMI->IER = 0;
    DCMI->ICR = 0x1f;
    DCMI->ESCR = 0;
    DCMI->ESUR = 0;
    DCMI->CWSTRT = 0;
    DCMI->CWSIZE = 0;
}

void capture_init(capture_mode_t mode, bool jpeg, const crop_t *crop) {
    capture_mode = mode;
    RCC->AHB2ENR |= 1U;
    RCC->AHB1ENR |= 1U << 22;
    dcmi_deinit();
    // Syncs are active high: HSPOL and VSPOL 0.
    DCMI->CR = DCMI_CR_PCKPOL_RISING | (mode == CAPTURE_SNAPSHOT ? DCMI_CR_CM_SNAPSHOT : 0);
    if (crop) {
        DCMI->CWSIZE = (crop->height - 1) << 16 | (crop->width - 1);
        DCMI->CWSTRT = crop->y << 16 | crop->x;
        DCMI->CR |= DCMI_CR_CROP;
    }
    if (jpeg) DCMI->CR |= DCMI_CR_JPEG;
    dma_deinit();
    enable_interrupt(DMA2_Stream1_IRQn);
    enable_interrupt(DCMI_IRQn);
}

void capture_start(void *memory, uint32_t words) {
    dma_init(memory, words);
    DMA2_Stream1->CR |= DMA_CR_TCIE;
    DCMI->IER |= DCMI_FRAME;
    dma_enable(true);
    DCMI->CR |= DCMI_CR_ENABLE;
    DCMI->CR |= DCMI_CR_CAPTURE;
}

void capture_next_row(void *memory, uint32_t words) {
    dma_enable(false);
    while (DMA2_Stream1->CR & DMA_CR_EN) continue;
    DMA2_Stream1->M0AR = (uint32_t)(uintptr_t)memory;
    DMA2_Stream1->NDTR = words;
    dma_enable(true);
}

uint32_t capture_words_left(void) { return DMA2_Stream1->NDTR; }

void capture_suspend(void) {
    DCMI->CR &= ~(uint32_t)DCMI_CR_CAPTURE;
    while (DCMI->CR & DCMI_CR_CAPTURE) continue;
}

void capture_resume(void) { DCMI->CR |= DCMI_CR_CAPTURE; }

void capture_stop(void) {
    capture_suspend();
    DCMI->CR &= ~(uint32_t)DCMI_CR_ENABLE;
    DMA2_Stream1->CR &= ~(uint32_t)DMA_CR_TCIE;
    dma_enable(false);
}

void DMA2_Stream1_IRQHandler(void) {
    if (!(DMA2->LISR & DMA_TCIF << DMA_FLAGS_SHIFT)) return;
    clear_flags();
    on_transfer();
    signal_event();
}

void DCMI_IRQHandler(void) {
    if (!(DCMI->MIS & DCMI_FRAME)) return;
    DCMI->ICR = DCMI_FRAME;
    on_frame();
    signal_event();
}
