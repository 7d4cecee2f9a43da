// SPDX-License-Identifier: MIT
// SCCB by hand on PD6 (SIO_C) and PD7 (SIO_D), as programs for OV2640 modules have it: SCL always
// push-pull, SDA by its direction or as an input to listen, a STOP between the two halves of a
// read.
//   default      SDA push-pull, an input for the ninth bit and for reading
//   OPEN_DRAIN   both open drain with pull-ups, outputs all the time
//   BLIND        SDA push-pull through the ninth bit: nobody looks whether the sensor acknowledges
#include "../article/article.h"
#include "../stm32f4.h"

enum { SIO_C = 6, SIO_D = 7, HALF_US = 2, INPUT = 0, OUTPUT = 1, READ = 1 };

#ifdef OPEN_DRAIN
enum { LISTENS_AS_OUTPUT = 1, LOOKS = 1 };
#elif defined BLIND
enum { LISTENS_AS_OUTPUT = 0, LOOKS = 0 };
#else
enum { LISTENS_AS_OUTPUT = 0, LOOKS = 1 };
#endif

static void write_pin(uint32_t pin, uint32_t level) {
    if (level)
        GPIOD->BSRRL = (uint16_t)(1U << pin);
    else
        GPIOD->BSRRH = (uint16_t)(1U << pin);
}

static void direction(uint32_t mode) {
    GPIOD->MODER = (GPIOD->MODER & ~(3U << SIO_D * 2)) | (mode << SIO_D * 2);
}

static void listen(void) {
    if (LISTENS_AS_OUTPUT)
        write_pin(SIO_D, 1);
    else
        direction(INPUT);
}

static void talk(void) {
    if (!LISTENS_AS_OUTPUT) direction(OUTPUT);
}

void i2c_init(void) {
    RCC->AHB1ENR |= 1U << 3; // GPIOD
    GPIOD->OTYPER |= LISTENS_AS_OUTPUT ? 3U << SIO_C : 0;
    write_pin(SIO_C, 1);
    write_pin(SIO_D, 1);
    GPIOD->MODER |= (uint32_t)OUTPUT << SIO_C * 2 | (uint32_t)OUTPUT << SIO_D * 2;
}

/** SIO_D while SIO_C is high. */
static uint32_t pulse(void) {
    delay_us(HALF_US);
    write_pin(SIO_C, 1);
    delay_us(HALF_US);
    const uint32_t level = GPIOD->IDR >> SIO_D & 1U;
    write_pin(SIO_C, 0);
    return level;
}

static void start(void) {
    write_pin(SIO_D, 1);
    write_pin(SIO_C, 1);
    delay_us(HALF_US);
    write_pin(SIO_D, 0);
    delay_us(HALF_US);
    write_pin(SIO_C, 0);
}

static void stop(void) {
    write_pin(SIO_D, 0);
    delay_us(HALF_US);
    write_pin(SIO_C, 1);
    delay_us(HALF_US);
    write_pin(SIO_D, 1);
    delay_us(HALF_US);
}

static void send(uint8_t byte) {
    for (uint32_t bit = 8; bit-- > 0;) {
        write_pin(SIO_D, byte >> bit & 1U);
        (void)pulse();
    }
    if (LOOKS) listen();
    const uint32_t refused = pulse();
    talk();
    if (LOOKS && refused) fail("not acknowledged");
}

static uint8_t receive(void) {
    uint32_t byte = 0;
    listen();
    for (uint32_t bit = 0; bit < 8; bit++) byte = byte << 1 | pulse();
    talk();
    write_pin(SIO_D, 1); // NA
    (void)pulse();
    return (uint8_t)byte;
}

void i2c_write(uint8_t target, const uint8_t *bytes, uint32_t count) {
    start();
    send((uint8_t)(target << 1));
    for (uint32_t i = 0; i < count; i++) send(bytes[i]);
    stop();
}

/** SCCB has one byte in a read. */
void i2c_read(uint8_t target, uint8_t reg, uint8_t *bytes, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        start();
        send((uint8_t)(target << 1));
        send((uint8_t)(reg + i));
        stop();
        start();
        send((uint8_t)(target << 1 | READ));
        bytes[i] = receive();
        stop();
    }
}
