// SPDX-License-Identifier: MIT
// The constants of the board that the firmware is built for. `camscript build` writes them from
// boards/<name>.json into board_constants.c of the build folder; nothing else in the firmware knows
// a pin, a frequency or an address of a board.
#ifndef CAM_FIRMWARE_BOARD_H
#define CAM_FIRMWARE_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "board.h"
#include "board_pins.h"
#include "slots.h"

/** How the core's supply is set for the highest frequency. */
typedef enum {
    CAM_SUPPLY_F407,       // VOS = 1, up to 168 MHz
    CAM_SUPPLY_OVER_DRIVE, // F42x and F446: VOS = 3 and over-drive, up to 180 MHz
} cam_supply_t;

/** HSE, PLL and bus prescalers. */
typedef struct {
    uint32_t hse_hz;    // 0: there is none
    bool hse_bypass;    // a clock comes in, no crystal
    uint32_t pll_m;     // for HSE
    uint32_t pll_m_hsi; // the same PLL input from HSI (16 MHz)
    uint32_t pll_n;
    uint32_t pll_p; // 2, 4, 6 or 8
    uint32_t pll_q;
    uint32_t ppre1; // APB1 divides HCLK by this: 1, 2, 4, 8 or 16
    uint32_t ppre2;
    uint32_t flash_wait_states; // at hclk_hz and 2.7 V to 3.6 V
    cam_supply_t supply;
} cam_clock_config_t;

typedef enum {
    CAM_XCLK_MODULE, // an oscillator on the sensor's module
    CAM_XCLK_MCO1,
    CAM_XCLK_MCO2,
    CAM_XCLK_TIMER, // PWM of a timer on APB2
} cam_xclk_kind_t;

/** What makes the sensor's clock. */
typedef struct {
    cam_xclk_kind_t kind;
    uint32_t pin; // CAM_PIN_NONE with a module's own oscillator
    uint32_t af;
    uint32_t selector;   // MCO1, MCO2: the field of RCC_CFGR
    uint32_t divider;    // MCO: 1..5; timer: 2 and above
    uint32_t timer_base; // TIM1 or TIM8
    uint32_t timer_gate; // its bit in RCC_APB2ENR
    uint32_t channel;    // 1..4
} cam_xclk_config_t;

/** The serial port that boot log and link use: USART2. */
typedef struct {
    uint32_t tx;
    uint32_t tx_af;
    uint32_t rx;
    uint32_t rx_af;
    uint32_t baud;
} cam_console_config_t;

enum { CAM_HELD_PINS = 4 };

/** A pin of another part on the board, kept at a level so that the part leaves the camera alone. */
typedef struct {
    uint32_t pin; // CAM_PIN_NONE: none
    bool high;
} cam_held_pin_t;

/** A region of the MPU (boards/ram-layout.ts). */
typedef struct {
    uint32_t start;
    uint32_t bytes;          // a power of 2; 0: none
    uint32_t subregions_off; // eighths that are not of it, the lowest in bit 0
} cam_mpu_region_t;

typedef struct {
    const char *name;    // of the board file
    const char *version; // of camscript
    cam_board_t board;   // as it is when every clock comes up
    uint32_t pclk2_hz;
    cam_clock_config_t clock;
    cam_xclk_config_t xclk;
    cam_console_config_t console;
    cam_held_pin_t held[CAM_HELD_PINS];
    cam_board_pins_t pins;
    cam_program_slot_area_t slots[CAM_SLOTS];
    uint32_t vm_id;             // of the VM that is linked in: first four bytes of its SHA-256
    cam_mpu_region_t vm_region; // the VM's memory
    cam_mpu_region_t native_in_vm_region; // but for what is native there
} cam_firmware_board_t;

extern const cam_firmware_board_t cam_firmware_board;

#endif
