// SPDX-License-Identifier: MIT
// The sensor's I2C bus, polled (RM0090 section 27.3.3, controller mode; I2C-bus specification
// section 3.1.16, bus clear).
#include "i2c.h"

#include "board.h"
#include "i2c_regs.h"
#include "mmio.h"
#include "pins.h"
#include "rcc_regs.h"

enum {
    // SMBus 3.1, T_TIMEOUT,min: a target that stretches SCL for longer than this is stuck.
    BYTE_TIMEOUT_US = 25000,
    // We are the only controller: STOP and bus free time take 10 us at 100 kHz.
    BUSY_TIMEOUT_US = 1000,
    // Half a period at 100 kHz.
    HALF_CLOCK_US = 5,
    // A target stopped in mid-byte lets go after at most eight data bits and the acknowledge.
    CLEAR_CLOCKS = 9,
    FALSE_BUS_ERRORS_MAX = 3,
};

#define SR1_ERRORS                                                                                 \
    (I2C_SR1_BERR | I2C_SR1_ARLO | I2C_SR1_AF | I2C_SR1_OVR | I2C_SR1_PECERR | I2C_SR1_TIMEOUT |   \
     I2C_SR1_SMBALERT)

static uint32_t errors;

/** Since cam_i2c_watch. */
static struct {
    uint32_t answered[4]; // a bit for each address that has acknowledged
    bool broken;          // a transfer failed that is no question for an address
    bool newest_failed;
} watched;

static uint32_t at(uint32_t offset) { return cam_board.i2c_base + offset; }

static void modify_cr1(uint32_t clear, uint32_t set) { mmio_modify32(at(I2C_CR1), clear, set); }

/** The error bits of SR1 are cleared by a 0; a 1 leaves them. */
static void clear_sr1(uint32_t bits) { mmio_write32(at(I2C_SR1), SR1_ERRORS & ~bits); }

/** ADDR is cleared by reading SR1, then SR2; until then the controller holds SCL low. */
static void clear_addr(void) {
    (void)mmio_read32(at(I2C_SR1));
    (void)mmio_read32(at(I2C_SR2));
}

static uint8_t read_dr(void) { return (uint8_t)(mmio_read32(at(I2C_DR)) & I2C_DR_DR_MASK); }

/** Wait for a bit of SR1. @param nack what a missing acknowledge means now */
static cam_bus_status_t await_sr1(uint32_t wanted, cam_bus_status_t nack) {
    for (uint32_t i = 0; i < FALSE_BUS_ERRORS_MAX; i++) {
        const uint32_t sr1 = mmio_wait_set(
            at(I2C_SR1), wanted | I2C_SR1_AF | I2C_SR1_ARLO | I2C_SR1_BERR, BYTE_TIMEOUT_US);
        if (sr1 & I2C_SR1_ARLO) return CAM_BUS_ERROR;
        if (sr1 & I2C_SR1_AF) return nack;
        if (sr1 & wanted) return CAM_BUS_OK;
        if ((sr1 & I2C_SR1_BERR) == 0) return CAM_BUS_TIMEOUT;
        // ES0182 "spurious bus error detection in master mode": BERR without cause; the transfer
        // goes on; clear it.
        clear_sr1(I2C_SR1_BERR);
    }
    return CAM_BUS_ERROR;
}

/** START or repeated START and the address. On success ADDR is set and SCL held. */
static cam_bus_status_t send_address(uint32_t address_byte) {
    modify_cr1(I2C_CR1_POS, I2C_CR1_START | I2C_CR1_ACK);
    const cam_bus_status_t started = await_sr1(I2C_SR1_SB, CAM_BUS_ERROR);
    if (started != CAM_BUS_OK) return started;
    mmio_write32(at(I2C_DR), address_byte);
    return await_sr1(I2C_SR1_ADDR, CAM_BUS_NACK_ADDRESS);
}

/** Ends with BTF set and SCL held: STOP or a repeated START may follow. */
static cam_bus_status_t write_part(uint32_t address, const uint8_t *bytes, uint32_t count) {
    const cam_bus_status_t addressed = send_address(address << 1);
    if (addressed != CAM_BUS_OK) return addressed;
    clear_addr();
    for (uint32_t i = 0; i < count; i++) {
        const cam_bus_status_t ready = await_sr1(I2C_SR1_TXE, CAM_BUS_NACK_DATA);
        if (ready != CAM_BUS_OK) return ready;
        mmio_write32(at(I2C_DR), bytes[i]);
    }
    return count == 0 ? CAM_BUS_OK : await_sr1(I2C_SR1_BTF, CAM_BUS_NACK_DATA);
}

/** One byte: the acknowledge goes off before ADDR is cleared, STOP is asked for while the byte
 * comes in. */
