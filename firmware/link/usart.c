// SPDX-License-Identifier: MIT
// USART2 with DMA1: a transmit queue in two parts at most, a circular receive buffer (RM0090
// sections 30.3.13 and 10.3).
#include "usart.h"

#include "dma_regs.h"
#include "mmio.h"
#include "nvic_regs.h"
#include "pins.h"
#include "rcc_regs.h"
#include "usart_regs.h"

enum {
    TX_MASK = CAM_USART_TX_BYTES - 1,
    RX_MASK = CAM_USART_RX_BYTES - 1,
    // A byte takes 11 us; a USART that has not moved after a hundred times that has no clock.
    BYTE_TIMEOUT_US = 1000,
    // A beat of DMA in progress ends within a few bus cycles.
    STOP_TIMEOUT_US = 1000,
    LOWEST_PRIORITY = 0xf0, // below the capture's 0x10: the link may wait, a frame may not
    PRIORITY_MASK = 0xff,
};

_Static_assert((CAM_USART_TX_BYTES & TX_MASK) == 0, "a power of 2");
_Static_assert((CAM_USART_RX_BYTES & RX_MASK) == 0, "a power of 2");
_Static_assert(CAM_USART_TX_BYTES <= 0xffff && CAM_USART_RX_BYTES <= 0xffff, "NDTR has 16 bits");

#define RX_FLAGS                                                                                   \
    (DMA_HISR_FEIF5 | DMA_HISR_DMEIF5 | DMA_HISR_TEIF5 | DMA_HISR_HTIF5 | DMA_HISR_TCIF5)
#define TX_FLAGS                                                                                   \
    (DMA_HISR_FEIF6 | DMA_HISR_DMEIF6 | DMA_HISR_TEIF6 | DMA_HISR_HTIF6 | DMA_HISR_TCIF6)

static struct {
    volatile uint32_t head;    // first byte not committed; written by thread
    volatile uint32_t tail;    // first byte not sent; written by the ISR
    volatile uint32_t sending; // bytes that DMA has; written with interrupts masked, and by the ISR
    volatile uint32_t dma_errors; // written by the ISR
    uint32_t put;                 // where the next byte goes; head <= put
    uint32_t rx_end;              // of what the last look found
    uint32_t rx_next;
    uint32_t rx_errors;
    uint32_t baud;
} usart;

static volatile uint8_t tx[CAM_USART_TX_BYTES];
static volatile uint8_t rx[CAM_USART_RX_BYTES];

static uint32_t address_of(const volatile uint8_t *place) { return (uint32_t)(uintptr_t)place; }

/** Everything but EN is locked while a stream runs, which it may after a restart without a reset.
 */
static void stop(uint32_t stream_cr) {
    mmio_modify32(stream_cr, DMA_SxCR_EN, 0);
    (void)mmio_wait_clear(stream_cr, DMA_SxCR_EN, STOP_TIMEOUT_US);
}

static void start_receiving(void) {
    stop(DMA1_S5CR);
    mmio_write32(DMA1_HIFCR, RX_FLAGS);
    mmio_write32(DMA1_S5PAR, USART2_DR);
    mmio_write32(DMA1_S5M0AR, address_of(rx));
    mmio_write32(DMA1_S5NDTR, CAM_USART_RX_BYTES);
    mmio_write32(DMA1_S5FCR, 0); // direct mode: each byte goes to memory at once
    // Bytes, lowest DMA priority.
    const uint32_t control = DMA_SxCR_CHSEL_4 | DMA_SxCR_MINC | DMA_SxCR_CIRC;
    mmio_write32(DMA1_S5CR, control);
    mmio_write32(DMA1_S5CR, control | DMA_SxCR_EN);
    usart.rx_end = 0;
    usart.rx_next = 0;
}

static void prepare_sending(void) {
    stop(DMA1_S6CR);
    mmio_write32(DMA1_HIFCR, TX_FLAGS);
    mmio_write32(DMA1_S6PAR, USART2_DR);
    mmio_write32(DMA1_S6FCR, 0);
    usart.head = 0;
    usart.tail = 0;
    usart.put = 0;
    usart.sending = 0;
}

static void enable_irq(void) {
    const uint32_t irq = DMA1_STREAM6_IRQN;
    const uint32_t shift = 8u * (irq & 3u);
    mmio_modify32(NVIC_IPR + (irq & ~3u), (uint32_t)PRIORITY_MASK << shift,
                  (uint32_t)LOWEST_PRIORITY << shift);
    mmio_write32(NVIC_ICPR + 4u * (irq >> 5), 1u << (irq & 31u));
    mmio_write32(NVIC_ISER + 4u * (irq >> 5), 1u << (irq & 31u));
}

