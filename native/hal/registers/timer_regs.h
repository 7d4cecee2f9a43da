// SPDX-License-Identifier: MIT
// Timers, as in RM0090 sections 17.4 (TIM1 and TIM8) and 18.4 (TIM2 to TIM5). Offsets: the
// instances share them.
#ifndef CAM_TIMER_REGS_H
#define CAM_TIMER_REGS_H

#define TIM2_BASE 0x40000000u
#define TIM1_BASE 0x40010000u
#define TIM8_BASE 0x40010400u

#define TIM_CR1 0x00u
#define TIM_CR1_CEN (1u << 0)
#define TIM_CR1_ARPE (1u << 7)

#define TIM_DIER 0x0cu
#define TIM_DIER_CC1IE (1u << 1)

#define TIM_SR 0x10u // flags, cleared by 0

#define TIM_EGR 0x14u
#define TIM_EGR_UG (1u << 0) // loads PSC and ARR, clears CNT

#define TIM_CCMR1 0x18u // a byte per channel 1 and 2; CCMR2, 4 bytes above, for 3 and 4
#define TIM_CCMR1_OC1PE (1u << 3)
#define TIM_CCMR1_OC1M_PWM1 (6u << 4)

#define TIM_CCER 0x20u // 4 bits per channel
#define TIM_CCER_CC1E (1u << 0)

#define TIM_CNT 0x24u
#define TIM_PSC 0x28u
#define TIM_ARR 0x2cu
#define TIM_CCR1 0x34u // CCR2 to CCR4 follow

#define TIM_BDTR 0x44u // TIM1 and TIM8
#define TIM_BDTR_MOE (1u << 15)

#endif
