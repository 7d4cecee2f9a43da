// SPDX-License-Identifier: MIT
// Clock gates and pins, as cam_board wires them.
#include "pins.h"

#include "board.h"
#include "gpio_regs.h"
#include "mmio.h"
#include "rcc_regs.h"

enum {
    SPEED_LOW = 0,
    SPEED_HIGH = 2,
    PULL_NONE = 0,
    PULL_UP = 1,
    // MT9V034 data sheet, power-up: RESET_BAR low for at least 20 SYSCLK, then 10 SYSCLK until the
    // first I2C access. 20 cycles of the slowest clock (13 MHz) are 1.5 us; 100 us leaves room for
    // an RC on the module.
    RESET_LOW_US = 100,
    RESET_TO_I2C_US = 100,
};

static uint32_t port_of(uint32_t pin) { return pin >> 4; }

static uint32_t number_of(uint32_t pin) { return pin & 15u; }

static uint32_t gpio(uint32_t pin, uint32_t offset) {
    return GPIOA_BASE + port_of(pin) * GPIO_PORT_STRIDE + offset;
}

/** Write a field of 2 bits per pin. */
static void set_pair(uint32_t pin, uint32_t offset, uint32_t value) {
    const uint32_t shift = 2u * number_of(pin);
    mmio_modify32(gpio(pin, offset), 3u << shift, value << shift);
}

static void enable_port(uint32_t pin) {
    cam_clock_enable(RCC_AHB1ENR, RCC_AHB1ENR_GPIOAEN << port_of(pin));
}

static void set_alternate(uint32_t pin, uint32_t function) {
    const uint32_t afr = number_of(pin) < 8u ? GPIO_AFRL : GPIO_AFRH;
    const uint32_t shift = 4u * (number_of(pin) & 7u);
    mmio_modify32(gpio(pin, afr), 0xfu << shift, function << shift);
}

static void init_i2c_pin(uint32_t pin, uint32_t function) {
    enable_port(pin);
    cam_pin_write(pin, true); // released before the pin can ever be an output
    mmio_modify32(gpio(pin, GPIO_OTYPER), 0, 1u << number_of(pin));
    // About 40 kOhm: keeps a bus without a module defined, the module's own resistors set the
    // edges.
    set_pair(pin, GPIO_PUPDR, PULL_UP);
    set_pair(pin, GPIO_OSPEEDR, SPEED_LOW);
    set_alternate(pin, function);
    cam_pin_mode(pin, CAM_PIN_ALTERNATE);
}

static void init_output(uint32_t pin) {
    if (pin != CAM_PIN_NONE) cam_pin_output(pin, false);
}

void cam_clock_enable(uint32_t enable_register, uint32_t bits) {
    mmio_modify32(enable_register, 0, bits);
    // ES0206 section 2.1.6: the clock arrives two cycles after the write; a read back waits that
    // long.
    (void)mmio_read32(enable_register);
}

void cam_pin_alternate(uint32_t pin, uint32_t function, bool pull_up) {
    enable_port(pin);
    set_pair(pin, GPIO_PUPDR, pull_up ? PULL_UP : PULL_NONE);
    set_pair(pin, GPIO_OSPEEDR, SPEED_HIGH);
    set_alternate(pin, function);
    cam_pin_mode(pin, CAM_PIN_ALTERNATE);
}

void cam_pin_output(uint32_t pin, bool high) {
    enable_port(pin);
    cam_pin_write(pin, high);
    cam_pin_mode(pin, CAM_PIN_OUTPUT);
}

void cam_pin_general(uint32_t pin, uint32_t pull, bool open_drain) {
    const uint32_t bit = 1u << number_of(pin);
    enable_port(pin);
    mmio_modify32(gpio(pin, GPIO_OTYPER), bit, open_drain ? bit : 0);
    set_pair(pin, GPIO_PUPDR, pull);
    set_pair(pin, GPIO_OSPEEDR, SPEED_LOW);
}

void cam_pins_init_dcmi(void) {
    for (uint32_t i = 0; i < CAM_DCMI_PINS; i++)
        cam_pin_alternate(cam_board.dcmi_pins[i], cam_board.dcmi_af, false);
}

void cam_pins_init_i2c(void) {
    init_i2c_pin(cam_board.i2c_scl, cam_board.i2c_scl_af);
    init_i2c_pin(cam_board.i2c_sda, cam_board.i2c_sda_af);
}

void cam_pins_start_sensor(void) {
    init_output(cam_board.sensor_reset);
    init_output(cam_board.sensor_standby);
    init_output(cam_board.sensor_exposure);
    if (cam_board.sensor_reset == CAM_PIN_NONE) return;
    mmio_delay_us(RESET_LOW_US);
    cam_pin_write(cam_board.sensor_reset, true);
    mmio_delay_us(RESET_TO_I2C_US);
}

bool cam_pins_standby_sensor(void) {
    if (cam_board.sensor_standby == CAM_PIN_NONE) return false;
    cam_pin_write(cam_board.sensor_standby, true);
    return true;
}

void cam_pin_mode(uint32_t pin, cam_pin_mode_t mode) { set_pair(pin, GPIO_MODER, (uint32_t)mode); }

bool cam_pin_is_output(uint32_t pin) {
    return (mmio_read32(gpio(pin, GPIO_MODER)) >> 2u * number_of(pin) & 3u) == CAM_PIN_OUTPUT;
}

void cam_pin_write(uint32_t pin, bool high) {
    mmio_write32(gpio(pin, GPIO_BSRR), 1u << (number_of(pin) + (high ? 0u : 16u)));
}

bool cam_pin_read(uint32_t pin) {
    return (mmio_read32(gpio(pin, GPIO_IDR)) >> number_of(pin) & 1u) != 0;
}
