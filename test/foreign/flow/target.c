// SPDX-License-Identifier: MIT
// I2C1 as a target that is addressed by a flight controller, which is not there.
#include "../article/article.h"
#include "../stm32f4.h"
#include "flow.h"

enum { OWN_ADDRESS = 0x42, OAR1_7_BIT = 1 << 14, CR1_PE = 1 << 0, CR1_ACK = 1 << 10 };
enum { CR2_ITERREN = 1 << 8, CR2_ITEVTEN = 1 << 9, CR2_ITBUFEN = 1 << 10, FAST_CCR = 1 << 15 | 35 };

void flow_target_init(void) {
    RCC->APB1ENR |= 1U << 21;
    I2C1->CR2 = PCLK1_MHZ;
    I2C1->TRISE = PCLK1_MHZ * 300 / 1000 + 1;
    I2C1->CCR = FAST_CCR;
    I2C1->CR1 = CR1_PE;
    I2C1->CR1 |= CR1_ACK;
    I2C1->OAR1 = OAR1_7_BIT | OWN_ADDRESS << 1;
    I2C1->CR2 |= CR2_ITERREN | CR2_ITEVTEN | CR2_ITBUFEN;
}
