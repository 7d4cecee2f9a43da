// SPDX-License-Identifier: MIT
// Delays by TIM7, in the manner of ST's HAL: its start looks whether a slave mode is selected, its
// stop whether an output is still on, in registers that a basic timer does not have.
//   COUNT_TO_TOP   up to the counter's end from a value above ARR, as a delay that is passed around
//                  has it
#include "../stm32f4.h"
#include "article.h"

enum { CR1_CEN = 1 << 0, EGR_UG = 1, SMCR_SMS = 7, SMS_TRIGGER = 6, CCER_OUTPUTS = 0x1555 };

static void start(TIM_TypeDef *timer) {
    if ((timer->SMCR & SMCR_SMS) != SMS_TRIGGER) timer->CR1 |= CR1_CEN;
}

static void stop(TIM_TypeDef *timer) {
    if ((timer->CCER & CCER_OUTPUTS) == 0) timer->CR1 &= ~(uint32_t)CR1_CEN;
}

#ifdef COUNT_TO_TOP
enum { MARGIN = 5, ABOVE = 0xffff - MARGIN };

void delay_us(uint32_t us) {
    RCC->APB1ENR |= 1U << 5;
    TIM7->CR1 = 0;
    TIM7->ARR = 999;
    TIM7->PSC = TIM7_MHZ - 1;
    TIM7->EGR = EGR_UG;
    uint32_t count = ABOVE - us;
    TIM7->CNT = count;
    start(TIM7);
    while (count >= ABOVE - us && count < ABOVE) count = TIM7->CNT;
    stop(TIM7);
}
#else
void delay_us(uint32_t us) {
    RCC->APB1ENR |= 1U << 5;
    TIM7->CR1 = 0;
    TIM7->ARR = 0xffff;
    TIM7->PSC = TIM7_MHZ - 1;
    TIM7->EGR = EGR_UG;
    start(TIM7);
    while (TIM7->CNT <= us) continue;
    stop(TIM7);
}
#endif
