// SPDX-License-Identifier: MIT
// USART2 as two byte queues, each moved by DMA1 (streams 6 and 5): nothing waits, no interrupt per
// byte. Before the first cam_usart_queue_start, text goes out by polling.
#ifndef CAM_USART_H
#define CAM_USART_H

#include <stdbool.h>
#include <stdint.h>

#define CAM_USART_BAUD 921600u

enum {
    CAM_USART_TX_BYTES = 1024, // a power of 2; one of them stays empty
    CAM_USART_RX_BYTES = 512,  // a power of 2
};

/**
 * Clocks, baud rate, 8N1, reception by DMA. The port has set the pins (AF7) and the interrupt
 * vector. Context: thread.
 * @param pclk1_hz of APB1, 2 MHz or more above 16 x baud gives the rate within 2 %
 */
void cam_usart_init(uint32_t pclk1_hz);

/** The baud rate that the divider really gives. Context: both. */
uint32_t cam_usart_baud(void);

/** Send text by polling, 11 us a byte; stops early when the USART does not move (1 ms). Only before
 * cam_usart_queue_start. Context: thread. */
void cam_usart_text(const char *text, uint32_t bytes);

/** From now on bytes go out by DMA. Context: thread. */
void cam_usart_queue_start(void);

/** Bytes that can be put. Context: thread. */
uint32_t cam_usart_tx_free(void);

/** Everything has been handed to the USART. Context: thread. */
bool cam_usart_tx_idle(void);

/** A place in the queue, for cam_usart_tx_patch. */
typedef uint32_t cam_usart_place_t;

/** Put a byte behind what is queued; it goes out after cam_usart_tx_commit. The caller has asked
 * cam_usart_tx_free. Context: thread. */
cam_usart_place_t cam_usart_tx_put(uint8_t byte);

/** Change a byte that is not committed. Context: thread. */
void cam_usart_tx_patch(cam_usart_place_t place, uint8_t byte);

/** Let go of everything that was put. Context: thread. */
void cam_usart_tx_commit(void);

/** Look how far DMA has received; cam_usart_rx_take gives bytes up to there. More than
 * CAM_USART_RX_BYTES between two looks overwrite each other (5.5 ms at full rate). Context: thread.
 */
void cam_usart_rx_look(void);

/** @returns false when there is no byte left. Context: thread. */
bool cam_usart_rx_take(uint8_t *byte);

/** Looks that found an error flag: framing, noise, overrun; and DMA transfers that failed. Context:
 * thread. */
uint32_t cam_usart_errors(void);

/** The DMA has sent its part of the queue; starts the next one. Lowest priority. Context: ISR. */
void DMA1_Stream6_IRQHandler(void);

#endif
