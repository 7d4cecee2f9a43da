// SPDX-License-Identifier: MIT
// DCMI and DMA2 stream 1 in the manner of ST's HAL: the flags of a stream are cleared by 0x3f in
// its place, every interrupt is on, and a frame that is too long for one transfer is halved until
// its pieces fit, which then go to two addresses in turn, moved on after each.
#include "../stm32f4.h"
#include "article.h"
#include "dma_dcmi.h"

/** 0xffff is what NDTR holds; a program lowers it to have pieces in a frame that fits this RAM.
 */
#ifndef TRANSFER_WORDS_MAX
#define TRANSFER_WORDS_MAX 0xffff
#endif

enum { ALL_FLAGS = 0x3f, DCMI_ALWAYS = DCMI_LINE | DCMI_VSYNC | DCMI_ERR | DCMI_OVR };

static capture_mode_t capture_mode;
static uint32_t frame_address; // 0: a frame is one transfer
static uint32_t piece_words;
static uint32_t moves_per_frame; // of the two addresses, before they return to the frame's start
static uint32_t moves_left;

static void clear_flags(void) { DMA2->LIFCR = (uint32_t)ALL_FLAGS << DMA_FLAGS_SHIFT; }

static void dma_init(void) {
    DMA2_Stream1->CR &= ~(uint32_t)DMA_CR_EN;
    while (DMA2_Stream1->CR & DMA_CR_EN) continue;
    uint32_t cr = DMA_CR_CHANNEL_1 | DMA_CR_PL_HIGH | DMA_CR_WORDS;
    if (capture_mode != CAPTURE_TO_REGISTER) cr |= DMA_CR_MINC;
    if (capture_mode == CAPTURE_CONTINUOUS || capture_mode == CAPTURE_TO_REGISTER)
        cr |= DMA_CR_CIRC;
    DMA2_Stream1->CR = cr;
    DMA2_Stream1->FCR = (DMA2_Stream1->FCR & ~7U) | DMA_FCR_DMDIS | DMA_FCR_FTH_FULL;
    clear_flags();
}

void capture_init(capture_mode_t mode, bool jpeg, const crop_t *crop) {
    capture_mode = mode;
    RCC->AHB2ENR |= 1U;
    RCC->AHB1ENR |= 1U << 22;
    dma_init();
    enable_interrupt(DMA2_Stream1_IRQn);
    enable_interrupt(DCMI_IRQn);
    // Syncs are active high: HSPOL and VSPOL 0.
    DCMI->CR &= ~(uint32_t)(DCMI_CR_PCKPOL_RISING | DCMI_CR_HSPOL | DCMI_CR_VSPOL | DCMI_CR_EDM |
                            DCMI_CR_FCRC | DCMI_CR_JPEG | DCMI_CR_ESS);
    DCMI->CR |= DCMI_CR_PCKPOL_RISING | (jpeg ? DCMI_CR_JPEG : 0);
    DCMI->IER |= DCMI_ALWAYS;
    if (!crop) return;
    DCMI->CWSIZE = (crop->height - 1) << 16 | (crop->width - 1);
    DCMI->CWSTRT = crop->y << 16 | crop->x;
    DCMI->CR |= DCMI_CR_CROP;
}

static void dma_start(uint32_t memory, uint32_t words) {
    DMA2_Stream1->CR &= ~(uint32_t)DMA_CR_DBM;
    DMA2_Stream1->NDTR = words;
    DMA2_Stream1->PAR = (uint32_t)(uintptr_t)&DCMI->DR;
    DMA2_Stream1->M0AR = memory;
    clear_flags();
    DMA2_Stream1->CR |= DMA_CR_TCIE | DMA_CR_TEIE | DMA_CR_DMEIE;
    DMA2_Stream1->CR |= DMA_CR_EN;
}

static void dma_start_double(uint32_t memory, uint32_t second, uint32_t words) {
    DMA2_Stream1->CR |= DMA_CR_DBM;
    DMA2_Stream1->M1AR = second;
    DMA2_Stream1->NDTR = words;
    DMA2_Stream1->PAR = (uint32_t)(uintptr_t)&DCMI->DR;
    DMA2_Stream1->M0AR = memory;
    DMA2->LIFCR = (uint32_t)DMA_FLAGS << DMA_FLAGS_SHIFT;
    DMA2_Stream1->CR |= DMA_CR_TCIE | DMA_CR_TEIE | DMA_CR_DMEIE;
    DMA2_Stream1->FCR |= DMA_FCR_FEIE;
    DMA2_Stream1->CR |= DMA_CR_EN;
}