void cam_usart_init(uint32_t pclk1_hz) {
    cam_clock_enable(RCC_AHB1ENR, RCC_AHB1ENR_DMA1EN);
    cam_clock_enable(RCC_APB1ENR, RCC_APB1ENR_USART2EN);
    const uint32_t divider = (pclk1_hz + CAM_USART_BAUD / 2u) / CAM_USART_BAUD;
    usart.baud = pclk1_hz / divider;
    mmio_write32(USART2_CR1, 0);
    mmio_write32(USART2_CR2, 0); // one stop bit
    mmio_write32(USART2_CR3, 0);
    mmio_write32(USART2_BRR, divider);
    start_receiving();
    prepare_sending();
    enable_irq();
    mmio_write32(USART2_CR3, USART_CR3_DMAR);
    mmio_write32(USART2_CR1, USART_CR1_UE | USART_CR1_TE | USART_CR1_RE);
}

uint32_t cam_usart_baud(void) { return usart.baud; }

void cam_usart_text(const char *text, uint32_t bytes) {
    for (uint32_t i = 0; i < bytes; i++) {
        const uint32_t sr = mmio_wait_set(USART2_SR, USART_SR_TXE, BYTE_TIMEOUT_US);
        if ((sr & USART_SR_TXE) == 0) return;
        mmio_write32(USART2_DR, (uint8_t)text[i]);
    }
}

void cam_usart_queue_start(void) { mmio_write32(USART2_CR3, USART_CR3_DMAR | USART_CR3_DMAT); }

uint32_t cam_usart_tx_free(void) {
    // What DMA has fetched of its part is free as well: without it the queue would run empty at
    // the end of each part.
    const uint32_t irq = mmio_irq_save();
    const uint32_t fetched = usart.sending > 0 ? usart.sending - mmio_read32(DMA1_S6NDTR) : 0;
    const uint32_t first = usart.tail + fetched;
    mmio_irq_restore(irq);
    return TX_MASK - ((usart.put - first) & TX_MASK);
}

bool cam_usart_tx_idle(void) { return usart.tail == usart.head; }

cam_usart_place_t cam_usart_tx_put(uint8_t byte) {
    const uint32_t place = usart.put;
    tx[place] = byte;
    usart.put = (place + 1u) & TX_MASK;
    return place;
}

void cam_usart_tx_patch(cam_usart_place_t place, uint8_t byte) { tx[place] = byte; }

/** Give DMA the queue up to its head or to the end of the buffer. Interrupts masked, or in the ISR.
 */
static void send_next(void) {
    const uint32_t head = usart.head;
    const uint32_t tail = usart.tail;
    if (usart.sending > 0 || head == tail) return;
    const uint32_t bytes = (head > tail ? head : (uint32_t)CAM_USART_TX_BYTES) - tail;
    usart.sending = bytes;
    mmio_write32(DMA1_S6M0AR, address_of(tx + tail));
    mmio_write32(DMA1_S6NDTR, bytes);
    const uint32_t control = DMA_SxCR_CHSEL_4 | DMA_SxCR_MINC | DMA_SxCR_DIR_TO_PERIPHERAL |
                             DMA_SxCR_TCIE | DMA_SxCR_TEIE;
    mmio_write32(DMA1_S6CR, control | DMA_SxCR_EN);
}

void cam_usart_tx_commit(void) {
    const uint32_t irq = mmio_irq_save();
    usart.head = usart.put;
    send_next();
    mmio_irq_restore(irq);
}

void DMA1_Stream6_IRQHandler(void) {
    const uint32_t flags = mmio_read32(DMA1_HISR) & TX_FLAGS;
    mmio_write32(DMA1_HIFCR, flags);
    // An error ends the transfer as its completion does: what was not sent is lost, the receiver's
    // CRC says so.
    if (flags & DMA_HISR_TEIF6) usart.dma_errors++;
    if ((flags & (DMA_HISR_TEIF6 | DMA_HISR_TCIF6)) == 0) return;
    usart.tail = (usart.tail + usart.sending) & TX_MASK;
    usart.sending = 0;
    send_next();
}

void cam_usart_rx_look(void) {
    const uint32_t sr = mmio_read32(USART2_SR);
    if (sr & (USART_SR_ORE | USART_SR_NF | USART_SR_FE)) {
        usart.rx_errors++;
        // Reading DR after SR clears them. When a byte waits, DMA is about to do that.
        if ((sr & USART_SR_RXNE) == 0) (void)mmio_read32(USART2_DR);
    }
    usart.rx_end = (CAM_USART_RX_BYTES - mmio_read32(DMA1_S5NDTR)) & RX_MASK;
}

bool cam_usart_rx_take(uint8_t *byte) {
    if (usart.rx_next == usart.rx_end) return false;
    *byte = rx[usart.rx_next];
    usart.rx_next = (usart.rx_next + 1u) & RX_MASK;
    return true;
}

uint32_t cam_usart_errors(void) { return usart.rx_errors + usart.dma_errors; }
