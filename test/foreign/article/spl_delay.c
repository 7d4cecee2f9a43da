// SPDX-License-Identifier: MIT
// Delays by TIM7, in the manner of ST's standard peripheral library: one-pulse mode and the update
// flag.
#include "../stm32f4.h"
#include "article.h"

enum { CR1_CEN = 1 << 0, CR1_URS = 1 << 2, CR1_OPM = 1 << 3, EGR_UG = 1, SR_UIF = 1 };

void delay_us(uint32_t us) {
    RCC->APB1ENR |= 1U << 5;
    TIM7->CR1 = CR1_OPM | CR1_URS;
    TIM7->PSC = TIM7_MHZ - 1;
    TIM7->ARR = us;
    TIM7->EGR = EGR_UG;
    TIM7->SR = 0;
    TIM7->CR1 |= CR1_CEN;
    while (!(TIM7->SR & SR_UIF)) continue;
}
