// SPDX-License-Identifier: MIT
// Pins of a flow sensor's board: the DCMI's on five ports, the sensor's clock from TIM3 at PC8, its
// EXPOSURE and STANDBY at PE2 and PE3, I2C2 to it, I2C1 to a flight controller, USART2 at PD5.
//   STANDBY    the sensor is left in it
//   NO_CLOCK   its clock is forgotten
#include "../article/pins.h"
#include "../article/article.h"

#ifdef STANDBY
enum { STANDBY_HIGH = 1 };
#else
enum { STANDBY_HIGH = 0 };
#endif
#ifdef NO_CLOCK
enum { CLOCK = 0 };
#else
enum { CLOCK = 1 };
#endif
enum { AF_TIM3 = 2, AF_I2C = 4, AF_USART2 = 7, AF_DCMI = 13 };

/** 84 MHz / 4. */
static void sensor_clock(void) {
    enum { COUNTS = 4, PWM_1 = 6 };
    RCC->APB1ENR |= 1U << 1;
    TIM3->ARR = COUNTS - 1;
    TIM3->PSC = 0;
    TIM3->CCMR2 = PWM_1 << 4 | 1U << 3; // OC3M, OC3PE
    TIM3->CCR[2] = COUNTS / 2;
    TIM3->CCER = 1U << 8; // CC3E
    TIM3->CR1 = 1U << 7 | 1;
    pin_init(GPIOC, 8, AF_TIM3);
}

static void i2c_pins(uint32_t scl) {
    GPIOB->OTYPER |= 3U << scl; // open drain, SDA is the next
    pin_init(GPIOB, scl, AF_I2C);
    pin_init(GPIOB, scl + 1, AF_I2C);
}

void pins_init(void) {
    RCC->AHB1ENR |= 0x1fU;                      // GPIOA to GPIOE
    static const uint8_t a[] = {4, 6};          // HSYNC, PIXCLK
    static const uint8_t b[] = {6, 7};          // D5, VSYNC
    static const uint8_t c[] = {6, 7, 10, 12};  // D0, D1, D8, D9
    static const uint8_t e[] = {0, 1, 4, 5, 6}; // D2, D3, D4, D6, D7
    for (uint32_t i = 0; i < sizeof a; i++) pin_init(GPIOA, a[i], AF_DCMI);
    for (uint32_t i = 0; i < sizeof b; i++) pin_init(GPIOB, b[i], AF_DCMI);
    for (uint32_t i = 0; i < sizeof c; i++) pin_init(GPIOC, c[i], AF_DCMI);
    for (uint32_t i = 0; i < sizeof e; i++) pin_init(GPIOE, e[i], AF_DCMI);
    GPIOE->BSRRL = STANDBY_HIGH << 3;
    GPIOE->MODER |= 5U << 2 * 2; // EXPOSURE and STANDBY
    pin_init(GPIOD, 5, AF_USART2);
    i2c_pins(8);
    i2c_pins(10);
    if (CLOCK) sensor_clock();
}