static cam_bus_status_t read_one(uint8_t *bytes) {
    modify_cr1(I2C_CR1_ACK, 0);
    // An interrupt between the two lines would let a second byte in.
    const uint32_t irq = mmio_irq_save();
    clear_addr();
    modify_cr1(0, I2C_CR1_STOP);
    mmio_irq_restore(irq);
    const cam_bus_status_t came = await_sr1(I2C_SR1_RXNE, CAM_BUS_ERROR);
    if (came == CAM_BUS_OK) bytes[0] = read_dr();
    return came;
}

/** Two bytes: POS makes ACK = 0 apply to the second one; both wait in DR and the shift register for
 * STOP. */
static cam_bus_status_t read_two(uint8_t *bytes) {
    modify_cr1(I2C_CR1_ACK, I2C_CR1_POS);
    clear_addr();
    const cam_bus_status_t came = await_sr1(I2C_SR1_BTF, CAM_BUS_ERROR);
    if (came != CAM_BUS_OK) return came;
    modify_cr1(0, I2C_CR1_STOP);
    bytes[0] = read_dr();
    bytes[1] = read_dr();
    return CAM_BUS_OK;
}

/** Three or more: with three to go, BTF says that two are in; ACK goes off for the last, STOP
 * before the last two reads. */
static cam_bus_status_t read_many(uint8_t *bytes, uint32_t count) {
    clear_addr();
    uint32_t i = 0;
    while (count - i > 3) {
        const cam_bus_status_t came = await_sr1(I2C_SR1_RXNE, CAM_BUS_ERROR);
        if (came != CAM_BUS_OK) return came;
        bytes[i++] = read_dr();
    }
    const cam_bus_status_t two_in = await_sr1(I2C_SR1_BTF, CAM_BUS_ERROR);
    if (two_in != CAM_BUS_OK) return two_in;
    modify_cr1(I2C_CR1_ACK, 0);
    bytes[i++] = read_dr();
    const cam_bus_status_t last_in = await_sr1(I2C_SR1_BTF, CAM_BUS_ERROR);
    if (last_in != CAM_BUS_OK) return last_in;
    modify_cr1(0, I2C_CR1_STOP);
    bytes[i++] = read_dr();
    bytes[i] = read_dr();
    return CAM_BUS_OK;
}

/** Ends with STOP asked for. */
static cam_bus_status_t read_part(uint32_t address, uint8_t *bytes, uint32_t count) {
    const cam_bus_status_t addressed = send_address(address << 1 | 1u);
    if (addressed != CAM_BUS_OK) return addressed;
    if (count == 1) return read_one(bytes);
    if (count == 2) return read_two(bytes);
    return read_many(bytes, count);
}

static cam_bus_status_t run(uint32_t address, const uint8_t *write, uint32_t write_bytes,
                            uint8_t *read, uint32_t read_bytes) {
    if (write_bytes > 0 || read_bytes == 0) {
        const cam_bus_status_t written = write_part(address, write, write_bytes);
        if (written != CAM_BUS_OK) return written;
    }
    if (read_bytes > 0) return read_part(address, read, read_bytes);
    modify_cr1(0, I2C_CR1_STOP);
    return CAM_BUS_OK;
}

static bool bus_free(void) {
    return (mmio_wait_clear(at(I2C_SR2), I2C_SR2_BUSY, BUSY_TIMEOUT_US) & I2C_SR2_BUSY) == 0;
}

static void set_timing(void) {
    const uint32_t pclk1_mhz = cam_board.pclk1_hz / 1000000u;
    const bool fast = cam_board.i2c_hz > 100000u;
    // Rounded up, so that the bus is never faster than asked for. Fast mode, DUTY = 0: low twice as
    // long as high.
    const uint32_t clocks_per_ccr = fast ? 3u : 2u;
    const uint32_t divisor = clocks_per_ccr * cam_board.i2c_hz;
    const uint32_t ccr = (cam_board.pclk1_hz + divisor - 1u) / divisor;
    const uint32_t ccr_min = fast ? 1u : 4u;
    mmio_write32(at(I2C_CR2), pclk1_mhz);
    mmio_write32(at(I2C_CCR), (ccr < ccr_min ? ccr_min : ccr) | (fast ? I2C_CCR_FS : 0u));
    // Longest rise time of the specification: 300 ns in fast mode, 1000 ns in standard mode.
    mmio_write32(at(I2C_TRISE), (fast ? pclk1_mhz * 300u / 1000u : pclk1_mhz) + 1u);
}

static uint32_t clock_gate(void) {
    if (cam_board.i2c_base == I2C1_BASE) return RCC_APB1ENR_I2C1EN;
    return cam_board.i2c_base == I2C2_BASE ? RCC_APB1ENR_I2C2EN : RCC_APB1ENR_I2C3EN;
}

