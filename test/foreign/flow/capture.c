// SPDX-License-Identifier: MIT
// DCMI and DMA2 stream 1 with double buffer mode over three images: at the end of each transfer the
// address that is not in use gets the image that is completed longest.
#include "../article/article.h"
#include "../article/dma_dcmi.h"
#include "../stm32f4.h"
#include "flow.h"

#ifdef RISING_EDGE
enum { PCKPOL = DCMI_CR_PCKPOL_RISING };
#else
enum { PCKPOL = 0 };
#endif

static uint32_t images[IMAGES][IMAGE_BYTES / 4];
static volatile uint32_t complete;

uint32_t flow_images(void) { return complete; }

const uint8_t *flow_last_image(void) { return (const uint8_t *)images[(complete - 1) % IMAGES]; }

static uint32_t address_of(uint32_t image) { return (uint32_t)(uintptr_t)images[image % IMAGES]; }

void flow_capture_init(void) {
    RCC->AHB2ENR |= 1U;
    RCC->AHB1ENR |= 1U << 22;
    DCMI->CR = PCKPOL; // continuous, 8 bits, syncs active high
    DCMI->IER |= DCMI_FRAME;
    DMA2_Stream1->CR = 0;
    DMA2_Stream1->CR =
        DMA_CR_CHANNEL_1 | DMA_CR_PL_HIGH | DMA_CR_WORDS | DMA_CR_MINC | DMA_CR_CIRC | DMA_CR_DBM;
    DMA2_Stream1->FCR = DMA_FCR_DMDIS | DMA_FCR_FTH_FULL;
    DMA2_Stream1->NDTR = IMAGE_BYTES / 4;
    DMA2_Stream1->PAR = (uint32_t)(uintptr_t)&DCMI->DR;
    DMA2_Stream1->M0AR = address_of(0);
    DMA2_Stream1->M1AR = address_of(1);
    DMA2_Stream1->CR |= DMA_CR_HTIE | DMA_CR_TCIE;
    enable_interrupt(DMA2_Stream1_IRQn);
    enable_interrupt(DCMI_IRQn);
    DMA2_Stream1->CR |= DMA_CR_EN;
    DCMI->CR |= DCMI_CR_ENABLE;
    DCMI->CR |= DCMI_CR_CAPTURE;
}

static bool take_flag(uint32_t flag) {
    if (!(DMA2->LISR & flag << DMA_FLAGS_SHIFT)) return false;
    DMA2->LIFCR = flag << DMA_FLAGS_SHIFT;
    return true;
}

void DMA2_Stream1_IRQHandler(void) {
    if (take_flag(DMA_TCIF)) {
        complete++;
        // The image after this one fills already; the idle address gets the one after that.
        const uint32_t next = address_of(complete + 1);
        if (DMA2_Stream1->CR & DMA_CR_CT)
            DMA2_Stream1->M0AR = next;
        else
            DMA2_Stream1->M1AR = next;
    }
    (void)take_flag(DMA_HTIF);
}

void DCMI_IRQHandler(void) { DCMI->ICR = DCMI->MIS; }
