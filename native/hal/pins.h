// SPDX-License-Identifier: MIT
// Clock gates and pins, as cam_board wires them.
#ifndef CAM_PINS_H
#define CAM_PINS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum { CAM_PIN_INPUT = 0, CAM_PIN_OUTPUT = 1, CAM_PIN_ALTERNATE = 2 } cam_pin_mode_t;

/** Set bits of an RCC enable register and wait until the blocks have their clock. Context: thread.
 */
void cam_clock_enable(uint32_t enable_register, uint32_t bits);

/** Route the eleven DCMI signals to their pins, clocks included. Context: thread. */
void cam_pins_init_dcmi(void);

/** Hand SCL and SDA to the I2C block: alternate function, open drain. Context: thread. */
void cam_pins_init_i2c(void);

/** Drive RESET low, STANDBY and EXPOSURE low, then release RESET and wait until the sensor hears
 * I2C. Context: thread. */
void cam_pins_start_sensor(void);

/** Drive STANDBY high. @returns false when it is not wired. Context: thread. */
bool cam_pins_standby_sensor(void);

/** Hand a pin to a peripheral (RM0090 section 8.3.7): alternate function `function`, push-pull at
 * high speed, clock of the port included; `pull_up` for inputs that may be left open. Context:
 * thread. */
void cam_pin_alternate(uint32_t pin, uint32_t function, bool pull_up);

/** Make a pin an output at a level, clock of the port included; the level is there before the
 * output is. Context: thread. */
void cam_pin_output(uint32_t pin, bool high);

/** Before the mode of a pin that software reads or drives: clock of the port, pull (0 none, 1 up, 2
 * down; about 40 kOhm), open drain or push-pull, slow edges. Context: thread. */
void cam_pin_general(uint32_t pin, uint32_t pull, bool open_drain);

/** Input, output or alternate function; the pin's clock must run. Context: thread. */
void cam_pin_mode(uint32_t pin, cam_pin_mode_t mode);

/** Whether software drives it; the pin's clock must run. Context: thread. */
bool cam_pin_is_output(uint32_t pin);

/** Set the level of an output; open drain: true releases the wire. Context: thread. */
void cam_pin_write(uint32_t pin, bool high);

/** Level of the wire. Context: thread. */
bool cam_pin_read(uint32_t pin);

#endif
