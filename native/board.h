// SPDX-License-Identifier: MIT
// What the native code knows of its board and of the user's request. Filled before cam_init: by the
// firmware from the board's generated constants and the settings in flash, by the simulator from
// boards/<name>.json and the command line. Every field of cam_board_t is 32 bits, so that the
// simulator can write them in order (boards/board-block.ts; a test compares).
#ifndef CAM_BOARD_H
#define CAM_BOARD_H

#include <stdint.h>

/** A pin: port 0 = A .. 8 = I, and number 0..15; CAM_PIN_NONE when it is not wired. */
#define CAM_PIN(port, number) ((uint32_t)(port) << 4 | (uint32_t)(number))
#define CAM_PIN_NONE 0xffffffffu

enum { CAM_DCMI_PINS = 11 };

/** Wiring, clocks and memories. */
typedef struct {
    uint32_t hclk_hz;
    uint32_t pclk1_hz;
    uint32_t xclk_hz;
    uint32_t ram_bytes;
    uint32_t gc_heap_bytes;
    uint32_t frame_memory;       // address, multiple of 4
    uint32_t frame_memory_bytes; // DMA2 reaches all of it
    uint32_t i2c_base;           // I2C1, I2C2 or I2C3
    uint32_t i2c_hz;             // 100000 or 400000
    uint32_t i2c_scl;
    uint32_t i2c_scl_af;
    uint32_t i2c_sda;
    uint32_t i2c_sda_af;
    uint32_t dcmi_pins[CAM_DCMI_PINS]; // PIXCLK, HSYNC, VSYNC, D0..D7
    uint32_t dcmi_af;                  // one alternate function for all of them
    uint32_t sensor_reset;             // active low
    uint32_t sensor_standby;           // active high
    uint32_t sensor_exposure;
} cam_board_t;

enum { CAM_REQUEST_BLOCK_BYTES = 36 };

/** What the user asked for: the request block of the frame grabber's page, byte for byte
 * (docs/frame-grabber.md; protocol/request-block.ts writes it), with room for more of them in a
 * program slot. */
typedef struct {
    uint8_t block[CAM_REQUEST_BLOCK_BYTES];
    uint8_t reserved[36]; // 0
} cam_request_t;

/** Written once before cam_init by the port; read only afterwards. */
extern cam_board_t cam_board;
extern cam_request_t cam_request;

#endif