/** Two pieces are in the stream's addresses from the start; the others are moved to. */
static void start_in_pieces(uint32_t memory, uint32_t words) {
    uint32_t pieces = 1;
    while (words > TRANSFER_WORDS_MAX) {
        words /= 2;
        pieces *= 2;
    }
    frame_address = memory;
    piece_words = words;
    moves_left = moves_per_frame = pieces - 2;
    dma_start_double(memory, memory + 4 * words, words);
}

void capture_start(void *memory, uint32_t words) {
    const uint32_t address = (uint32_t)(uintptr_t)memory;
    DCMI->CR |= DCMI_CR_ENABLE;
    DCMI->CR &= ~(uint32_t)DCMI_CR_CM_SNAPSHOT;
    if (capture_mode == CAPTURE_SNAPSHOT) {
        DCMI->CR |= DCMI_CR_CM_SNAPSHOT;
        // A frame shorter than its buffer never completes the transfer: programs switch this on.
        DCMI->IER |= DCMI_FRAME;
    }
    frame_address = piece_words = moves_left = moves_per_frame = 0;
    if (words <= TRANSFER_WORDS_MAX)
        dma_start(address, words);
    else
        start_in_pieces(address, words);
    DCMI->CR |= DCMI_CR_CAPTURE;
}

void capture_next_row(void *memory, uint32_t words) {
    dma_start((uint32_t)(uintptr_t)memory, words);
}

uint32_t capture_words_left(void) { return DMA2_Stream1->NDTR; }

void capture_suspend(void) {
    DCMI->CR &= ~(uint32_t)DCMI_CR_CAPTURE;
    const uint32_t since = tick_ms;
    while (DCMI->CR & DCMI_CR_CAPTURE)
        if (tick_ms - since > 1000) fail("CAPTURE");
}

void capture_resume(void) { DCMI->CR |= DCMI_CR_CAPTURE; }

void capture_stop(void) {
    capture_suspend();
    DCMI->CR &= ~(uint32_t)DCMI_CR_ENABLE;
    DMA2_Stream1->CR &= ~(uint32_t)(DMA_CR_TCIE | DMA_CR_TEIE | DMA_CR_DMEIE);
    DMA2_Stream1->FCR &= ~(uint32_t)DMA_FCR_FEIE;
    DMA2_Stream1->CR &= ~(uint32_t)DMA_CR_EN;
    while (DMA2_Stream1->CR & DMA_CR_EN) continue;
    clear_flags();
}

/** A transfer is over, CT is the address that fills now: the other one moves on. At the end of a
 * frame they return; a frame of one transfer has M1AR written all the same. */
static void move_addresses(void) {
    const bool second_fills = DMA2_Stream1->CR & DMA_CR_CT;
    if (moves_left) {
        IO uint32_t *const idle = second_fills ? &DMA2_Stream1->M0AR : &DMA2_Stream1->M1AR;
        *idle += 2 * 4 * piece_words;
        moves_left--;
    } else if (second_fills) {
        DMA2_Stream1->M0AR = frame_address;
    } else {
        DMA2_Stream1->M1AR = frame_address + 4 * piece_words;
        moves_left = moves_per_frame;
    }
    if (moves_left == moves_per_frame) DCMI->IER |= DCMI_FRAME;
}

static bool take_flag(uint32_t flag) {
    if (!(DMA2->LISR & flag << DMA_FLAGS_SHIFT)) return false;
    DMA2->LIFCR = flag << DMA_FLAGS_SHIFT;
    return true;
}

void DMA2_Stream1_IRQHandler(void) {
    if (take_flag(DMA_TEIF)) fail("transfer error");
    (void)take_flag(DMA_FEIF);
    (void)take_flag(DMA_DMEIF);
    if (!take_flag(DMA_TCIF)) return;
    if (!(DMA2_Stream1->CR & (DMA_CR_CIRC | DMA_CR_DBM)))
        DMA2_Stream1->CR &= ~(uint32_t)DMA_CR_TCIE;
    move_addresses();
    on_transfer();
    signal_event();
}

static void frame_complete(void) {
    if (DCMI->CR & DCMI_CR_CM_SNAPSHOT) DCMI->IER &= ~(uint32_t)DCMI_ALWAYS;
    DCMI->IER &= ~(uint32_t)DCMI_FRAME;
    DCMI->ICR = DCMI_FRAME;
    on_frame();
    signal_event();
}

void DCMI_IRQHandler(void) {
    const uint32_t flags = DCMI->MIS;
    if (flags & DCMI_ERR) DCMI->ICR = DCMI_ERR;
    if (flags & DCMI_OVR) fail("overrun");
    if (flags & DCMI_LINE) DCMI->ICR = DCMI_LINE;
    if (flags & DCMI_VSYNC) DCMI->ICR = DCMI_VSYNC;
    if (flags & DCMI_FRAME) frame_complete();
}