void cam_i2c_init(void) {
    cam_clock_enable(RCC_APB1ENR, clock_gate());
    mmio_write32(at(I2C_CR1), 0); // CCR and TRISE may change only with PE = 0
    set_timing();
    mmio_write32(at(I2C_CR1), I2C_CR1_PE);
}

static void clock_until_released(void) {
    for (uint32_t i = 0; i < CLEAR_CLOCKS && !cam_pin_read(cam_board.i2c_sda); i++) {
        cam_pin_write(cam_board.i2c_scl, false);
        mmio_delay_us(HALF_CLOCK_US);
        cam_pin_write(cam_board.i2c_scl, true);
        mmio_delay_us(HALF_CLOCK_US);
    }
}

/** SDA rises while SCL is high: every target gives up its transfer. */
static void make_stop(void) {
    cam_pin_write(cam_board.i2c_scl, false);
    cam_pin_write(cam_board.i2c_sda, false);
    mmio_delay_us(HALF_CLOCK_US);
    cam_pin_write(cam_board.i2c_scl, true);
    mmio_delay_us(HALF_CLOCK_US);
    cam_pin_write(cam_board.i2c_sda, true);
    mmio_delay_us(HALF_CLOCK_US);
}

bool cam_i2c_recover(void) {
    mmio_write32(at(I2C_CR1), 0);
    cam_pin_write(cam_board.i2c_scl, true);
    cam_pin_write(cam_board.i2c_sda, true);
    cam_pin_mode(cam_board.i2c_scl, CAM_PIN_OUTPUT); // open drain since cam_pins_init_i2c
    cam_pin_mode(cam_board.i2c_sda, CAM_PIN_OUTPUT);
    mmio_delay_us(HALF_CLOCK_US);
    clock_until_released();
    make_stop();
    const bool released = cam_pin_read(cam_board.i2c_sda);
    cam_pin_mode(cam_board.i2c_scl, CAM_PIN_ALTERNATE);
    cam_pin_mode(cam_board.i2c_sda, CAM_PIN_ALTERNATE);
    // The block may still believe in a transfer (BUSY): only SWRST makes it forget.
    mmio_write32(at(I2C_CR1), I2C_CR1_SWRST);
    mmio_write32(at(I2C_CR1), 0);
    cam_i2c_init();
    return released;
}

/** Leaves the bus free, or recovered as far as it can be. */
static cam_bus_status_t transfer(uint32_t address, const uint8_t *write, uint32_t write_bytes,
                                 uint8_t *read, uint32_t read_bytes) {
    if (!bus_free() && (!cam_i2c_recover() || !bus_free())) return CAM_BUS_ERROR;
    const cam_bus_status_t result = run(address, write, write_bytes, read, read_bytes);
    if (result == CAM_BUS_TIMEOUT || result == CAM_BUS_ERROR) {
        (void)cam_i2c_recover();
        return result;
    }
    if (result != CAM_BUS_OK) {
        clear_sr1(I2C_SR1_AF);
        modify_cr1(0, I2C_CR1_STOP);
    }
    // CR1 must not be written again before the hardware has cleared STOP (RM0090 section 27.6.1).
    if (mmio_wait_clear(at(I2C_CR1), I2C_CR1_STOP, BYTE_TIMEOUT_US) & I2C_CR1_STOP) {
        (void)cam_i2c_recover();
        return CAM_BUS_TIMEOUT;
    }
    return result;
}

/** A driver asks several addresses where its sensor is: that nobody is at some of them is no fault.
 */
static void watch(uint32_t address, cam_bus_status_t result) {
    const uint32_t word = (address >> 5) & 3u;
    const uint32_t bit = 1u << (address & 31u);
    watched.newest_failed = result != CAM_BUS_OK;
    if (result == CAM_BUS_OK)
        watched.answered[word] |= bit;
    else if (result != CAM_BUS_NACK_ADDRESS || (watched.answered[word] & bit) != 0)
        watched.broken = true;
}

cam_bus_status_t cam_i2c_transfer(uint32_t address, const uint8_t *write, uint32_t write_bytes,
                                  uint8_t *read, uint32_t read_bytes) {
    const cam_bus_status_t result = transfer(address, write, write_bytes, read, read_bytes);
    if (result != CAM_BUS_OK && write_bytes + read_bytes > 0) errors++;
    watch(address, result);
    return result;
}

void cam_i2c_watch(void) {
    for (uint32_t i = 0; i < sizeof watched.answered / sizeof watched.answered[0]; i++)
        watched.answered[i] = 0;
    watched.broken = false;
    watched.newest_failed = false;
}

bool cam_i2c_suspect(void) { return watched.broken || watched.newest_failed; }

uint32_t cam_i2c_errors(void) { return errors; }

void cam_i2c_clear_errors(void) { errors = 0; }
